"""Networks that were published for ImageNet and then taken for faces, trained from scratch.

ResNet (He et al. 2016, "Deep Residual Learning for Image Recognition"; the figures are those of
its table 3, ten crops), with stochastic gradient descent from 0.1 for batches of 256, here for 64
(Goyal et al. 2017, "Accurate, Large Minibatch SGD"). VGG (Simonyan and Zisserman 2015, "Very Deep
Convolutional Networks for Large-Scale Image Recognition", table 3, several scales in training).
EfficientNet (Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
Networks"), with RMSprop from 0.256 for batches of 4,096, here for 64. VGG-16 without its dense
layers also stands for the network at 32 px that was used for the tone of the skin.
"""

from functools import partial
from typing import Any

import keras
from keras import applications, layers

from fdc.tasks import Kind
from fdc.training.references.reference import CLASSES, NUMBERS, Reference

EVERY: tuple[Kind, ...] = (*CLASSES, *NUMBERS)

SGD = partial(keras.optimizers.SGD, momentum=0.9, weight_decay=1e-4)
VGG_SGD = partial(keras.optimizers.SGD, momentum=0.9, weight_decay=5e-4)
RMSPROP = partial(keras.optimizers.RMSprop, rho=0.9, momentum=0.9, weight_decay=1e-5)

RESNET_34 = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Width and number of the blocks of each stage."""


def resnet_34(x: Any) -> Any:
    """Builds ResNet-34, whose projections (option B) are where the shape changes."""
    x = _normalised(layers.Conv2D(64, 7, strides=2, padding="same", use_bias=False)(x))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(layers.ReLU()(x))
    for stage, (width, blocks) in enumerate(RESNET_34):
        for block in range(blocks):
            x = _basic_block(x, width, stride=2 if stage and not block else 1)
    return layers.GlobalAveragePooling2D()(x)


def _basic_block(x: Any, width: int, stride: int) -> Any:
    shortcut = x
    if stride > 1:
        shortcut = _normalised(layers.Conv2D(width, 1, strides=stride, use_bias=False)(x))
    inner = layers.Conv2D(width, 3, strides=stride, padding="same", use_bias=False)(x)
    inner = layers.ReLU()(_normalised(inner))
    inner = _normalised(layers.Conv2D(width, 3, padding="same", use_bias=False)(inner))
    return layers.ReLU()(layers.Add()([inner, shortcut]))


def _normalised(x: Any) -> Any:
    return layers.BatchNormalization()(x)


def without_top(network: Any, x: Any, pooling: str | None = "avg") -> Any:
    """Builds a network of `keras.applications` up to its features.

    Args:
        network: The function that makes it.
        x: Crops (n, side, side, 3), -1 to 1.
        pooling: "avg", or None for the whole last map.
    """
    return network(include_top=False, weights=None, input_shape=x.shape[1:], pooling=pooling)(x)


def vgg(network: Any, x: Any) -> Any:
    """Builds VGG with both of its dense layers and their dropout."""
    x = layers.Flatten()(without_top(network, x, pooling=None))
    for _ in range(2):
        x = layers.Dropout(0.5)(layers.Dense(4096, activation="relu")(x))
    return x


def efficientnet(x: Any) -> Any:
    """Builds EfficientNet-B0 without the scaling and the fixed normalisation in front of it."""
    network = applications.EfficientNetB0(
        include_top=False, weights=None, input_shape=x.shape[1:], pooling="avg"
    )
    # Its own input layers want 0 to 255, and bring tensors that an export would take for inputs.
    inner = keras.Model(network.get_layer("stem_conv_pad").output, network.output)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    return layers.Dropout(0.2)(inner(x))


_RESNET = partial(
    Reference, side=224, kinds=EVERY, optimizer=SGD, learning_rate=0.025, source="He et al. 2016"
)
_VGG = partial(
    Reference,
    side=224,
    kinds=EVERY,
    optimizer=VGG_SGD,
    learning_rate=0.01,
    source="Simonyan and Zisserman 2015",
)

IMAGENET: dict[str, Reference] = {
    "tone_vgg16": Reference(
        partial(without_top, applications.VGG16),
        side=32,
        weights=14_714_688,
        source="Simonyan and Zisserman 2015, at 32 px",
    ),
    "efficientnet_b0": Reference(
        efficientnet,
        side=224,
        weights=4_049_564,
        source="Tan and Le 2019",
        published="ImageNet: 77.1% top-1",
        kinds=EVERY,
        optimizer=RMSPROP,
        learning_rate=0.004,
    ),
    "resnet34": _RESNET(resnet_34, weights=21_301_696, published="ImageNet: 75.48% top-1"),
    "resnet50": _RESNET(
        partial(without_top, applications.ResNet50),
        weights=23_587_712,
        published="ImageNet: 77.15% top-1",
    ),
    "resnet101": _RESNET(
        partial(without_top, applications.ResNet101),
        weights=42_658_176,
        published="ImageNet: 78.25% top-1",
    ),
    "resnet152": _RESNET(
        partial(without_top, applications.ResNet152),
        weights=58_370_944,
        published="ImageNet: 78.57% top-1",
    ),
    "vgg16": _VGG(
        partial(vgg, applications.VGG16), weights=134_260_544, published="ImageNet: 74.4% top-1"
    ),
    "vgg19": _VGG(
        partial(vgg, applications.VGG19), weights=139_570_240, published="ImageNet: 74.5% top-1"
    ),
}
"""By name. A figure is one minus the published error; it says how strong the network is, and is
not of faces."""
