"""A training that is handed to a worker, and where such jobs come from."""

import math
from dataclasses import dataclass
from typing import Protocol

from fdc.tracking import TrialRecord, TrialStatus
from fdc.training.spec import TrainCommand


@dataclass
class Job:
    """One training that a worker is given.

    Attributes:
        record: What is known about it.
        command: What the worker is told.
        limit: Number of the epoch at which it ends at the latest.
        share: Seconds that it may take.
        began: When it was handed out, by the budget's clock.
        explores: Whether it is a trial, which may be refused, pruned and stopped by patience.
        deadline: Until when it may train, by the budget's clock.
        total: After which epoch its schedule ends, as planned.
        outcome: Status and reason, once decided.
        traceback: Of a failure.
        seconds_before: What it took in earlier sessions.
        returns: How often it came back because its worker was lost.
    """

    record: TrialRecord
    command: TrainCommand
    limit: int
    share: float
    began: float
    explores: bool = True
    deadline: float = math.inf
    total: int = 0
    outcome: tuple[TrialStatus | None, str | None] = ("COMPLETED", None)
    traceback: str | None = None
    seconds_before: float = 0.0
    returns: int = 0


class JobSource(Protocol):
    """Where jobs come from."""

    def ask(self, worker: str) -> Job | None:
        """A job for a worker that is free; None: none now."""

    def tell(self, job: Job) -> None:
        """Takes note of how a job went."""
