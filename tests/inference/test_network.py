import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from fdc.errors import InferenceError
from fdc.inference.network import Network


@pytest.fixture
def path(tmp_path):
    """A network that answers with the mean of each colour."""
    crops = helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["n", 8, 8, 3])
    answers = helper.make_tensor_value_info("answers", TensorProto.FLOAT, ["n", 3])
    node = helper.make_node("ReduceMean", ["crops", "axes"], ["answers"], keepdims=0)
    axes = helper.make_tensor("axes", TensorProto.INT64, [2], [1, 2])
    graph = helper.make_graph([node], "mean", [crops], [answers], [axes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    file = tmp_path / "network.onnx"
    onnx.save(model, file)
    return file


def test_batches_do_not_change_the_answers(path):
    crops = np.random.default_rng(0).integers(0, 256, (13, 8, 8, 3), dtype=np.uint8)
    network = Network(path)
    assert network.size == 8
    for batch in (1, 5, 64):
        answers = network.predict(crops, batch)
        assert answers.dtype == np.float32
        np.testing.assert_allclose(answers, crops.mean(axis=(1, 2)), rtol=1e-5)


def test_no_crops_no_answers(path):
    assert Network(path, threads=1).predict(np.zeros((0, 8, 8, 3), np.uint8)).shape == (0, 3)


def test_another_shape_is_told(path):
    with pytest.raises(ValueError, match=r"must have the shape \('n', 8, 8, 3\)"):
        Network(path).predict(np.zeros((2, 9, 9, 3), np.uint8))


@pytest.mark.parametrize("content", [None, b"", b"no network"])
def test_a_file_that_is_no_network_is_told(tmp_path, content):
    file = tmp_path / "network.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InferenceError, match="cannot be run as a network"):
        Network(file)
