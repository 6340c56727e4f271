"""The winner becomes files that need neither AutoKeras nor a training library to answer."""

import os
from typing import Any

import keras
import numpy as np

from fdc.inference.network import Network
from fdc.training import backend, metrics, space, targets
from fdc.training.checkpoint import Checkpoint
from fdc.training.spec import Export, Exported, Settings

ONNX = "network.onnx"
KERAS = "network.keras"

CHECKED_CROPS = 64
TOLERANCE = 1e-3
"""How far ONNX may be from Keras: in probability, or as a share of a regression's range."""


def export(settings: Settings, order: Export) -> Exported:
    """Writes `network.onnx` and `network.keras`: float32 crops RGB 0 to 255 in, answers out.

    Args:
        settings: What all trials share.
        order: What to export.

    Returns:
        What the exported ONNX network scores on the validation crops.

    Raises:
        FileNotFoundError: If the checkpoint is gone.
        ArithmeticError: If ONNX and Keras do not agree.
    """
    state = Checkpoint.load(order.checkpoint)
    if state is None:
        raise FileNotFoundError(f"the checkpoint {order.checkpoint} is missing or damaged")
    model = _answering(settings, order, state)
    scratch = order.folder / ".export"
    scratch.mkdir(parents=True, exist_ok=True)
    model.save(scratch / KERAS)
    backend.export_onnx(model, scratch / ONNX)
    network = Network(scratch / ONNX, settings.threads)
    difference = _difference(settings, model, network)
    found = _score(settings, network)
    for name in (KERAS, ONNX):
        os.replace(scratch / name, order.folder / name)
    scratch.rmdir()
    return Exported({f"val_{name}": value for name, value in found.items()}, difference)


def _answering(settings: Settings, order: Export, state: Checkpoint) -> Any:
    keras.backend.clear_session()
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("float32")
    try:
        size = settings.train.size
        graph = space.space(settings.kind, settings.augmentation, settings.classes, size)
        built = space.build(graph, order.hyperparameters)
        for variable, value in zip(built.variables, state.variables, strict=True):
            variable.assign(value)
        # Without the optimizer, which the files need not carry.
        trained = keras.Model(built.inputs, built.outputs, name="trained")
        crops = keras.Input((size, size, 3), dtype="float32", name="crops")
        answer = _Answer(settings, order.hyperparameters)
        answers = answer(trained(crops))
        if order.flip:
            mirrored = answer(trained(keras.ops.flip(crops, axis=2)))
            answers = keras.layers.Average()([answers, mirrored])
        model = keras.Model(crops, answers, name="network")
    finally:
        keras.mixed_precision.set_dtype_policy(policy)
    # ONNX export wants a model that was called once.
    model.predict_on_batch(np.zeros((1, size, size, 3), np.float32))
    return model


class _Answer:
    def __init__(self, settings: Settings, values: dict[str, Any]) -> None:
        self._targets = targets.for_trial(settings.kind, settings.classes, settings.scale, values)
        self._mean = keras.layers.Dense(1, trainable=False, name="mean")

    def __call__(self, outputs: Any) -> Any:
        [x] = outputs if isinstance(outputs, list) else [outputs]
        if self._targets.probabilities:
            x = keras.layers.Softmax()(x)
        if self._targets.kernel is None:
            return x
        x = self._mean(x)
        self._mean.set_weights([self._targets.kernel, np.array([self._targets.offset], np.float32)])
        return keras.layers.Reshape(())(x)


def _difference(settings: Settings, model: Any, network: Network) -> float:
    some = np.arange(min(len(settings.validation), CHECKED_CROPS))
    crops = settings.validation.read(some)
    expected = np.asarray(model.predict_on_batch(crops.astype(np.float32)))
    difference = float(np.abs(expected - network.predict(crops)).max())
    span = 1.0 if settings.scale is None else settings.scale.high - settings.scale.low or 1.0
    if not difference <= TOLERANCE * span:
        raise ArithmeticError(
            f"the ONNX network differs from the Keras network by {difference:.4g}, "
            f"but at most {TOLERANCE * span:.4g} is allowed"
        )
    return difference


def _score(settings: Settings, network: Network) -> dict[str, float]:
    answers = [
        network.predict(settings.validation.read(chosen))
        for chosen in np.array_split(
            np.arange(len(settings.validation)), len(settings.validation) // 256 + 1
        )
    ]
    return metrics.measure(settings.kind, np.concatenate(answers), settings.validation.targets)
