"""The winner becomes files that need neither AutoKeras nor a training library to answer."""

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np

from fdc.inference.network import Network
from fdc.training import backend, checkpoint, graph
from fdc.training.checkpoint import Checkpoint
from fdc.training.heads import Head
from fdc.training.spec import ExportCommand, ExportResult, TrainingSpec
from fdc.training.validation_metrics import measure

CHECKED_CROPS = 64
TOLERANCE = 1e-3
"""How far ONNX may be from Keras: in probability, or as a share of a regression's range."""


def export(spec: TrainingSpec, command: ExportCommand) -> ExportResult:
    """Writes the network for ONNX and for Keras: float32 crops RGB 0 to 255 in, answers out.

    Args:
        spec: What all trials share.
        command: What to export.

    Returns:
        What the exported ONNX network scores on the validation crops.

    Raises:
        FileNotFoundError: If the checkpoint is gone.
        ArithmeticError: If ONNX and Keras do not agree.
    """
    model, head = _answering(spec, command, Checkpoint.require(command.checkpoint))
    command.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=command.folder, prefix=".export") as place:
        # Keras takes the format from a file's ending, so the names must be the final ones.
        scratch = replace(command, folder=Path(place))
        model.save(scratch.keras)
        backend.export_onnx(model, scratch.onnx)
        network = Network(scratch.onnx, spec.threads)
        difference = _difference(spec, model, network, TOLERANCE * head.span)
        answers = network.predict(spec.validation.pixels(), positions=spec.validation.positions)
        metrics = measure(spec.task, answers, spec.validation.targets)
        os.replace(scratch.keras, command.keras)
        os.replace(scratch.onnx, command.onnx)
    return ExportResult({f"val_{name}": value for name, value in metrics.items()}, difference)


def _answering(spec: TrainingSpec, command: ExportCommand, state: Checkpoint) -> tuple[Any, Head]:
    """The float32 network whose outputs are decoded, and its head."""
    keras.backend.clear_session()
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("float32")
    try:
        network = graph.build(spec, command.hyperparameters)
        checkpoint.assign(state.variables, network.model.variables)
        # Without the optimizer, which the files need not carry.
        [inputs], [outputs] = network.model.inputs, network.model.outputs
        answers = network.head.decoding_layers(outputs)
        model = keras.Model(inputs, answers, name="network")
        if command.flip:
            crops = keras.Input(inputs.shape[1:], dtype="float32", name="crops")
            both = [model(crops), model(keras.ops.flip(crops, axis=2))]
            model = keras.Model(crops, keras.layers.Average()(both), name="network")
    finally:
        keras.mixed_precision.set_dtype_policy(policy)
    return model, network.head


def _difference(spec: TrainingSpec, model: Any, network: Network, allowed: float) -> float:
    some = np.arange(min(len(spec.validation), CHECKED_CROPS))
    crops = spec.validation.read(some)
    expected = np.asarray(model.predict_on_batch(crops.astype(np.float32)))
    difference = float(np.abs(expected - network.predict(crops)).max())
    if not difference <= allowed:
        raise ArithmeticError(
            f"the ONNX network differs from the Keras network by {difference:.4g}, "
            f"but at most {allowed:.4g} is allowed"
        )
    return difference
