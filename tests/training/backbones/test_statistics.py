"""Features that nobody trains: what they are of colours that are known."""

import keras
import numpy as np
import pytest
from skimage import color

from fdc.training.backbones import BACKBONES


def features(name: str, crops: np.ndarray) -> np.ndarray:
    inputs = keras.Input(crops.shape[1:])
    found = BACKBONES[name].build(inputs)
    return np.asarray(keras.Model(inputs, found).predict_on_batch(crops / 127.5 - 1))[:, 0, 0]


@pytest.mark.parametrize("rgb", [(200, 150, 120), (90, 60, 40), (250, 230, 210), (30, 90, 200)])
def test_one_colour_has_its_cielab_values_and_no_deviation(rgb):
    crops = np.broadcast_to(np.array(rgb, np.float32), (1, 64, 64, 3))
    [found] = features("skin_colour", crops)
    lightness, a, b = color.rgb2lab(np.array([[rgb]], np.uint8))[0, 0]
    mean, deviation = found.reshape(4, 2, 5)[0]
    chroma = np.hypot(a, b)
    # The lightness is that of CIELAB but for the 16 which it is short of.
    expected = [(lightness + 16) / 100, a / 100, b / 100, a / chroma, b / chroma]
    np.testing.assert_allclose(mean, expected, atol=0.01)
    np.testing.assert_allclose(deviation, 1e-3, atol=2e-3)


def test_a_constant_knows_nothing():
    crops = np.random.default_rng(0).uniform(0, 255, (3, 64, 64, 3)).astype(np.float32)
    np.testing.assert_array_equal(features("constant", crops), 0)
