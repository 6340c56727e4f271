from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fdc.search import CropSet
from fdc.search.messages import Settings
from fdc.search.objective import OBJECTIVES
from fdc.search.targets import Scale

SIZE = 32


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


def draw(folder: Path, count: int = 90, size: int = SIZE) -> tuple[Path, np.ndarray]:
    """Noise with a bright bar whose height tells the age from 0 to 60."""
    random = np.random.default_rng(3)
    ages = random.uniform(0, 60, count).astype(np.float32)
    crops = random.integers(0, 120, (count, size, size, 3), dtype=np.uint8)
    for crop, age in zip(crops, ages, strict=True):
        crop[: 1 + int(age / 60 * (size - 1))] += 100
    path = folder / "crops.bin"
    crops.tofile(path)
    return path, ages


def view(path: Path, ages: np.ndarray, kind: str, chosen: np.ndarray) -> CropSet:
    targets = {
        "classes": (ages > 30).astype(np.int64),
        "ordinal": (ages // 20).clip(0, 2).astype(np.int64),
        "regression": ages,
    }[kind]
    return CropSet(path, len(ages), SIZE, chosen.astype(np.int64), targets[chosen])


@dataclass(frozen=True)
class Data:
    path: Path
    ages: np.ndarray

    def split(self, kind: str) -> tuple[CropSet, CropSet]:
        train, validation = np.split(np.arange(len(self.ages)), [60])
        return (
            view(self.path, self.ages, kind, train),
            view(self.path, self.ages, kind, validation),
        )

    def settings(self, kind: str = "classes", **changes: Any) -> Settings:
        train, validation = self.split(kind)
        usual: dict[str, Any] = {
            "train": train,
            "validation": validation,
            "kind": kind,
            "classes": {"classes": 2, "ordinal": 3, "regression": 0}[kind],
            "scale": Scale.of(train.targets) if kind == "regression" else None,
            "objective": OBJECTIVES[kind],
            "augmentation": ("flip", "shift"),
            "balance": "none",
            "batch_size": 64,
            "threads": 2,
            "memory_bytes": 4_000_000_000,
        }
        return Settings(**{**usual, **changes})


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return Data(*draw(tmp_path_factory.mktemp("crops")))


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Every worker and every reader thread is gone after a test."""
    before = threading.active_count()
    yield
    assert threading.active_count() <= before + 1
