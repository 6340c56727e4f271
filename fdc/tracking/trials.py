"""One trial, as the search, its figures, the console and MLflow all see it."""

from dataclasses import dataclass, field
from typing import Any, Literal

TrialStatus = Literal["COMPLETED", "PRUNED", "REFUSED", "FAILED"]

TrialRole = Literal["trial", "baseline", "final"]
"""Proposed by the tuner; what a trial has to beat; the best one, trained on."""

RunStatus = Literal["FINISHED", "KILLED", "FAILED"]

RUN_STATUS: dict[TrialStatus, RunStatus] = {
    "COMPLETED": "FINISHED",
    "PRUNED": "KILLED",
    "REFUSED": "KILLED",
    "FAILED": "FAILED",
}
"""Every way in which a trial ends, and what MLflow calls it."""


@dataclass
class TrialRecord:
    """One trial.

    Attributes:
        id: Unique in the search.
        number: Counts the trials of its role from 0.
        hyperparameters: Values by name.
        seed: Of its weights and batches.
        status: None while it runs, or was interrupted.
        reason: Why it failed, was refused, was pruned, was interrupted or ended early.
        first_epoch: Number of its first epoch; not 0 where it goes on from another trial.
        curve: Metrics by epoch.
        best_epoch: Index into the curve.
        parameters: Number of the network's weights.
        batch_size: Crops in a batch.
        predicted_epoch_seconds: What the probe predicted.
        training_seconds: What its epochs took, all in all; None where none was timed.
        seconds: What it took from start to end.
        resource: Share of a full trial that it may use up; under 1 in Hyperband's early rounds.
        continues: The trial whose weights it started from.
        role: What it is for.
        traceback: Of a failure.
    """

    id: str
    number: int
    hyperparameters: dict[str, Any]
    seed: int
    status: TrialStatus | None = None
    reason: str | None = None
    first_epoch: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None
    parameters: int | None = None
    batch_size: int | None = None
    predicted_epoch_seconds: float | None = None
    training_seconds: float | None = None
    seconds: float = 0.0
    resource: float = 1.0
    continues: str | None = None
    role: TrialRole = "trial"
    traceback: str | None = None

    @property
    def is_baseline(self) -> bool:
        """Whether it is what others have to beat."""
        return self.role == "baseline"

    @property
    def metrics(self) -> dict[str, float]:
        """Those of its best epoch; empty where there is none."""
        return {} if self.best_epoch is None else self.curve[self.best_epoch]

    @property
    def seconds_per_epoch(self) -> float | None:
        """As measured, else as predicted; None before both."""
        if self.training_seconds is None or not self.curve:
            return self.predicted_epoch_seconds
        return self.training_seconds / len(self.curve)

    @property
    def start_seconds(self) -> float | None:
        """What building and tracing its network took; None while it runs."""
        if self.status is None or self.training_seconds is None:
            return None
        return max(0.0, self.seconds - self.training_seconds)

    @property
    def next_epoch(self) -> int:
        """Number of the epoch that comes next."""
        return self.first_epoch + len(self.curve)
