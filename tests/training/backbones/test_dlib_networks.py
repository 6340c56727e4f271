"""dlib's networks in Keras say what dlib's own and the published ONNX files say."""

from pathlib import Path

import cv2
import keras
import keras_tuner
import numpy as np
import onnxruntime
import pytest
from scipy.special import softmax

from fdc import weights
from fdc.imaging import decoding
from fdc.training.backbones import BACKBONES, choose_backbone, dlib_networks
from fdc.training.backbones.dlib_files import from_onnx


@pytest.fixture
def at_hand(pretrained: dict[str, Path]) -> dict[str, Path]:
    return pretrained


@pytest.fixture
def faces(shared: Path) -> np.ndarray:
    """Eight photos that are little else than a face, (n, 150, 150, 3) RGB."""
    photos = sorted((shared / "data" / "utkface").glob("*.jpg"))[::1000][:8]
    pixels = [decoding.decode(photo.read_bytes()) for photo in photos]
    return np.stack(
        [cv2.resize(photo, (150, 150), interpolation=cv2.INTER_AREA) for photo in pixels]
    )


def features(name: str, crops: np.ndarray, at_hand: dict[str, Path]) -> np.ndarray:
    """What a family's defaults find in crops RGB 0 to 255."""
    hp = keras_tuner.HyperParameters()
    hp.values = {"family": name}
    inputs = keras.Input(crops.shape[1:])
    found = choose_backbone(hp, [name], at_hand)(inputs)
    scaled = crops.astype(np.float32) / 127.5 - 1
    return np.asarray(keras.Model(inputs, found).predict_on_batch(scaled))


def test_the_face_network_is_dlibs(at_hand, faces):
    dlib = pytest.importorskip("dlib", reason="dlib-bin is not installed")
    own = dlib.face_recognition_model_v1(str(at_hand["dlib_face"]))
    expected = np.array([own.compute_face_descriptor(np.ascontiguousarray(face)) for face in faces])
    # dlib's last layer, which a search does not use, stands last in its file: 256 x 128, no bias.
    last = np.frombuffer(at_hand["dlib_face"].read_bytes(), np.uint8)
    projection = projection_of(last.tobytes())
    found = features("dlib_face", faces, at_hand).reshape(len(faces), 2, 2, 256).mean(axis=(1, 2))
    numbers = found @ projection
    norms = np.linalg.norm(numbers, axis=1) * np.linalg.norm(expected, axis=1)
    cosine = (numbers * expected).sum(axis=1) / norms
    assert cosine.min() >= 0.9999
    np.testing.assert_allclose(numbers, expected, atol=1e-4)


def projection_of(content: bytes) -> np.ndarray:
    from fdc.training.backbones.dlib_files import _tensors

    return [tensor for tensor in _tensors(content) if tensor.size == 256 * 128][-1].reshape(
        256, 128
    )


@pytest.mark.parametrize(("name", "side"), [("dlib_age", 64), ("dlib_gender", 32)])
def test_the_others_are_those_of_their_files(at_hand, faces, name, side):
    if name not in at_hand:
        pytest.skip(f"the weights of {name} are not here")
    crops = np.stack([cv2.resize(face, (side, side)) for face in faces])
    seen = (crops - np.array(dlib_networks.MEAN)) / dlib_networks.SCALE
    session = onnxruntime.InferenceSession(at_hand[name])
    [expected] = session.run(None, {"images": seen.transpose(0, 3, 1, 2).astype(np.float32)})
    *_, last = from_onnx(at_hand[name])[1]
    logits = features(name, crops, at_hand) @ last.kernel[0, 0]
    np.testing.assert_allclose(softmax(logits + last.bias, axis=1), expected, atol=1e-4)


@pytest.mark.parametrize("side", [112, 128, 150])
def test_a_face_network_learns_at_every_side_that_it_offers(at_hand, side):
    crops = keras.Input((96, 96, 3))
    found = BACKBONES["dlib_face"].build(crops, side, "half", weights=at_hand["dlib_face"])
    outputs = keras.layers.Dense(2)(keras.layers.Flatten()(found))
    model = keras.Model(crops, outputs)
    frozen = [layer for layer in model.layers if layer.weights and not layer.trainable]
    assert len(frozen) == 15
    model.compile("sgd", "mse")
    before = [weight.numpy().copy() for weight in model.trainable_variables]
    batch = np.random.default_rng(0).uniform(-1, 1, (2, 96, 96, 3)), np.ones((2, 2))
    assert np.isfinite(model.train_on_batch(*batch))
    moved = [
        (weight.numpy() != old).any()
        for weight, old in zip(model.trainable_variables, before, strict=True)
    ]
    assert np.mean(moved) > 0.9


def test_it_is_offered_only_where_its_weights_are(at_hand):
    assert weights.PRETRAINED.keys() >= at_hand.keys()
    for model in at_hand:
        assert BACKBONES[model].weights == model
