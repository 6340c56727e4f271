"""A worker process: builds, probes, trains and exports what it is told; started as a module.

It outlives a trial, but not a fault: whoever started it puts a fresh one in its place.
"""

import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from fdc.execution import memory
from fdc.search.messages import (
    Alive,
    Built,
    Continue,
    Done,
    EpochEnded,
    Failed,
    Halved,
    Order,
    Ready,
    Report,
    Stop,
)
from fdc.training.spec import ExportCommand, TrainCommand, TrainingSpec

if TYPE_CHECKING:
    from fdc.training.loop import Training

SECONDS_BETWEEN_BEATS = 1.0
_PR_SET_PDEATHSIG = 1


class Channel:
    """The worker's end of the line to its driver."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last_beat = 0.0

    def tell(self, report: Report) -> None:
        """Sends a report."""
        self._connection.send(report)

    def ask(self, report: Report) -> Continue | Stop:
        """Sends a report and waits for what to do."""
        self.tell(report)
        answer = self._connection.recv()
        if not isinstance(answer, Continue | Stop):
            raise TypeError(f"expected Continue or Stop, but got {answer!r}")
        return answer

    def next_order(self) -> Order:
        """Waits for something to do."""
        order: Order = self._connection.recv()
        return order

    def beat(self) -> None:
        """Says now and then that steps are being done."""
        if time.monotonic() - self._last_beat >= SECONDS_BETWEEN_BEATS:
            self._last_beat = time.monotonic()
            self.tell(Alive())


def main() -> None:
    """Serves the driver at the other end of the inherited file descriptor until it hangs up."""
    descriptor, driver = map(int, sys.argv[1:])
    _die_with(driver)
    connection = Connection(descriptor)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        _serve(Channel(connection), connection.recv())


def _serve(channel: Channel, settings: TrainingSpec) -> None:
    import keras

    from fdc.training import backend

    backend.configure(settings.threads)

    precision = backend.precision()
    keras.mixed_precision.set_dtype_policy(precision)
    channel.tell(Ready(precision, backend.has_gpu()))
    while True:
        order = channel.next_order()
        try:
            _obey(channel, settings, order)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            channel.tell(Failed(reason, traceback.format_exc()))
        gc.collect()
        memory.give_back()


def _obey(channel: Channel, settings: TrainingSpec, order: Order) -> None:
    if isinstance(order, TrainCommand):
        _train(channel, settings, order)
        channel.tell(Done())
    elif isinstance(order, ExportCommand):
        from fdc.training.export import export

        channel.tell(export(settings, order))


def _train(channel: Channel, settings: TrainingSpec, order: TrainCommand) -> None:
    from fdc.training import backend
    from fdc.training.feed import fitting_batch_size
    from fdc.training.loop import Training, last_batch_size

    batch = order.batch_size or last_batch_size(
        order.folder, fitting_batch_size(settings.batch_size, len(settings.train))
    )
    while True:
        try:
            return _run_epochs(channel, Training(settings, order, batch, channel.beat))
        except Exception as error:
            if not backend.out_of_memory(error) or batch == 1:
                raise
        gc.collect()
        batch //= 2
        channel.tell(Halved(batch))


def _run_epochs(channel: Channel, training: "Training") -> None:
    channel.tell(
        Built(training.parameters, training.batch_size, training.curve, training.best_epoch)
    )
    probed = training.probe()
    answer = channel.ask(probed)
    while isinstance(answer, Continue):
        seconds = answer.seconds
        if seconds is not None:
            seconds -= probed.validation_seconds
        began = time.monotonic()
        number = training.next_epoch
        found, improved = training.epoch(answer.total_epochs, seconds)
        took = time.monotonic() - began
        answer = channel.ask(EpochEnded(number, found, took, improved))


def _die_with(driver: int) -> None:
    # A terminal's Ctrl-C and a service manager's SIGTERM are the driver's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # Where memory runs out, the kernel is to take the worker and not its driver.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    if os.getppid() != driver:
        sys.exit("the driver is gone")


if __name__ == "__main__":
    main()
