"""The search space: AutoKeras blocks for small crops of faces and few cores.

A network has four stages of rising width, each half as large as the one before it. The first
point of a search is a residual net of about 1.2 M weights (He et al. 2016, "Deep Residual Learning
for Image Recognition"); variations are plain convolutions, and separable ones (Chollet 2017,
"Xception: Deep Learning with Depthwise Separable Convolutions").
"""

from collections.abc import Callable, Mapping
from typing import Any

import autokeras
import keras
import keras_tuner
from autokeras.graph import Graph

from fdc.training.targets import SUPPORT, Kind

STAGES = 4

FIRST_SIDE = 32
"""Side of the first stage's features; larger crops are brought to it by the first convolution."""

STARTING_POINTS: tuple[Mapping[str, Any], ...] = (
    {},
    {"network/width": 16, "learning_rate": 4e-3},
    {"network/family": "plain"},
)
"""What every tuner tries first, as differences from the defaults: the residual net, one of a
quarter of its cost, and plain convolutions."""


class Crops(autokeras.ImageInput):  # type: ignore[misc]
    """Input of crops, RGB 0 to 255, of which the network sees -1 to 1."""

    def build_node(self, hp: Any) -> Any:
        """The network's input."""
        # AutoKeras hands over NumPy's integers, which newer Keras does not take.
        shape = tuple(int(side) for side in self.shape)
        return keras.Input(shape=shape, dtype="float32", name="crops")

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Scales the crops."""
        return keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs)

    def get_block(self) -> Any:
        """The block that follows."""
        return Network(name="network")


class Network(autokeras.Block):  # type: ignore[misc]
    """Four stages of convolutions, and the mean over what they find."""

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Builds the stages that the hyperparameters ask for."""
        block = FAMILIES[hp.Choice("family", list(FAMILIES), default="residual")]
        width = hp.Choice("width", [16, 24, 32, 48], default=32)
        depth = hp.Choice("depth", [1, 2], default=1)
        [x] = inputs
        stride = max(1, x.shape[1] // FIRST_SIDE)
        x = _convolution(x, width, stride, kernel=2 * stride + 1)
        for stage in range(STAGES):
            for index in range(depth):
                x = block(x, width * 2**stage, 2 if stage and not index else 1)
        return keras.layers.GlobalAveragePooling2D(dtype="float32")(x)


class ClassAnswer(autokeras.ClassificationHead):  # type: ignore[misc]
    """Dropout and a dense layer whose outputs are one logit per class, for two classes too."""

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Builds the layers."""
        return _answer(hp, inputs, self.num_classes, self.name)


class NumberAnswer(autokeras.RegressionHead):  # type: ignore[misc]
    """Dropout and a dense layer: the logits of a distribution, or one scaled number."""

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Builds the layers."""
        target = hp.Choice("target", ["distribution", "scaled"], default="distribution")
        return _answer(hp, inputs, SUPPORT if target == "distribution" else 1, self.name)


class Space(Graph):  # type: ignore[misc]
    """AutoKeras' graph of blocks, compiled with AdamW and the loss that the targets need.

    Args:
        kind: What is predicted.
        augmentation: Names of the variations that training crops may get.
        **kwargs: Inputs and outputs of the graph.
    """

    def __init__(self, kind: Kind, augmentation: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        self.augmentation = augmentation

    def _compile_keras_model(self, hp: Any, model: Any) -> Any:
        rate = hp.Choice("learning_rate", [5e-4, 1e-3, 2e-3, 4e-3], default=2e-3)
        decay = hp.Choice("weight_decay", [0.01, 0.05, 0.1], default=0.05)
        hp.Choice("mixup", [0.0, 0.2], default=0.0)
        if "shift" in self.augmentation:
            hp.Choice("shift", [0.04, 0.08, 0.12], default=0.08)
        if self.kind != "regression":
            hp.Choice("label_smoothing", [0.0, 0.1], default=0.1)
        if self.kind == "ordinal":
            hp.Choice("spread", [0.0, 0.4, 0.8], default=0.4)
        # AutoKeras makes models with a list of one output; one tensor is easier to train on.
        model = keras.Model(model.inputs[0], model.outputs[0], name="network")
        loss: Any = keras.losses.CategoricalCrossentropy(from_logits=True)
        if hp.values.get("head/target") == "scaled":
            loss = keras.losses.Huber()
        model.compile(optimizer=_optimizer(rate, decay), loss=loss, jit_compile=False)
        return model


def space(kind: Kind, augmentation: tuple[str, ...], classes: int, size: int) -> Space:
    """The search space as AutoKeras' graph, ready to build networks.

    Args:
        kind: What is predicted.
        augmentation: Names of the variations that training crops may get.
        classes: Number of classes; 0 for a regression.
        size: Side of the crops in pixels.
    """
    crops = Crops(name="crops", shape=(size, size, 3))
    head = NumberAnswer(name="head") if kind == "regression" else ClassAnswer(classes, name="head")
    [features] = crops.get_block()(crops)
    return Space(kind, augmentation, inputs=crops, outputs=head(features))


def build(graph: Space, values: Mapping[str, Any]) -> Any:
    """Builds the compiled Keras model of one point of the space.

    Args:
        graph: The space.
        values: Hyperparameters by name; what is missing takes its default.
    """
    hp = keras_tuner.HyperParameters()
    hp.values = dict(values)
    return graph.build(hp)


def _optimizer(rate: float, decay: float) -> Any:
    optimizer = keras.optimizers.AdamW(learning_rate=rate, weight_decay=decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _answer(hp: Any, inputs: Any, units: int, name: str) -> Any:
    [x] = inputs
    dropout = hp.Choice("dropout", [0.0, 0.25, 0.5], default=0.25)
    x = keras.layers.Dropout(dropout)(x)
    return keras.layers.Dense(units, dtype="float32", name=name)(x)


def _normalise(x: Any) -> Any:
    # The default momentum of 0.99 needs more steps than a small set has in its epochs.
    return keras.layers.BatchNormalization(momentum=0.9)(x)


def _convolution(
    x: Any, width: int, stride: int = 1, kernel: int = 3, separable: bool = False
) -> Any:
    layer = keras.layers.SeparableConv2D if separable else keras.layers.Conv2D
    x = layer(width, kernel, strides=stride, padding="same", use_bias=False)(x)
    return keras.layers.ReLU()(_normalise(x))


def _residual(x: Any, width: int, stride: int, separable: bool = False) -> Any:
    layer = keras.layers.SeparableConv2D if separable else keras.layers.Conv2D
    shortcut = x
    if stride > 1 or x.shape[-1] != width:
        shortcut = keras.layers.Conv2D(width, 1, strides=stride, use_bias=False)(x)
        shortcut = _normalise(shortcut)
    x = _convolution(x, width, stride, separable=separable)
    x = _normalise(layer(width, 3, padding="same", use_bias=False)(x))
    return keras.layers.ReLU()(keras.layers.Add()([x, shortcut]))


def _separable(x: Any, width: int, stride: int) -> Any:
    return _residual(x, width, stride, separable=True)


def _plain(x: Any, width: int, stride: int) -> Any:
    x = _convolution(x, width, stride)
    return _convolution(x, width)


FAMILIES: dict[str, Callable[[Any, int, int], Any]] = {
    "residual": _residual,
    "plain": _plain,
    "separable": _separable,
}
