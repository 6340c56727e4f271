"""A training that is handed to a worker, and where such jobs come from."""

import math
from dataclasses import dataclass
from typing import Protocol

from fdc.tracking import TrialRecord, TrialStatus
from fdc.training.spec import TrainCommand

Outcome = tuple[TrialStatus | None, str | None]
"""A status, None where the training was only interrupted, and the reason if there is one."""


@dataclass
class Job:
    """One training that a worker is given.

    Attributes:
        record: What is known about it.
        command: What the worker is told.
        limit: Number of the epoch at which it ends at the latest.
        share: Seconds that it may take.
        started: When it was handed out, by the budget's clock.
        is_trial: Whether it may be refused, pruned and stopped by patience.
        deadline: Until when it may train, by the budget's clock.
        total: After which epoch its schedule ends, as planned.
        outcome: How it ends, once decided.
        traceback: Of a failure.
        seconds_before: What it took in earlier sessions.
        lost_workers: How often it was handed out anew because its worker was lost.
    """

    record: TrialRecord
    command: TrainCommand
    limit: int
    share: float
    started: float
    is_trial: bool = True
    deadline: float = math.inf
    total: int = 0
    outcome: Outcome = ("COMPLETED", None)
    traceback: str | None = None
    seconds_before: float = 0.0
    lost_workers: int = 0


class JobSource(Protocol):
    """Where jobs come from, by the ask-and-tell interface of black-box optimisers."""

    def ask(self, worker: str) -> Job | None:
        """A job for a worker that is free; None: none now."""

    def tell(self, job: Job) -> None:
        """Takes note of how a job went, once it is over."""
