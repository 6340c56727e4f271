"""Trains one network, epoch by epoch; speaks Keras, on whatever library it runs."""

import math
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import keras
import numpy as np

from fdc.training import checkpoint, graph
from fdc.training.checkpoint import Checkpoint
from fdc.training.feed import Batch, Feed, plain_batches
from fdc.training.optimizer import learning_rate
from fdc.training.spec import ProbeResult, TrainCommand, TrainingSpec
from fdc.training.validation_metrics import measure

PROBE_STEPS = 5
PROBE_SECONDS = 3.0


class Training:
    """One network on its way through its epochs.

    Args:
        spec: What all trials share.
        command: What is trained.
        batch_size: Crops in a batch.
        on_step: Called after every step.

    Raises:
        FileNotFoundError: If the checkpoint to start from is gone.
    """

    def __init__(
        self,
        spec: TrainingSpec,
        command: TrainCommand,
        batch_size: int,
        on_step: Callable[[], None],
    ) -> None:
        keras.backend.clear_session()
        keras.utils.set_random_seed(command.seed)
        self._spec = spec
        self._command = command
        self.batch_size = batch_size
        self._on_step = on_step
        network = graph.build(spec, command.hyperparameters)
        self.model = network.model
        self.model.optimizer.build(self.model.trainable_variables)
        self._peak_rate = float(self.model.optimizer.learning_rate)
        self._head = network.head
        self._feed = Feed(
            spec.train,
            network.head.encode,
            network.augmentation,
            batch_size,
            spec.balance,
            command.seed,
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
        return self._command.first_epoch + len(self.curve)

    def probe(self) -> ProbeResult:
        """Times real steps once they are warm, and leaves the network as it was."""
        before = self._state()
        # The first step traces the network.
        self._step(next(self._feed.epoch(0)))
        began = time.monotonic()
        seconds = []
        for batch in islice(self._feed.epoch(0), PROBE_STEPS):
            seconds.append(self._timed_step(batch))
            if time.monotonic() - began > PROBE_SECONDS:
                break
        validation = self._validation_seconds()
        self._restore(before)
        return ProbeResult(float(np.median(seconds)) * self._feed.steps + validation, validation)

    def epoch(self, total_epochs: int, seconds: float | None) -> tuple[dict[str, float], bool]:
        """Trains one epoch, measures, and writes the checkpoint.

        Args:
            total_epochs: After which epoch the learning rate reaches zero.
            seconds: After how long the epoch is cut short, its validation aside; None: never.

        Returns:
            The epoch's metrics, and whether it is the best one yet.

        Raises:
            ArithmeticError: If the loss is no number any more.
        """
        began = time.monotonic()
        number = self.next_epoch
        length = max(1, total_epochs - self._command.first_epoch) * self._feed.steps
        done = len(self.curve) * self._feed.steps
        self.model.reset_metrics()
        loss = math.nan
        for step, batch in enumerate(self._feed.epoch(number)):
            rate = learning_rate(self._peak_rate, (done + step + 1) / length)
            self.model.optimizer.learning_rate.assign(rate)
            loss = self._step(batch)
            if seconds is not None and time.monotonic() - began > seconds:
                break
        if not math.isfinite(loss):
            raise ArithmeticError(f"the training loss became {loss} in epoch {number}")
        metrics = {"loss": loss, "learning_rate": rate} | {
            f"val_{name}": value for name, value in self.validate().items()
        }
        return metrics, self._keep(metrics)

    def validate(self) -> dict[str, float]:
        """Measures the network on the validation crops."""
        outputs = []
        for crops, count in plain_batches(self._spec.validation, self.batch_size):
            outputs.append(np.asarray(self.model.predict_on_batch(crops), np.float32)[:count])
            self._on_step()
        answers = self._head.decode(np.concatenate(outputs))
        return measure(self._spec.task, answers, self._spec.validation.targets)

    def _step(self, batch: Batch) -> float:
        metrics = self.model.train_on_batch(*batch, return_dict=True)
        self._on_step()
        return float(metrics["loss"])

    def _timed_step(self, batch: Batch) -> float:
        began = time.monotonic()
        self._step(batch)
        return time.monotonic() - began

    def _validation_seconds(self) -> float:
        batches = plain_batches(self._spec.validation, self.batch_size)
        seconds = 0.0
        for crops, _ in islice(batches, 2):
            began = time.monotonic()
            self.model.predict_on_batch(crops)
            self._on_step()
            # Of the two only the second counts: the first one traces the network.
            seconds = time.monotonic() - began
        return seconds * math.ceil(len(self._spec.validation) / self.batch_size)

    def _keep(self, metrics: dict[str, float]) -> bool:
        best = None if self.best_epoch is None else self.curve[self.best_epoch]
        self.curve.append(metrics)
        improved = self._spec.objective.better(metrics, best)
        if improved:
            self.best_epoch = len(self.curve) - 1
        state = self._state()
        folder = self._command.folder
        folder.mkdir(parents=True, exist_ok=True)
        if improved:
            Checkpoint(state.variables, [], state.metadata).save(folder / checkpoint.BEST)
        state.save(folder / checkpoint.LAST)
        return improved

    def _state(self) -> Checkpoint:
        variables = [keras.ops.convert_to_numpy(v) for v in self.model.variables]
        optimizer = [keras.ops.convert_to_numpy(v) for v in self.model.optimizer.variables]
        metadata = {
            "curve": list(self.curve),
            "best_epoch": self.best_epoch,
            "batch": self.batch_size,
        }
        return Checkpoint(variables, optimizer, metadata)

    def _restore(self, state: Checkpoint) -> None:
        checkpoint.assign(state.variables, self.model.variables)
        checkpoint.assign(state.optimizer, self.model.optimizer.variables)
        self.model.reset_metrics()

    def _load(self) -> None:
        last = Checkpoint.load(self._command.folder / checkpoint.LAST)
        if last is not None:
            self._restore(last)
            self.curve = last.metadata["curve"]
            self.best_epoch = last.metadata["best_epoch"]
        elif self._command.start is not None:
            start = Checkpoint.require(self._command.start)
            checkpoint.assign(start.variables, self.model.variables)


def last_batch_size(folder: Path, otherwise: int) -> int:
    """The batch size that a training's last checkpoint was made with."""
    last = Checkpoint.load(folder / checkpoint.LAST)
    return int(last.metadata["batch"]) if last is not None else otherwise
