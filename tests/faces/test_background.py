"""Sessions that find a person, and what is imported for them."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from fdc import weights
from fdc.errors import WeightsError
from fdc.faces import background, runtimes
from fdc.faces.recipe import Recipe
from fdc.imaging import decoding


def test_no_session_where_the_background_stays() -> None:
    assert background.open_session(Recipe(background="none"), (), 1) is None
    assert background.open_session(Recipe(background="grabcut", face="whole"), (), 1) is None


def test_models_that_send_photos_away_are_not_offered() -> None:
    for model in ("withoutbg", "atlascloud", "bria-rmbg"):
        assert model not in background_models()
        with pytest.raises(WeightsError, match="no background model"):
            background.open_session(Recipe(background=model), (), 1)


def background_models() -> tuple[str, ...]:
    return weights.BACKGROUND_MODELS


def test_masks_are_those_of_rembg(
    weights_folder: Path, portraits: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = weights.require("u2netp", [weights_folder])
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # importing rembg compiles for 40 s
    from rembg.sessions.u2netp import U2netpSession

    network = runtimes.load(path, "onnxruntime", "float32", 1)
    theirs = U2netpSession.__new__(U2netpSession)
    theirs.inner_session = network
    ours = background.U2Net(network)
    for portrait in portraits[:2]:
        image = Image.fromarray(decoding.decode(portrait.read_bytes(), at_least=300))
        one, other = (np.asarray(session.predict(image)[0]) for session in (ours, theirs))
        assert one.shape == other.shape
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 2


def test_any_rembg_session_runs_on_a_network_of_ours(tmp_path: Path) -> None:
    """A stand-in of IS-Net's shape: its mask is the mean of the three channels."""
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["image"], ["mask"], axes=[1], keepdims=1)],
        "mean",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 1024, 1024])],
        [helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, 1024, 1024])],
    )
    path = tmp_path / "mean.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path
    )
    network = runtimes.load(path, "onnxruntime", "float32", 1)
    session = background._rembg("isnet-general-use", network)
    image = np.zeros((60, 80, 3), np.uint8)
    cv2.circle(image, (40, 30), 20, (255, 255, 255), -1)
    mask = background.mask_of(session, "isnet-general-use", image, (30, 20, 20, 20))
    assert mask[30, 40] > 240
    assert mask[2, 2] < 15


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    heavy = [
        "tensorflow",
        "keras",
        "rembg",
        "onnxruntime",
        "openvino",
        "pandas",
        "matplotlib",
        "sklearn",
        "mlflow",
    ]
    code = (
        "import sys, fdc.faces.preparer, fdc.crops.preparation, fdc.faces.choose;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
