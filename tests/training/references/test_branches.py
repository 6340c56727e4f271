import keras

from fdc.training.references import branches


def test_three_networks_see_the_same_crop_and_one_head_sees_them_all():
    crops = keras.Input((96, 96, 3))
    features = branches.large(crops)
    networks = [
        layer.name
        for layer in keras.Model(crops, features).layers
        if isinstance(layer, keras.Model)
    ]
    assert networks == ["resnet50v2", "vgg19", "inception_resnet_v2"]
    assert features.shape == (None, 2048 + 512 + 1536)


def test_the_small_branches_differ_in_their_kernels():
    crops = keras.Input((64, 64, 3))
    layers = keras.Model(crops, branches.small(crops)).layers
    kernels = [layer.kernel_size[0] for layer in layers if isinstance(layer, keras.layers.Conv2D)]
    assert sorted(kernels) == [3, 3, 3, 5, 5, 5, 7, 7, 7]
