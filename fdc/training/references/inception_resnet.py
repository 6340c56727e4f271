"""Inception-ResNet v1 for ages in years.

Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the Impact of Residual Connections on
Learning", in the layout that FaceNet's open implementation (github.com/davidsandberg/facenet) made
usual for faces: 160 px, a last layer of 512 features. The age network that was published with
23,483,137 parameters (github.com/buzziru/DL_FACE_REC, AI-Hub's ages) says nothing of its last
layers; with one output this one has 23,497,937, 0.06% more.
"""

from typing import Any

from keras import layers

from fdc.training.references.reference import NUMBERS, Reference

FEATURES = 512


def build(x: Any) -> Any:
    """Builds the network up to its normalised features (n, 512).

    Args:
        x: Crops (n, 160, 160, 3), -1 to 1.
    """
    x = _convolved(x, (32, 3, 2), (32, 3, 1), padding="valid")
    x = _convolved(x, (64, 3, 1))
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = _convolved(x, (80, 1, 1), (192, 3, 1), (256, 3, 2), padding="valid")
    for _ in range(5):
        x = _residual(x, 0.17, [(32, 1)], [(32, 1), (32, 3)], [(32, 1), (32, 3), (32, 3)])
    x = _reduced(x, [(384, 3)], [(192, 1), (192, 3), (256, 3)])
    for _ in range(10):
        x = _residual(x, 0.10, [(128, 1)], [(128, 1), (128, (1, 7)), (128, (7, 1))])
    x = _reduced(x, [(256, 1), (384, 3)], [(256, 1), (256, 3)], [(256, 1), (256, 3), (256, 3)])
    for _ in range(5):
        x = _residual(x, 0.20, [(192, 1)], [(192, 1), (192, (1, 3)), (192, (3, 1))])
    x = _residual(x, 1.0, [(192, 1)], [(192, 1), (192, (1, 3)), (192, (3, 1))], last=True)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return layers.BatchNormalization(scale=False)(layers.Dense(FEATURES, use_bias=False)(x))


def _convolved(x: Any, *convolutions: tuple[int, Any, int], padding: str = "same") -> Any:
    for width, kernel, stride in convolutions:
        x = layers.Conv2D(width, kernel, strides=stride, padding=padding, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(scale=False)(x))
    return x


def _residual(x: Any, scale: float, *branches: list[tuple[int, Any]], last: bool = False) -> Any:
    inner = [_convolved(x, *((width, kernel, 1) for width, kernel in one)) for one in branches]
    joined = layers.Conv2D(x.shape[-1], 1)(layers.Concatenate()(inner))
    x = layers.Add()([x, layers.Rescaling(scale)(joined)])
    return x if last else layers.ReLU()(x)


def _reduced(x: Any, *branches: list[tuple[int, Any]]) -> Any:
    ends = [layers.MaxPooling2D(3, strides=2)(x)]
    for *before, (width, kernel) in branches:
        inner = _convolved(x, *((each, size, 1) for each, size in before))
        ends.append(_convolved(inner, (width, kernel, 2), padding="valid"))
    return layers.Concatenate()(ends)


INCEPTION_RESNET: dict[str, Reference] = {
    "inception_resnet_v1": Reference(
        build,
        side=160,
        weights=23_497_424,
        source="github.com/buzziru/DL_FACE_REC, after Szegedy et al. 2017",
        kinds=NUMBERS,
    ),
}
"""By name."""
