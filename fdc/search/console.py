"""What a person sees of a search: a live table on a terminal, plain lines everywhere else."""

import contextlib
import os
import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

import rich.console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fdc.search.budget import Budget, duration
from fdc.search.result import ranked
from fdc.tracking.trials import RUN_STATUS, RunStatus, TrialRecord
from fdc.training.objective import Objective
from fdc.training.spec import PUBLISHED

if TYPE_CHECKING:
    from fdc.search.jobs import Job

SECONDS_BETWEEN_LINES = 10.0
MOST_ROWS = 20

_STYLES: dict[RunStatus, str] = {"FINISHED": "green", "KILLED": "yellow", "FAILED": "red"}


class SearchConsole:
    """Shows how a search goes; a context manager.

    Args:
        quiet: Whether to show nothing.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._file = _stderr_copy()
        self._console = rich.console.Console(file=self._file, quiet=quiet, soft_wrap=True)
        self._live: Live | None = None
        self._last_line: dict[str, float] = {}

    def __enter__(self) -> Self:
        """Starts to show."""
        if self._console.is_terminal and not self._console.quiet:
            self._live = Live(Text("starting"), console=self._console, refresh_per_second=2)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leaves the last table standing."""
        if self._live is not None:
            self._live.stop()

    def say(self, text: str) -> None:
        """Prints a line, above the table on a terminal."""
        if self._live is not None:
            self._live.console.print(text, highlight=False, markup=False)
        elif not self._console.quiet:
            print(text, file=self._file, flush=True)

    def trial_began(self, record: TrialRecord) -> None:
        """A trial starts."""
        self._line(f"trial {record.id} begins: {_described(record)}")

    def speed_measured(self, record: TrialRecord) -> None:
        """A trial's speed is known."""
        self._line(
            f"trial {record.id}: {_weights(record)} weights, batches of {record.batch_size}, "
            f"{duration(record.predicted_epoch_seconds or 0.0)} an epoch"
        )

    def epoch_ended(self, record: TrialRecord, total: int) -> None:
        """An epoch has ended; every now and then it is worth a line."""
        now = time.monotonic()
        if now - self._last_line.get(record.id, 0.0) >= SECONDS_BETWEEN_LINES:
            self._last_line[record.id] = now
            self._line(
                f"trial {record.id}: epoch {record.next_epoch} of {total}, "
                f"{_values(record.curve[-1])}"
            )

    def trial_ended(self, record: TrialRecord) -> None:
        """A trial is over, or interrupted."""
        text = f"trial {record.id} {record.status or 'interrupted'} in {duration(record.seconds)}"
        if record.metrics:
            text += f": {_values(record.metrics)}"
        if record.reason:
            text += f" ({record.reason})"
        self._line(text)

    def update(
        self,
        trials: Iterable[TrialRecord],
        objective: Objective,
        budget: Budget,
        jobs: Iterable["Job"],
    ) -> None:
        """Redraws the table."""
        if self._live is not None:
            self._live.update(_table(list(trials), objective, budget, jobs))

    def _line(self, text: str) -> None:
        if self._live is None:
            self.say(text)


def _stderr_copy() -> TextIO:
    """The standard error of now: what is redirected while TensorFlow loads is not the console's."""
    try:
        return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8")
    except (OSError, ValueError, AttributeError):
        return sys.stderr


def _table(
    trials: list[TrialRecord], objective: Objective, budget: Budget, jobs: Iterable["Job"]
) -> Table:
    last_epochs = {job.record.id: job.total for job in jobs}
    best = next(iter(ranked(trials, objective)), None)
    left = "" if budget.left == float("inf") else f", {duration(max(0.0, budget.left))} left"
    found = "" if best is None else f", best {_values(best.metrics)} (trial {best.id})"
    table = Table(title=f"{duration(budget.used)} used{left}{found}", title_justify="left")
    for column in ("trial", "network", "weights", "epochs", "last", "best", "status"):
        table.add_column(column)
    for record in trials[-MOST_ROWS:]:
        last_epoch = last_epochs.get(record.id)
        table.add_row(
            record.id,
            _described(record),
            _weights(record),
            f"{record.next_epoch}" + ("" if last_epoch is None else f"/{last_epoch}"),
            _value(record.curve[-1].get(objective.name)) if record.curve else "",
            _value(record.metrics.get(objective.name)),
            _status(record, running=last_epoch is not None),
        )
    return table


def _status(record: TrialRecord, running: bool) -> Text:
    if running:
        return Text("running", style="bold")
    if record.status is None:
        return Text("interrupted")
    return Text(record.status, style=_STYLES[RUN_STATUS[record.status]])


def _described(record: TrialRecord) -> str:
    values: dict[str, Any] = record.hyperparameters
    words = []
    with contextlib.suppress(KeyError):
        words.append(str(values["network/family"]))
    words += [
        f"{name.rpartition('/')[2]} {value}"
        for name, value in values.items()
        if name.startswith("network/") and name != "network/family"
    ]
    with contextlib.suppress(KeyError):
        words.append(f"rate {values['learning_rate']:g}")
    if PUBLISHED in values:
        words.append(f"published: {values[PUBLISHED]}")
    return ", ".join(words)


def _weights(record: TrialRecord) -> str:
    return "" if record.parameters is None else f"{record.parameters / 1e6:.2f} M"


def _value(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _values(metrics: dict[str, float]) -> str:
    shown = [name for name in metrics if name == "loss" or name.startswith("val_")]
    return ", ".join(f"{name} {metrics[name]:.4f}" for name in shown)
