"""Trains one network, epoch by epoch; speaks Keras, on whatever library it runs."""

import math
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import keras
import numpy as np

from fdc.training import checkpoint, metrics, space, targets
from fdc.training.augmentation import Augmentation
from fdc.training.checkpoint import Checkpoint
from fdc.training.feed import Feed, plain_batches
from fdc.training.spec import Probed, Settings, Train

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises to its peak."""

PROBE_STEPS = 5
PROBE_SECONDS = 3.0

FEWEST_STEPS = 16
"""A batch is halved until an epoch has so many steps."""

SMALLEST_BATCH = 8


def learning_rate(peak: float, progress: float) -> float:
    """Warmed-up cosine (Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm
    Restarts").

    Args:
        peak: Highest rate.
        progress: Share of the steps that are done, 0 to 1.
    """  # noqa: D205
    if progress < WARM_UP:
        return peak * progress / WARM_UP
    done = min(1.0, (progress - WARM_UP) / (1 - WARM_UP))
    return peak * 0.5 * (1 + math.cos(math.pi * done))


def fitting_batch(most: int, crops: int) -> int:
    """Crops in a batch: a small set needs small batches to get enough steps out of an epoch."""
    batch = most
    while batch > SMALLEST_BATCH and crops / batch < FEWEST_STEPS:
        batch //= 2
    return min(batch, crops)


class Training:
    """One network on its way through its epochs.

    Args:
        settings: What all trials share.
        order: What is trained.
        batch: Crops in a batch.
        beat: Called after every step.
    """

    def __init__(
        self, settings: Settings, order: Train, batch: int, beat: Callable[[], None]
    ) -> None:
        keras.backend.clear_session()
        keras.utils.set_random_seed(order.seed)
        self._settings = settings
        self._order = order
        self.batch = batch
        self._beat = beat
        values = order.hyperparameters
        size = settings.train.size
        graph = space.space(settings.kind, settings.augmentation, settings.classes, size)
        self.model = space.build(graph, values)
        self.model.optimizer.build(self.model.trainable_variables)
        self._targets = targets.for_trial(settings.kind, settings.classes, settings.scale, values)
        augmentation = Augmentation.of(
            settings.augmentation, round(size * values.get("shift", 0.0)), values["mixup"]
        )
        self._feed = Feed(
            settings.train,
            self._targets,
            augmentation,
            batch,
            settings.balance,
            order.seed,
        )
        self.curve: list[dict[str, float]] = []
        self.best_epoch: int | None = None
        self._load()

    @property
    def parameters(self) -> int:
        """Number of the network's weights."""
        return int(self.model.count_params())

    @property
    def next_epoch(self) -> int:
        """Number of the epoch that comes next."""
        return self._order.first_epoch + len(self.curve)

    def probe(self) -> Probed:
        """Times real steps once they are warm, and leaves the network as it was."""
        before = self._state()
        seconds = [self._timed(step) for step in islice(self._feed.epoch(0), 1)]
        began = time.monotonic()
        warm = []
        for batch in islice(self._feed.epoch(0), PROBE_STEPS):
            warm.append(self._timed(batch))
            if time.monotonic() - began > PROBE_SECONDS:
                break
        step = float(np.median(warm or seconds))
        validation = self._validation_seconds()
        self._restore(before)
        return Probed(step, step * self._feed.steps + validation, validation)

    def epoch(self, total_epochs: int, seconds: float | None) -> tuple[dict[str, float], bool]:
        """Trains one epoch, measures, and writes the checkpoint.

        Args:
            total_epochs: After which epoch the learning rate reaches zero.
            seconds: After how long the epoch is cut short, its validation aside; null: never.

        Returns:
            The epoch's metrics, and whether it is the best one yet.

        Raises:
            ArithmeticError: If the loss is no number any more.
        """
        began = time.monotonic()
        number = self.next_epoch
        peak = self._order.hyperparameters["learning_rate"]
        length = max(1, total_epochs - self._order.first_epoch) * self._feed.steps
        done = len(self.curve) * self._feed.steps
        self.model.reset_metrics()
        loss = math.nan
        for step, (crops, wanted, weights) in enumerate(self._feed.epoch(number)):
            rate = learning_rate(peak, (done + step + 1) / length)
            self.model.optimizer.learning_rate.assign(rate)
            told = self.model.train_on_batch(crops, wanted, weights, return_dict=True)
            loss = float(told["loss"])
            self._beat()
            if seconds is not None and time.monotonic() - began > seconds:
                break
        if not math.isfinite(loss):
            raise ArithmeticError(f"the training loss became {loss} in epoch {number}")
        found = {"loss": loss, "learning_rate": rate} | {
            f"val_{name}": value for name, value in self.validate().items()
        }
        return found, self._keep(found)

    def validate(self) -> dict[str, float]:
        """Measures the network on the validation crops."""
        outputs = []
        for crops, count in plain_batches(self._settings.validation, self.batch):
            outputs.append(np.asarray(self.model.predict_on_batch(crops), np.float32)[:count])
            self._beat()
        answers = self._targets.answers(np.concatenate(outputs))
        return metrics.measure(self._settings.kind, answers, self._settings.validation.targets)

    def _timed(self, batch: tuple[np.ndarray, np.ndarray, np.ndarray]) -> float:
        began = time.monotonic()
        self.model.train_on_batch(*batch)
        self._beat()
        return time.monotonic() - began

    def _validation_seconds(self) -> float:
        batches = plain_batches(self._settings.validation, self.batch)
        seconds = 0.0
        for crops, _ in islice(batches, 2):
            began = time.monotonic()
            self.model.predict_on_batch(crops)
            self._beat()
            # Of the two only the second counts: the first one traces the network.
            seconds = time.monotonic() - began
        return seconds * math.ceil(len(self._settings.validation) / self.batch)

    def _keep(self, found: dict[str, float]) -> bool:
        best = None if self.best_epoch is None else self.curve[self.best_epoch]
        self.curve.append(found)
        improved = self._settings.objective.better(found, best)
        if improved:
            self.best_epoch = len(self.curve) - 1
        state = self._state()
        folder = self._order.folder
        folder.mkdir(parents=True, exist_ok=True)
        if improved:
            Checkpoint(state.variables, [], state.facts).save(folder / checkpoint.BEST)
        state.save(folder / checkpoint.LAST)
        return improved

    def _state(self) -> Checkpoint:
        variables = [keras.ops.convert_to_numpy(v) for v in self.model.variables]
        optimizer = [keras.ops.convert_to_numpy(v) for v in self.model.optimizer.variables]
        facts = {"curve": list(self.curve), "best_epoch": self.best_epoch, "batch": self.batch}
        return Checkpoint(variables, optimizer, facts)

    def _restore(self, state: Checkpoint) -> None:
        for variable, value in zip(self.model.variables, state.variables, strict=True):
            variable.assign(value)
        for variable, value in zip(self.model.optimizer.variables, state.optimizer, strict=True):
            variable.assign(value)
        self.model.reset_metrics()

    def _load(self) -> None:
        last = Checkpoint.load(self._order.folder / checkpoint.LAST)
        if last is not None:
            self._restore(last)
            self.curve = last.facts["curve"]
            self.best_epoch = last.facts["best_epoch"]
        elif self._order.start is not None:
            start = Checkpoint.load(self._order.start)
            if start is None:
                raise FileNotFoundError(f"the checkpoint {self._order.start} is missing or damaged")
            for variable, value in zip(self.model.variables, start.variables, strict=True):
                variable.assign(value)


def last_batch(folder: Path, otherwise: int) -> int:
    """The batch size that a training's last checkpoint was made with."""
    last = Checkpoint.load(folder / checkpoint.LAST)
    return int(last.facts["batch"]) if last is not None else otherwise
