"""dlib's networks of faces, rebuilt in Keras with their published weights.

The face network (King 2017, dlib-models) puts a person's photos close together: a ResNet of 29
convolutions (after He et al. 2016, "Deep Residual Learning for Image Recognition") that was
trained on chips of 150 px. The age network is a ResNet-10 for 64 px, the gender network four
convolutions for 32 px (after Antipov et al. 2016, "Minimalistic CNN-based ensemble model for
gender prediction from face images"); both by Cydral. All three see RGB less dlib's mean, over 256.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
from keras import layers

from fdc.training.backbones.backbone import Backbone
from fdc.training.backbones.dlib_files import Convolution, from_dat, from_onnx

MEAN = (122.782, 117.001, 104.298)
"""Of red, green and blue; what dlib subtracts."""

SCALE = 256.0

TRUNK = "trunk_"
"""How the names of layers begin that bring their weights: they may learn at a lower rate."""

FACE_STAGES = ((32, 3), (64, 4), (128, 3), (256, 3), (256, 1))
"""Channels and blocks; all but the first stage begin by halving the sides."""

AGE_STAGES = ((64, 1), (128, 2), (256, 2))

FROZEN = {"none": 0.0, "half": 0.5}
"""Which part of the convolutions, from the first one on, keeps its weights."""


def choose_face(hp: Any) -> dict[str, Any]:
    """Declares the side at which the face network sees crops, in pixels, and what is frozen."""
    with hp.name_scope("dlib_face"):
        return {
            "side": hp.Choice("side", [112, 128, 150], default=150),
            "frozen": hp.Choice("frozen", list(FROZEN), default="none"),
        }


def build_face(x: Any, side: int, frozen: str, weights: Path) -> Any:
    """Builds the face network up to its last features, 2 x 2 x 256 at 150 px.

    Args:
        x: Crops (n, side, side, 3), RGB -1 to 1.
        side: To which crops are brought, in pixels.
        frozen: Of `FROZEN`.
        weights: dlib's `.dat`.

    Raises:
        WeightsError: It is another file.
    """
    shapes = [(32, 7)]
    for channels, blocks in FACE_STAGES:
        shapes += [(channels, 3)] * 2 * blocks
    return _residual(x, side, FACE_STAGES, _Convolutions(from_dat(weights, shapes), frozen))


def choose_age(hp: Any) -> dict[str, Any]:
    """Declares the side at which the age network sees crops, in pixels, and what is frozen."""
    with hp.name_scope("dlib_age"):
        return {
            "side": hp.Choice("side", [64, 80], default=64),
            "frozen": hp.Choice("frozen", list(FROZEN), default="none"),
        }


def build_age(x: Any, side: int, frozen: str, weights: Path) -> Any:
    """Builds the age network up to its last features, 3 x 3 x 256 at 64 px.

    Args:
        x: Crops (n, side, side, 3), RGB -1 to 1.
        side: To which crops are brought, in pixels.
        frozen: Of `FROZEN`.
        weights: Its ONNX file.
    """
    convolutions, _ = from_onnx(weights)
    return _residual(x, side, AGE_STAGES, _Convolutions(convolutions, frozen))


def build_gender(x: Any, weights: Path) -> Any:
    """Builds the gender network, for 32 px, up to the 16 features of its last layer but one.

    Args:
        x: Crops (n, side, side, 3), RGB -1 to 1.
        weights: Its ONNX file.
    """
    convolutions, (dense, _) = from_onnx(weights)
    # dlib counts channels first.
    kernel = dense.kernel.reshape(64, 8, 8, -1).transpose(1, 2, 0, 3)
    add = _Convolutions([*convolutions, Convolution(kernel, dense.bias)], "none")
    x = _seen(x, 32)
    for _ in range(2):
        for _ in range(2):
            x = layers.ReLU()(add(x))
        x = layers.AveragePooling2D(2)(x)
    return layers.ReLU()(add(x, same=False))


class _Convolutions:
    """Adds a network's convolutions, one after the other, with their weights.

    Args:
        convolutions: In order.
        frozen: Of `FROZEN`.
    """

    def __init__(self, convolutions: Sequence[Convolution], frozen: str) -> None:
        self._convolutions = convolutions
        self._frozen = FROZEN[frozen] * len(convolutions)
        self._added = 0

    def __call__(self, x: Any, stride: int = 1, same: bool = True) -> Any:
        """Adds the next one."""
        number, given = self._added, self._convolutions[self._added]
        self._added += 1
        *kernel, _, channels = given.kernel.shape
        layer = layers.Conv2D(
            channels,
            kernel,
            strides=stride,
            padding="same" if same else "valid",
            trainable=number >= self._frozen,
            name=f"{TRUNK}{number}",
        )
        x = layer(x)
        layer.set_weights([given.kernel, given.bias])
        return x


def _seen(x: Any, side: int) -> Any:
    """What dlib's networks see of crops of -1 to 1."""
    offset = [(127.5 - mean) / SCALE for mean in MEAN]
    x = layers.Rescaling(127.5 / SCALE, offset=offset)(x)
    return x if x.shape[1] == side else layers.Resizing(side, side)(x)


def _residual(x: Any, side: int, stages: Sequence[tuple[int, int]], add: _Convolutions) -> Any:
    x = layers.ReLU()(add(_seen(x, side), stride=2, same=False))
    x = layers.MaxPooling2D(3, 2)(x)
    for stage, (_, blocks) in enumerate(stages):
        for block in range(blocks):
            x = _block(x, halved=stage > 0 and block == 0, add=add)
    return x


def _block(x: Any, halved: bool, add: _Convolutions) -> Any:
    # dlib pads a halving convolution by nothing, so 2 px would leave nothing at all.
    found = add(x, stride=2, same=x.shape[1] < 3) if halved else add(x)
    found = add(layers.ReLU()(found))
    if halved:
        x = layers.AveragePooling2D(2)(x)
        # The smaller one gets zeros at its ends, in height, width and channels.
        sides = [max(pair) for pair in zip(x.shape[1:], found.shape[1:], strict=True)]
        x, found = _filled_up(x, sides), _filled_up(found, sides)
    return layers.ReLU()(layers.Add()([x, found]))


def _filled_up(x: Any, sides: Sequence[int]) -> Any:
    missing = [(0, wanted - has) for has, wanted in zip(x.shape[1:], sides, strict=True)]
    return keras.ops.pad(x, [(0, 0), *missing]) if any(end for _, end in missing) else x


def _nothing(hp: Any) -> dict[str, Any]:
    return {}


FACE = Backbone(
    choose_face, build_face, most_weights=6_000_000, weights="dlib_face", pooling="flatten"
)
AGE = Backbone(choose_age, build_age, most_weights=3_000_000, weights="dlib_age")
GENDER = Backbone(_nothing, build_gender, weights="dlib_gender", proposed=False)
