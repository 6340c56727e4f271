"""The life of a worker that trains: it builds, probes, trains and exports what it is told.

It outlives a trial, but not a fault: its pool puts a fresh one in its place.
"""

import gc
import time
import traceback
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fdc.errors import SearchError
from fdc.execution import memory
from fdc.execution.protocol import Channel, Ready, WorkerSpec
from fdc.search.messages import (
    BatchSizeReduced,
    Built,
    Command,
    Continue,
    Done,
    EpochEnded,
    Failed,
    Stop,
)
from fdc.training import backend
from fdc.training.spec import ExportCommand, ProbeResult, TrainCommand, TrainingSpec

if TYPE_CHECKING:
    from fdc.training.loop import Training

MOST_GROWTH = 3 * memory.GB // 4
"""How much a worker may have grown by its trials; libraries never give all of it back."""


def worker_spec(
    training: TrainingSpec, output: Path, hang_seconds: float, gpus: float = 0.0
) -> WorkerSpec:
    """What a pool needs to know of workers that train.

    Args:
        training: What all their trials share.
        output: Folder into which they print.
        hang_seconds: After so long without a step a worker is taken to hang.
        gpus: Of each worker, on a cluster.
    """
    # A worker on another machine has another working directory.
    train, validation = (
        replace(crops, path=crops.path.resolve()) for crops in (training.train, training.validation)
    )
    return WorkerSpec(
        run_worker,
        (replace(training, train=train, validation=validation),),
        environment=partial(backend.worker_environment, training.threads),
        memory_bytes=training.memory_bytes,
        growth_bytes=MOST_GROWTH,
        hang_seconds=hang_seconds,
        cpus=training.threads,
        gpus=gpus,
        output=output,
        exhausted=backend.died_of_memory,
    )


def run_worker(channel: Channel, training: TrainingSpec) -> None:
    """Does what it is told until its pool hangs up.

    Raises:
        SearchError: The crops cannot be reached from here.
    """
    if not training.train.path.is_file():
        raise SearchError(
            f"A node of the cluster does not see {training.train.path}.",
            "Keep data/ in a folder that all nodes share.",
        )
    import keras

    backend.configure(training.threads)
    keras.mixed_precision.set_dtype_policy(backend.precision())
    channel.send(Ready())
    while True:
        command = channel.receive()
        try:
            _obey(channel, training, command)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            channel.send(Failed(reason, traceback.format_exc()))
        gc.collect()
        memory.give_back()


def _ask(channel: Channel, event: ProbeResult | EpochEnded) -> Continue | Stop:
    channel.send(event)
    answer = channel.receive()
    if not isinstance(answer, Continue | Stop):
        raise TypeError(f"expected Continue or Stop, but got {answer!r}")
    return answer


def _obey(channel: Channel, training: TrainingSpec, command: Command) -> None:
    if isinstance(command, TrainCommand):
        _train(channel, training, command)
        channel.send(Done())
    elif isinstance(command, ExportCommand):
        from fdc.training.export import export

        channel.send(export(training, command))


def _train(channel: Channel, training: TrainingSpec, command: TrainCommand) -> None:
    if command.feature_seconds is not None:
        _fit_head(channel, training, command)
        return
    from fdc.training.feed import fitting_batch_size
    from fdc.training.loop import Training, last_batch_size

    batch = command.batch_size or last_batch_size(
        command.folder, fitting_batch_size(training.batch_size, len(training.train))
    )
    while True:
        try:
            return _run_epochs(channel, Training(training, command, batch, channel.heartbeat))
        except Exception as error:
            if not backend.out_of_memory(error) or batch == 1:
                raise
        gc.collect()
        batch //= 2
        channel.send(BatchSizeReduced(batch))


def _fit_head(channel: Channel, training: TrainingSpec, command: TrainCommand) -> None:
    from fdc.training.linear import BATCH_SIZE, fit_head

    began = time.monotonic()
    parameters, metrics = fit_head(training, command, channel.heartbeat)
    channel.send(Built(parameters, BATCH_SIZE))
    _ask(channel, EpochEnded(0, metrics, time.monotonic() - began, True))


def _run_epochs(channel: Channel, training: "Training") -> None:
    channel.send(
        Built(training.parameters, training.batch_size, training.curve, training.best_epoch)
    )
    probed = training.probe()
    answer = _ask(channel, probed)
    while isinstance(answer, Continue):
        seconds = answer.seconds
        if seconds is not None:
            seconds -= probed.validation_seconds
        began = time.monotonic()
        number = training.next_epoch
        found, improved = training.epoch(answer.total_epochs, seconds)
        took = time.monotonic() - began
        answer = _ask(channel, EpochEnded(number, found, took, improved))
