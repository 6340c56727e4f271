"""A training that is handed to a worker, and where such jobs come from."""

import math
from dataclasses import dataclass
from typing import Protocol

from fdc.search.messages import Status, Train
from fdc.search.records import TrialRecord


@dataclass
class Job:
    """One training that a worker is given.

    Attributes:
        record: What is known about it.
        order: What the worker is told.
        limit: Number of the epoch at which it ends at the latest.
        share: Seconds that it may take.
        began: When it was handed out, by the budget's clock.
        explores: Whether it is a trial, which may be refused, pruned and stopped by patience.
        deadline: Until when it may train, by the budget's clock.
        total: After which epoch its schedule ends, as planned.
        outcome: Status and reason, once decided.
        seconds_before: What it took in earlier sessions.
    """

    record: TrialRecord
    order: Train
    limit: int
    share: float
    began: float
    explores: bool = True
    deadline: float = math.inf
    total: int = 0
    outcome: tuple[Status | None, str | None] = ("COMPLETED", None)
    seconds_before: float = 0.0


class Source(Protocol):
    """Where jobs come from."""

    def next_job(self, worker: str) -> Job | None:
        """A job for a worker that is free; null: none now."""

    def job_ended(self, job: Job) -> None:
        """Takes note of how a job went."""
