"""Masks, and compositing by value."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from onnx import TensorProto, helper
from PIL import Image

from fdc.errors import WeightsError
from fdc.faces import background, runtimes, weights
from fdc.faces.recipe import Recipe
from fdc.imaging import decoding as photos
from tests.faces.drawing import draw

SKIN = np.array([210, 170, 150])


def soft_edge(behind: int, side: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Skin on the left melts into a background on the right, and the true mask of it."""
    alpha = np.clip((side * 0.6 - np.arange(side)) / 6, 0, 1)
    row = alpha[:, None] * SKIN + (1 - alpha[:, None]) * behind
    image = np.repeat(np.rint(row)[None], side, axis=0).astype(np.uint8)
    return image, np.repeat(np.rint(alpha * 255)[None], side, axis=0).astype(np.uint8)


@pytest.mark.parametrize("behind", [0, 128, 255])
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_soft_edges_are_blended_as_if_taken_before_that_colour(behind: int, colour: int) -> None:
    image, mask = soft_edge(behind)
    truth, _ = soft_edge(colour)
    made = background.composite(image, mask, (colour,) * 3)
    assert np.abs(made.astype(int) - truth).max() <= 6


def test_no_rim_is_darker_than_skin_and_background() -> None:
    image, mask = soft_edge(0)
    made = background.composite(image, mask, (210, 170, 150))
    premultiplied = image * (mask[..., None] / 255) ** 2 + SKIN * (1 - mask[..., None] / 255)
    assert (made.min(axis=(0, 1)) >= SKIN - 6).all()
    assert premultiplied[..., 0].min() < 180  # what the usual cut-out does to the same rim


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.uint8, (24, 24, 3)),
    hnp.arrays(np.uint8, (24, 24)),
    st.tuples(*[st.integers(0, 255)] * 3),
)
def test_opaque_pixels_stay_and_clear_ones_become_the_colour(
    image: np.ndarray, mask: np.ndarray, colour: tuple[int, int, int]
) -> None:
    mask[3:9] = 255
    mask[12:18] = 0
    made = background.composite(image, mask, colour)
    assert np.array_equal(made[mask == 255], image[mask == 255])
    assert (made[mask == 0] == colour).all()


def test_grabcut_finds_a_person() -> None:
    face = draw(400, 400, eyes=60)
    cut = face.pixels
    truth = np.abs(cut.astype(int) - (30, 90, 60)).sum(axis=2) > 60
    masks = background.GrabCut().predict(Image.fromarray(cut), face=face.box)
    mask = np.asarray(masks[0]) >= 128
    assert mask.shape == (400, 400)
    assert (mask & truth).sum() / (mask | truth).sum() > 0.9


def test_grabcut_gives_the_same_mask_again() -> None:
    image = Image.fromarray(draw(300, 300, eyes=40).pixels)
    one, other = (background.GrabCut().predict(image)[0] for _ in range(2))
    assert np.array_equal(np.asarray(one), np.asarray(other))


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
        image = Image.fromarray(photos.decode(portrait.read_bytes(), at_least=300))
        one, other = (np.asarray(session.predict(image)[0]) for session in (ours, theirs))
        assert one.shape == other.shape
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 2


@pytest.mark.skipif(not runtimes.has_openvino(), reason="OpenVINO is not installed")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_runtimes_agree(weights_folder: Path, portraits: list[Path], precision: str) -> None:
    path, _ = weights.require("u2netp", [weights_folder])
    one = background.U2Net(runtimes.load(path, "onnxruntime", "float32", 1))
    other = background.U2Net(runtimes.load(path, "openvino", precision, 1))
    image = Image.fromarray(photos.decode(portraits[5].read_bytes(), at_least=300))
    first, second = (np.asarray(session.predict(image)[0]) >= 128 for session in (one, other))
    assert (first & second).sum() / (first | second).sum() > 0.97


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


def test_a_runtime_that_is_not_there_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    with pytest.raises(WeightsError, match=r"broken\.onnx cannot be loaded by onnxruntime"):
        runtimes.load(broken, "onnxruntime", "float32", 1)
    with pytest.raises(WeightsError, match="computes in float32"):
        runtimes.load(broken, "onnxruntime", "bfloat16", 1)


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
        "import sys, fdc.faces.preparer, fdc.crops.local, fdc.faces.choose;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
