import keras

from fdc.training.references import imagenet


def test_resnet_34_has_34_layers_with_weights():
    crops = keras.Input((64, 64, 3))
    layers = keras.Model(crops, imagenet.resnet_34(crops)).layers
    convolutions = [layer for layer in layers if isinstance(layer, keras.layers.Conv2D)]
    projections = [layer for layer in convolutions if layer.kernel_size == (1, 1)]
    assert len(convolutions) - len(projections) + 1 == 34  # and the head
    assert len(projections) == 3


def test_efficientnet_sees_crops_as_they_come():
    crops = keras.Input((64, 64, 3))
    [inner] = [
        layer
        for layer in keras.Model(crops, imagenet.efficientnet(crops)).layers
        if isinstance(layer, keras.Model)
    ]
    kinds = (keras.layers.Rescaling, keras.layers.Normalization)
    assert not any(isinstance(layer, kinds) for layer in inner.layers)
