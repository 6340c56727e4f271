import numpy as np
import pytest

from fdc.training import backend


def test_a_worker_is_given_its_threads_and_what_is_left_for_tensors():
    environment = backend.worker_environment(3, 4_000_000_000)
    assert environment["OMP_NUM_THREADS"] == "3"
    assert environment["TF_MKL_ALLOC_MAX_BYTES"] == "3500000000"


def test_what_can_be_imported_is_left_to_the_pool():
    assert not {"PATH", "PYTHONPATH"} & backend.worker_environment(1, 4_000_000_000).keys()


def test_tensors_get_something_however_little_there_is():
    assert int(backend.worker_environment(1, 100_000)["TF_MKL_ALLOC_MAX_BYTES"]) > 0


@pytest.mark.parametrize(
    ("error", "memory"),
    [
        (MemoryError(), True),
        (RuntimeError("RESOURCE_EXHAUSTED: failed to allocate 5 GB"), True),
        (ValueError("shapes differ"), False),
    ],
)
def test_errors_of_memory_are_told_from_others(error, memory):
    assert backend.out_of_memory(error) is memory


def test_a_worker_that_died_of_memory_has_said_so():
    assert backend.died_of_memory("Allocator ran out of memory trying to allocate 3 GiB")
    assert not backend.died_of_memory("Segmentation fault")


def test_precision_is_a_policy_that_keras_knows():
    import keras

    assert backend.precision() in ("mixed_bfloat16", "float32")
    keras.DTypePolicy(backend.precision())


def test_an_onnx_file_takes_batches_of_any_size(tmp_path):
    import keras
    import onnxruntime

    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    backend.export_onnx(model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    [name] = [entry.name for entry in session.get_inputs()]
    for count in (1, 3):
        [outputs] = session.run(None, {name: np.zeros((count, 4), np.float32)})
        assert outputs.shape == (count, 2)
