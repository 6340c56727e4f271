import keras
import numpy as np
import pytest

from fdc.training.backbones import autokeras_blocks as blocks


@pytest.mark.parametrize(
    ("backbone", "values", "name"),
    [
        (blocks.RESNET, {"version": "v1"}, "resnet50"),
        (blocks.RESNET, {"version": "v2"}, "resnet50v2"),
        (blocks.EFFICIENTNET, {"version": "b1"}, "efficientnetb1"),
        (blocks.XCEPTION, {}, "xception"),
    ],
)
def test_a_block_builds_the_version_that_is_asked_for(backbone, values, name):
    side = backbone.smallest_side
    crops = keras.Input((side, side, 3))
    layers = keras.Model(crops, backbone.build(crops, **values)).layers
    [network] = [layer for layer in layers if isinstance(layer, keras.Model)]
    assert network.name == name
    assert network.input.shape == (None, side, side, 3)


def test_plain_convolutions_halve_their_side_in_each_block():
    crops = keras.Input((64, 64, 3))
    values = {"num_layers": 1, "filters": 32, "kernel_size": 3}
    sides = [blocks.CONV.build(crops, num_blocks=count, **values).shape[1] for count in (2, 3)]
    assert sides[0] >= 2 * sides[1]


def test_efficientnet_gets_the_range_that_it_scales_itself():
    crops = keras.Input((32, 32, 3))
    layers = keras.Model(crops, blocks.EFFICIENTNET.build(crops, version="b0")).layers
    [scaling] = [layer for layer in layers if isinstance(layer, keras.layers.Rescaling)]
    np.testing.assert_allclose(scaling(np.array([-1.0, 1.0])), [0, 255], atol=1e-4)


@pytest.mark.parametrize(
    ("backbone", "values"),
    [
        (blocks.RESNET, {"version": "v1"}),
        (blocks.XCEPTION, {}),
        (blocks.EFFICIENTNET, {"version": "b3"}),
    ],
)
def test_the_weights_of_the_largest_network_are_told(backbone, values):
    crops = keras.Input((96, 96, 3))
    weights = keras.Model(crops, backbone.build(crops, **values)).count_params()
    assert weights == pytest.approx(backbone.most_weights, rel=0.05)
