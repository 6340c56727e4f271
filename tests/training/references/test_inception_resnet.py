import keras
import pytest

from fdc.training.references import inception_resnet

PUBLISHED = 23_483_137


def test_the_maps_have_the_sides_of_facenet_and_the_weights_come_near_what_was_published():
    crops = keras.Input((160, 160, 3))
    features = inception_resnet.build(crops)
    model = keras.Model(crops, keras.layers.Dense(1)(features))
    joined = [layer for layer in model.layers if isinstance(layer, keras.layers.Add)]
    assert [layer.output.shape[1:] for layer in joined[::5]] == [
        (17, 17, 256),
        (8, 8, 896),
        (8, 8, 896),
        (3, 3, 1792),
        (3, 3, 1792),
    ]
    assert model.count_params() == 23_497_937
    assert model.count_params() == pytest.approx(PUBLISHED, rel=7e-4)
