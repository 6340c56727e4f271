"""Four stages of convolutions, of rising width, each half as large as the one before it.

Made for small crops of faces and few cores. The residual net of the defaults has about 1.2 M
weights (He et al. 2016, "Deep Residual Learning for Image Recognition"); its variations are plain
convolutions (Simonyan and Zisserman 2015, "Very Deep Convolutional Networks for Large-Scale Image
Recognition"), and separable ones (Chollet 2017, "Xception: Deep Learning with Depthwise Separable
Convolutions").
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from keras import layers

from fdc.training.backbones.backbone import Backbone

STAGES = 4

FIRST_SIDE = 32
"""Side of the first stage's features; larger crops are brought to it by the first convolution."""


def choose(hp: Any) -> dict[str, Any]:
    """Declares the width of the first stage, in channels, and the blocks in each stage."""
    return {
        "width": hp.Choice("width", [16, 24, 32, 48], default=32),
        "depth": hp.Choice("depth", [1, 2], default=1),
    }


def build(block: Callable[[Any, int, int], Any], x: Any, width: int, depth: int) -> Any:
    """Builds the stages.

    Args:
        block: Builds one block from its input, its width and its stride.
        x: Crops (n, side, side, 3).
        width: Channels of the first stage.
        depth: Blocks in each stage.
    """
    stride = max(1, x.shape[1] // FIRST_SIDE)
    x = _convolution(x, width, stride, kernel=2 * stride + 1)
    for stage in range(STAGES):
        for index in range(depth):
            x = block(x, width * 2**stage, 2 if stage and not index else 1)
    return x


def _convolution(
    x: Any, width: int, stride: int = 1, kernel: int = 3, separable: bool = False
) -> Any:
    layer = layers.SeparableConv2D if separable else layers.Conv2D
    x = layer(width, kernel, strides=stride, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _residual(x: Any, width: int, stride: int, separable: bool = False) -> Any:
    layer = layers.SeparableConv2D if separable else layers.Conv2D
    shortcut = x
    if stride > 1 or x.shape[-1] != width:
        shortcut = layers.Conv2D(width, 1, strides=stride, use_bias=False)(x)
        shortcut = layers.BatchNormalization()(shortcut)
    x = _convolution(x, width, stride, separable=separable)
    x = layers.BatchNormalization()(layer(width, 3, padding="same", use_bias=False)(x))
    return layers.ReLU()(layers.Add()([x, shortcut]))


def _plain(x: Any, width: int, stride: int) -> Any:
    x = _convolution(x, width, stride)
    return _convolution(x, width)


RESIDUAL = Backbone(choose, partial(build, _residual))
PLAIN = Backbone(choose, partial(build, _plain))
SEPARABLE = Backbone(choose, partial(build, partial(_residual, separable=True)))
