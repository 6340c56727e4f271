import numpy as np

from fdc.training.checkpoint import Checkpoint


def make():
    weights = [np.arange(6.0).reshape(2, 3), np.array(3, np.int64)]
    return Checkpoint(weights, [np.ones(4, np.float32)], {"curve": [{"loss": 0.5}], "batch": 8})


def test_what_is_saved_is_loaded(tmp_path):
    path = tmp_path / "last.npz"
    make().save(path)
    loaded = Checkpoint.load(path)
    assert loaded is not None
    assert loaded.metadata == make().metadata
    for one, two in zip(loaded.variables, make().variables, strict=True):
        np.testing.assert_array_equal(one, two)
        assert one.dtype == two.dtype
    np.testing.assert_array_equal(loaded.optimizer[0], np.ones(4))
    assert [file.name for file in tmp_path.iterdir()] == ["last.npz"]


def test_none_or_a_damaged_one_is_no_checkpoint(tmp_path):
    path = tmp_path / "last.npz"
    assert Checkpoint.load(path) is None
    make().save(path)
    path.write_bytes(path.read_bytes()[:-100])
    assert Checkpoint.load(path) is None
    path.write_bytes(b"")
    assert Checkpoint.load(path) is None
