"""The search space: AutoKeras' graph of input, backbone and head, for driver and worker alike."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autokeras
import keras
import keras_tuner
from autokeras.graph import Graph

from fdc.training.analysers import ClassAnalyser
from fdc.training.augmentation import Augmentation
from fdc.training.backbones import BACKBONES, Backbone, choose_backbone, fitting
from fdc.training.heads import Head, choose_head
from fdc.training.optimizer import choose_optimizer, choose_trunk_rate
from fdc.training.references import REFERENCES, suitable
from fdc.training.spec import TrainingSpec

NETWORK = "network"
"""Name of the backbone's block, before its hyperparameters."""

HEAD = "head"
"""Name of the head, before its hyperparameters in MLflow."""

FAMILIES: Mapping[str, Backbone] = BACKBONES | {
    name: reference.backbone for name, reference in REFERENCES.items()
}
"""Everything that may come before a head."""

NORMALISATION_MOMENTUM = 0.9
"""Of batch normalisation: Keras' 0.99 needs more steps than a small set has in its epochs."""

FROM_SCRATCH: tuple[Mapping[str, Any], ...] = (
    {},
    {"network/width": 16, "learning_rate": 4e-3},
    {"network/family": "plain"},
)
"""The residual net, one of a quarter of its cost, and plain convolutions."""

FROM_WEIGHTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "dlib_face": (
        {"network/family": "dlib_face", "learning_rate": 5e-4},
        {"network/family": "dlib_face", "learning_rate": 1e-3, "network/dlib_face/frozen": "half"},
    ),
    "dlib_age": ({"network/family": "dlib_age", "learning_rate": 5e-4},),
}
"""By family, what is tried with a network that others trained."""


def starting_points(weights: Collection[str]) -> list[Mapping[str, Any]]:
    """What every tuner tries first where the space is the default one, as differences from it.

    Args:
        weights: The models of `fdc.weights.PRETRAINED` that are at hand.

    Example:
        >>> len(starting_points([])), starting_points(["dlib_face"])[0]["network/family"]
        (3, 'dlib_face')
    """
    pretrained = [point for family in weights for point in FROM_WEIGHTS.get(family, ())]
    return [*pretrained, *FROM_SCRATCH]


def families(spec: TrainingSpec) -> list[str]:
    """Names of the families that a search may propose.

    Args:
        spec: What all trials share.
    """
    size, memory_bytes = spec.train.size, spec.memory_bytes
    if spec.space == "reference":
        table = {name: FAMILIES[name] for name in suitable(spec.task.kind)}
        return fitting(size, memory_bytes, table=table)
    return fitting(size, memory_bytes, spec.weights)


def points(spec: TrainingSpec) -> list[Mapping[str, Any]]:
    """What every tuner tries first; of references, each once and nothing else.

    Args:
        spec: What all trials share.
    """
    if spec.space == "reference":
        return [REFERENCES[name].point(name) for name in families(spec)]
    return starting_points(spec.weights)


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
    """One of `FAMILIES`.

    Args:
        families: Names of those that may be proposed.
        weights: Files of `fdc.weights.PRETRAINED`.
        **kwargs: Of AutoKeras' block.
    """

    def __init__(self, families: Sequence[str], weights: Mapping[str, Path], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._families = families
        self._weights = weights

    def build(self, hp: Any, inputs: Any = None) -> Any:
        """Declares the hyperparameters of every family, and builds the one that is chosen."""
        [crops] = inputs
        return choose_backbone(hp, self._families, self._weights, FAMILIES)(crops)


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
        [features] = BackboneBlock(families(spec), spec.weights, name=NETWORK)(crops)
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
        pretrained = [name for name, family in BACKBONES.items() if family.weights]
        with hp.conditional_scope(f"{NETWORK}/family", pretrained):
            trunk_rate = choose_trunk_rate(hp)
        reference = REFERENCES.get(hp.get(f"{NETWORK}/family"))
        optimizer = reference.made_optimizer() if reference else choose_optimizer(hp, trunk_rate)
        model.compile(optimizer=optimizer, loss=head.loss(), jit_compile=False)
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
