from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fdc.tracking import TrialHistory
from fdc.tracking.journal import Event, Journal


class Recorder(TrialHistory):
    """A history that also notes what it was told, and may do something before it notes an epoch."""

    def __init__(
        self, folder: Path, on_epoch: Callable[[str, int], None] = lambda trial, epoch: None
    ) -> None:
        super().__init__(Journal(folder))
        self.on_epoch = on_epoch
        self.began: list[str] = []
        self.epochs: list[tuple[str, int]] = []
        self.metrics: dict[tuple[str, int], dict[str, float]] = {}
        self.ended: dict[str, dict[str, Any]] = {}
        journal, append = self.journal, self.journal.append

        def noted(kind: str, **content: Any) -> Event:
            self._note(kind, content)
            return append(kind, **content)

        journal.append = noted

    def _note(self, kind: str, content: dict[str, Any]) -> None:
        trial = content.get("trial")
        match kind:
            case "trial_began":
                self.began.append(trial)
            case "epoch_ended":
                self.epochs.append((trial, content["epoch"]))
                self.metrics[trial, content["epoch"]] = content["metrics"]
                self.on_epoch(trial, content["epoch"])
            case "trial_ended" if content["status"] is not None:
                record = self.trials[trial]
                known = {"metrics": record.metrics, "parameters": record.parameters}
                self.ended[trial] = content | known


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Every worker and every reader thread is gone after a test."""
    before = threading.active_count()
    yield
    assert threading.active_count() <= before + 1
