"""The search space: AutoKeras' graph of input, backbone and head, for driver and worker alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import autokeras
import keras
import keras_tuner
from autokeras.graph import Graph

from fdc.training.analysers import ClassAnalyser
from fdc.training.augmentation import Augmentation
from fdc.training.backbones import choose_backbone, fitting
from fdc.training.heads import Head, choose_head
from fdc.training.optimizer import choose_optimizer
from fdc.training.spec import TrainingSpec

HEAD = "head"
"""Name of the head, before its hyperparameters in MLflow."""

NORMALISATION_MOMENTUM = 0.9
"""Of batch normalisation: Keras' 0.99 needs more steps than a small set has in its epochs."""

STARTING_POINTS: tuple[Mapping[str, Any], ...] = (
    {},
    {"network/width": 16, "learning_rate": 4e-3},
    {"network/family": "plain"},
)
"""What every tuner tries first, as differences from the defaults: the residual net, one of a
quarter of its cost, and plain convolutions."""


class CropInput(autokeras.ImageInput):  # type: ignore[misc]
    """Crops, RGB 0 to 255, of which the network sees -1 to 1."""

    def build_node(self, hp: Any) -> Any:
        """The network's input."""
        # AutoKeras hands over NumPy's integers, which newer Keras does not take.
        shape = tuple(int(side) for side in self.shape)
        return keras.Input(shape=shape, dtype="float32", name="crops")

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Scales the crops."""
        return keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs)


class BackboneBlock(autokeras.Block):  # type: ignore[misc]
    """One of `BACKBONES`, and the mean over what it finds.

    Args:
        families: Names of those that may be proposed.
        **kwargs: Of AutoKeras' block.
    """

    def __init__(self, families: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._families = families

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Declares the hyperparameters of every family, and builds the one that is chosen."""
        [crops] = inputs
        features = choose_backbone(hp, self._families)(crops)
        return keras.layers.GlobalAveragePooling2D(dtype="float32")(features)


class _BuiltByHead:
    """Makes a head of AutoKeras have the layers of ours.

    Args:
        spec: What all trials share.
        **kwargs: Of AutoKeras' head.
    """

    def __init__(self, spec: TrainingSpec, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spec = spec

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Builds the layers."""
        [features] = inputs
        return choose_head(hp, self._spec.task, self._spec.scale).layers(features)


class ClassBlock(_BuiltByHead, autokeras.ClassificationHead):  # type: ignore[misc]
    """AutoKeras' classification head."""

    def get_analyser(self) -> Any:
        """What checks the targets that `fit` is given."""
        return ClassAnalyser(len(self._spec.task.labels), name=self.name)


class NumberBlock(_BuiltByHead, autokeras.RegressionHead):  # type: ignore[misc]
    """AutoKeras' regression head."""


@dataclass(frozen=True)
class TrialNetwork:
    """Everything of a trial that its hyperparameters decide.

    Attributes:
        model: The compiled Keras model, from crops RGB 0 to 255 to the head's outputs.
        head: What its targets and its answers are.
        augmentation: How its training crops are varied.
    """

    model: Any
    head: Head
    augmentation: Augmentation


class SearchGraph(Graph):  # type: ignore[misc]
    """Input, backbone and head, with optimizer and augmentation.

    Args:
        spec: What all trials share.
    """

    def __init__(self, spec: TrainingSpec) -> None:
        size = spec.train.size
        crops = CropInput(name="crops", shape=(size, size, 3))
        [features] = BackboneBlock(fitting(size, spec.memory_bytes), name="network")(crops)
        block = NumberBlock if spec.task.is_regression else ClassBlock
        super().__init__(inputs=crops, outputs=block(spec, name=HEAD)(features))
        self.spec = spec

    def build(self, hp: Any) -> Any:
        """The compiled model alone, as AutoKeras wants it."""
        return self.build_trial(hp).model

    def build_trial(self, hp: Any) -> TrialNetwork:
        """Declares all hyperparameters, and builds what their values ask for.

        Args:
            hp: KerasTuner's HyperParameters; what has no value yet takes its default.
        """
        built = super().build(hp)
        # AutoKeras makes models with a list of one output; one tensor is easier to train on.
        model = keras.Model(built.inputs[0], built.outputs[0], name="network")
        _normalise_quickly(model)
        with hp.name_scope(HEAD):
            head = choose_head(hp, self.spec.task, self.spec.scale)
        model.compile(optimizer=choose_optimizer(hp), loss=head.loss(), jit_compile=False)
        augmentation = Augmentation.choose(hp, self.spec.augmentation, self.spec.train.size)
        return TrialNetwork(model, head, augmentation)

    def _compile_keras_model(self, hp: Any, model: Any) -> Any:
        # `Graph.build` compiles with the optimizers of AutoKeras, and takes no others.
        return model


def _normalise_quickly(model: Any) -> None:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            _normalise_quickly(layer)
        elif isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = NORMALISATION_MOMENTUM


def build(spec: TrainingSpec, values: Mapping[str, Any]) -> TrialNetwork:
    """Builds one point of the search space.

    Args:
        spec: What all trials share.
        values: Hyperparameters by name; what is missing takes its default.
    """
    hp = keras_tuner.HyperParameters()
    hp.values = dict(values)
    return SearchGraph(spec).build_trial(hp)
