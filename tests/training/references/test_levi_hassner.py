import keras
import numpy as np

from fdc.training.references import levi_hassner


def test_normalisation_divides_by_what_the_neighbours_say():
    random = np.random.default_rng(0)
    x = random.normal(scale=100, size=(2, 3, 3, 8)).astype(np.float32)
    expected = np.empty_like(x)
    for channel in range(8):
        near = x[..., max(0, channel - 2) : channel + 3]
        around = 1 + 1e-4 / 5 * (near**2).sum(axis=-1)
        expected[..., channel] = x[..., channel] / around**0.75
    found = keras.ops.convert_to_numpy(levi_hassner.local_response_normalisation(x))
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_the_variant_has_neither_dropout_nor_normalisation():
    crops = keras.Input((227, 227, 3))
    plain = keras.Model(crops, levi_hassner.build(crops, regularised=False)).layers
    whole = keras.Model(crops, levi_hassner.build(crops)).layers
    assert not any(isinstance(layer, keras.layers.Dropout) for layer in plain)
    assert sum(isinstance(layer, keras.layers.Dropout) for layer in whole) == 2
    assert not any("power" in layer.name for layer in plain)
    [flat] = [layer for layer in whole if isinstance(layer, keras.layers.Flatten)]
    assert flat.input.shape == (None, 7, 7, 384)
