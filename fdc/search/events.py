"""Who is told what happens in a search."""

from collections.abc import Mapping
from typing import Any, Protocol

from fdc.search.messages import Status


class Log(Protocol):
    """Keeps trials and their curves; `fdc.tracking.SearchRun` is one."""

    def trial_began(
        self, trial_id: str, number: int, hyperparameters: Mapping[str, Any], seed: int
    ) -> None:
        """A trial starts, or goes on after a restart."""

    def epoch_ended(self, trial_id: str, epoch: int, metrics: Mapping[str, float]) -> None:
        """An epoch, counted from 0, has ended."""

    def trial_ended(
        self,
        trial_id: str,
        status: Status,
        reason: str | None,
        metrics: Mapping[str, float],
        seconds: float,
        parameters: int | None,
        *,
        traceback: str | None = None,
    ) -> None:
        """A trial is over; its metrics are those of its best epoch."""


class NoLog:
    """Keeps nothing."""

    def trial_began(
        self, trial_id: str, number: int, hyperparameters: Mapping[str, Any], seed: int
    ) -> None:
        """Does nothing."""

    def epoch_ended(self, trial_id: str, epoch: int, metrics: Mapping[str, float]) -> None:
        """Does nothing."""

    def trial_ended(
        self,
        trial_id: str,
        status: Status,
        reason: str | None,
        metrics: Mapping[str, float],
        seconds: float,
        parameters: int | None,
        *,
        traceback: str | None = None,
    ) -> None:
        """Does nothing."""
