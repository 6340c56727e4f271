from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class Recorder:
    """A log that keeps what it is told, and may do something at an epoch's end."""

    on_epoch: Callable[[str, int], None] = lambda trial, epoch: None
    began: list[str] = field(default_factory=list)
    epochs: list[tuple[str, int]] = field(default_factory=list)
    metrics: dict[tuple[str, int], dict[str, float]] = field(default_factory=dict)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)

    def trial_began(
        self, trial_id: str, number: int, hyperparameters: Mapping[str, Any], seed: int
    ) -> None:
        self.began.append(trial_id)

    def epoch_ended(self, trial_id: str, epoch: int, metrics: Mapping[str, float]) -> None:
        self.epochs.append((trial_id, epoch))
        self.metrics[trial_id, epoch] = dict(metrics)
        self.on_epoch(trial_id, epoch)

    def trial_ended(
        self,
        trial_id: str,
        status: str,
        reason: str | None,
        metrics: Mapping[str, float],
        seconds: float,
        parameters: int | None,
        *,
        traceback: str | None = None,
    ) -> None:
        self.ended[trial_id] = {
            "status": status,
            "reason": reason,
            "metrics": dict(metrics),
            "parameters": parameters,
            "traceback": traceback,
        }


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Every worker and every reader thread is gone after a test."""
    before = threading.active_count()
    yield
    assert threading.active_count() <= before + 1
