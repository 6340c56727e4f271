"""Crops that a small network learns in seconds, and what a training on them is told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fdc.crops.view import CropView
from fdc.tasks import Kind, Task
from fdc.training.spec import TrainingSpec

SIZE = 32

TASKS: dict[str, Task] = {
    "classes": Task(kind="classes", column="age", classes=("young", "old")),
    "ordinal": Task(kind="ordinal", column="age", bins=(0, 20, 40)),
    "regression": Task(kind="regression", column="age"),
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


def view(path: Path, ages: np.ndarray, kind: str, chosen: np.ndarray) -> CropView:
    targets = {
        "classes": (ages > 30).astype(np.int64),
        "ordinal": (ages // 20).clip(0, 2).astype(np.int64),
        "regression": ages,
    }[kind]
    return CropView(path, len(ages), SIZE, chosen.astype(np.int64), targets[chosen])


@dataclass(frozen=True)
class Data:
    path: Path
    ages: np.ndarray

    def split(self, kind: str) -> tuple[CropView, CropView]:
        train, validation = np.split(np.arange(len(self.ages)), [60])
        return (
            view(self.path, self.ages, kind, train),
            view(self.path, self.ages, kind, validation),
        )

    def spec(self, kind: Kind = "classes", **changes: Any) -> TrainingSpec:
        train, validation = self.split(kind)
        usual: dict[str, Any] = {
            "train": train,
            "validation": validation,
            "task": TASKS[kind],
            "augmentation": ("flip", "shift"),
            "balance": "none",
            "batch_size": 64,
            "threads": 2,
            "memory_bytes": 4_000_000_000,
        }
        return TrainingSpec(**{**usual, **changes})
