"""A head alone is trained, by a solver instead of steps, on features that stay as they are."""

import math
import time
from collections.abc import Callable

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

from fdc.curation.balance import sample_weights
from fdc.training import checkpoint, graph
from fdc.training.checkpoint import Checkpoint
from fdc.training.feed import plain_batches
from fdc.training.spec import TrainCommand, TrainingSpec
from fdc.training.validation_metrics import measure

PENALTIES = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3)
"""Of the squared weights on standardised features; from the first on, until one gains nothing."""

MOST_ITERATIONS = 60

BATCH_SIZE = 64

SMALLEST_DEVIATION = 1e-6
"""Features that vary less are taken to be constant."""

LEVELLED = 0.25
"""Share of the median deviation that is added to all: a feature that hardly ever stirs would else
get weights so large that the first steps of a training that goes on would wreck all answers."""

SOLVER_SHARE = 0.5
"""What the solver may take, as a share of what the features may."""

Floats = NDArray[np.float32]


def fit_head(
    spec: TrainingSpec, command: TrainCommand, on_step: Callable[[], None]
) -> tuple[int, dict[str, float]]:
    """Trains the head of one network by L-BFGS, and writes the network's checkpoint.

    The loss is the head's own: cross-entropy with what it encodes. How large the weights may
    become, the objective on the validation crops decides.

    Args:
        spec: What all trials share.
        command: What is trained; its head's outputs are logits.
        on_step: Called after every batch.

    Returns:
        The number of the network's weights, and the metrics on training and validation.
    """
    keras.backend.clear_session()
    keras.utils.set_random_seed(command.seed)
    network = graph.build(spec, command.hyperparameters)
    layer = network.model.get_layer(graph.HEAD)
    trunk = keras.Model(network.model.inputs, layer.input)
    chosen, features = _training_features(spec, command, trunk, on_step)
    validation = _validation_features(spec, command, trunk, on_step)
    targets = spec.train.targets[chosen]
    weights = np.ones(len(chosen), np.float32)
    if spec.balance != "none":
        weights = sample_weights(targets).astype(np.float32)
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    floor = LEVELLED * float(np.median(deviation)) + SMALLEST_DEVIATION
    scale = np.where(deviation < SMALLEST_DEVIATION, 0, 1 / (deviation + floor))
    encoded = network.head.encode(targets)
    solution = np.zeros((features.shape[1] + 1, network.head.units), np.float32)
    solution[-1] = np.log(np.average(encoded, axis=0, weights=weights) + 1e-6)
    best: dict[str, float] | None = None
    until = time.monotonic() + SOLVER_SHARE * (command.feature_seconds or 0.0)
    standardised = (features - mean) * scale
    weights /= weights.mean()
    for penalty in PENALTIES:
        solution, loss = _solved(solution, standardised, encoded, weights, penalty, until, on_step)
        kernel = scale[:, None] * solution[:-1]
        bias = solution[-1] - mean @ kernel
        answers = network.head.decode((validation @ kernel + bias).astype(np.float32))
        measured = measure(spec.task, answers, spec.validation.targets)
        metrics = {"loss": loss} | {f"val_{name}": value for name, value in measured.items()}
        if not spec.objective.better(metrics, best):
            break
        best = metrics
        layer.set_weights([kernel, bias])
        if time.monotonic() > until:
            break
    assert best is not None
    _keep(command, network.model, best)
    return int(network.model.count_params()), best


def _solved(
    start: Floats,
    features: Floats,
    encoded: Floats,
    weights: Floats,
    penalty: float,
    until: float,
    on_step: Callable[[], None],
) -> tuple[Floats, float]:
    """The weights (features + 1, units), the bias last, and their loss without the penalty.

    When the clock says `until`, what is found so far is the solution.
    """
    features = np.column_stack([features, np.ones(len(features))]).astype(np.float32)
    shape = start.shape
    losses = [math.nan]

    def cost(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        on_step()
        solution = flat.reshape(shape).astype(np.float32)
        logarithms = log_softmax(features @ solution, axis=1)
        losses[0] = float(-(weights[:, None] * encoded * logarithms).sum() / len(features))
        off = weights[:, None] * (np.exp(logarithms) - encoded) / len(features)
        free = np.vstack([solution[:-1], np.zeros((1, shape[1]), np.float32)])
        gradient = features.T @ off + penalty * free
        value = losses[0] + 0.5 * penalty * float((free**2).sum())
        return value, gradient.ravel().astype(np.float64)

    def in_time(_: NDArray[np.float64]) -> None:
        if time.monotonic() > until:
            raise StopIteration

    found = minimize(
        cost,
        start.ravel().astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        callback=in_time,
        options={"maxiter": MOST_ITERATIONS},
    )
    solution = found.x.reshape(shape)
    cost(found.x)
    return solution.astype(np.float32), losses[0]


def _training_features(
    spec: TrainingSpec, command: TrainCommand, trunk: keras.Model, on_step: Callable[[], None]
) -> tuple[NDArray[np.int64], Floats]:
    """Which training crops are learnt from, and their features.

    They are kept beside the checkpoint: whoever goes on after a kill does not wait for them again.
    """
    path = command.folder / checkpoint.FEATURES
    # Of a large set only a part is learnt from.
    seconds = command.feature_seconds or 0.0
    order = np.random.default_rng(command.seed).permutation(len(spec.train))
    kept = Checkpoint.load(path)
    if kept is not None:
        [found] = kept.variables
        return order[: len(found)], found
    features: list[Floats] = []
    began = math.nan
    for start in range(0, len(order), BATCH_SIZE):
        part = order[start : start + BATCH_SIZE]
        crops = spec.train.read(np.resize(part, BATCH_SIZE)).astype(np.float32)
        features.append(np.asarray(trunk.predict_on_batch(crops), np.float32)[: len(part)])
        on_step()
        if start == 0:
            # The first batch traces the network.
            began = time.monotonic()
        if time.monotonic() - began > seconds:
            break
    found = np.concatenate(features)
    Checkpoint([found], [], {}).save(path)
    return order[: len(found)], found


def _validation_features(
    spec: TrainingSpec, command: TrainCommand, trunk: keras.Model, on_step: Callable[[], None]
) -> Floats:
    features = []
    for crops, count in plain_batches(spec.validation, BATCH_SIZE):
        features.append(np.asarray(trunk.predict_on_batch(crops), np.float32)[:count])
        on_step()
    return np.concatenate(features)


def _keep(command: TrainCommand, model: keras.Model, metrics: dict[str, float]) -> None:
    variables = [keras.ops.convert_to_numpy(variable) for variable in model.variables]
    metadata = {"curve": [metrics], "best_epoch": 0, "batch": BATCH_SIZE}
    Checkpoint(variables, [], metadata).save(command.folder / checkpoint.BEST)
