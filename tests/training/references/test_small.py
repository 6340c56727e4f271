import keras
import pytest

from fdc.training.references import small


def weights(build, shape, outputs):
    crops = keras.Input(shape)
    return keras.Model(crops, keras.layers.Dense(outputs)(build(crops))).count_params()


def test_the_networks_of_emotion_and_gender_come_as_near_as_is_said():
    assert weights(small.emotion, (48, 48, 1), 6) == 4_496_390
    published = 5_763_905
    assert weights(small.gender, (128, 128, 3), 1) == published + 3_968
    assert 3_968 / published == pytest.approx(0.0007, abs=5e-5)


def test_autokeras_first_proposal_has_32_and_64_channels():
    crops = keras.Input((96, 96, 3))
    layers = keras.Model(crops, small.life_stage(crops)).layers
    convolutions = [layer for layer in layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [32, 64]


def test_the_house_network_has_both_of_its_activations():
    crops = keras.Input((64, 64, 3))
    layers = keras.Model(crops, small.house(crops)).layers
    assert any(isinstance(layer, keras.layers.LeakyReLU) for layer in layers)
    activations = {layer.activation for layer in layers if isinstance(layer, keras.layers.Conv2D)}
    assert activations == {keras.activations.elu}


def test_the_dense_network_convolves_nothing():
    crops = keras.Input((200, 200, 1))
    layers = keras.Model(crops, small.idol(crops)).layers
    assert not any(isinstance(layer, keras.layers.Conv2D) for layer in layers)
