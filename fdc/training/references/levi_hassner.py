"""The network of Adience's age groups and genders, and a variant without what regularises it.

Levi and Hassner 2015, "Age and Gender Classification using Convolutional Neural Networks" (CVPR
workshop on analysis and modelling of faces and gestures): 227 px, three convolutions, two dense
layers of 512; the figures are those with oversampling, over five folds by person. The variant ends
in sigmoids; the head that all trials share stands for them, which for two classes is the same.
"""

from functools import partial
from typing import Any

import keras
from keras import layers, ops

from fdc.training.references.reference import Reference

NEIGHBOURS = 5
SCALE = 1e-4
EXPONENT = 0.75
"""Of local response normalisation, as in Caffe's layer of the published network."""

CONVOLUTIONS = ((96, 7, 4), (256, 5, 1), (384, 3, 1))
"""Width, kernel and stride."""


def local_response_normalisation(x: Any) -> Any:
    """Divides every channel by what it and its neighbours say.

    Source: Krizhevsky et al. 2012, "ImageNet Classification with Deep Convolutional Neural
    Networks", with the mean over the neighbours, as Caffe has it.

    Args:
        x: (n, height, width, channels).
    """
    channels = x.shape[-1]
    reach = NEIGHBOURS // 2
    squares = ops.pad(ops.square(x), ((0, 0), (0, 0), (0, 0), (reach, reach)))
    around = sum(squares[..., first : first + channels] for first in range(NEIGHBOURS))
    return x * ops.power(1.0 + SCALE / NEIGHBOURS * around, -EXPONENT)


def build(x: Any, regularised: bool = True) -> Any:
    """Builds the network up to its second dense layer.

    Args:
        x: Crops (n, 227, 227, 3), -1 to 1.
        regularised: Whether with normalisation and dropout.
    """
    small = partial(keras.initializers.RandomNormal, stddev=0.01)
    for index, (width, kernel, stride) in enumerate(CONVOLUTIONS):
        padding = "same" if index else "valid"
        x = layers.Conv2D(
            width,
            kernel,
            strides=stride,
            padding=padding,
            activation="relu",
            kernel_initializer=small(),
        )(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        if regularised and index < 2:
            x = local_response_normalisation(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        # The paper's deviation of 0.01 without a bias of 0.1 would let nothing through at first.
        x = layers.Dense(512, activation="relu", kernel_initializer="he_normal")(x)
        if regularised:
            x = layers.Dropout(0.5)(x)
    return x


_REFERENCE = partial(
    Reference,
    side=227,
    weights=11_410_944,
    optimizer=partial(keras.optimizers.SGD, momentum=0.9, weight_decay=5e-4),
)

LEVI_HASSNER: dict[str, Reference] = {
    "levi_hassner": _REFERENCE(
        build,
        source="Levi and Hassner 2015",
        published="Adience: gender 86.8%; eight age groups 50.7%, one-off 84.7%",
    ),
    "levi_hassner_plain": _REFERENCE(
        partial(build, regularised=False),
        source="Levi and Hassner 2015, without normalisation and dropout",
    ),
}
"""By name."""
