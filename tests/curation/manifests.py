"""Manifests for the tests of this room."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from fdc import manifest as manifests
from fdc.curation import curate as curation
from fdc.curation import rules
from fdc.experiment import RuleSettings, SplitSettings
from fdc.tasks import Task

GENDER = Task(kind="classes", column="gender", classes=("female", "male"))
AGE = Task(kind="ordinal", column="age", bins=(0, 10, 20, 30, 40, 50, 60), limits=(0, 120))
YEARS = Task(kind="regression", column="age", limits=(0, 120))
EMOTION = Task(kind="classes", column="emotion", classes=("happy", "sad", "anger"))

FRACTIONS = SplitSettings().fractions
RULES = RuleSettings()


def apply(table: pd.DataFrame, off: Collection[str] = (), **changes: float | None) -> pd.DataFrame:
    """The rules as an experiment that says nothing has them, some thresholds changed."""
    return rules.apply(table, RULES.thresholds | changes, off)


def curate(table: pd.DataFrame, task: Task, **changes: Any) -> pd.DataFrame:
    """Curation as an experiment that says nothing has it, some arguments changed."""
    settings = {
        "thresholds": RULES.thresholds,
        "copy_bits": RULES.copy_bits,
        "alike_bits": RULES.alike_bits,
        "fractions": FRACTIONS,
        "seed": 0,
    }
    return curation.curate(table, task, **(settings | changes))


def image_id(text: str) -> str:
    """The bytes of an imagined file."""
    return hashlib.sha256(text.encode()).hexdigest()


def code(number: int) -> str:
    """A perceptual hash as a manifest holds it."""
    return f"{number:016x}"


def random_codes(rng: np.random.Generator, count: int) -> list[int]:
    """Perceptual hashes of photos that have nothing in common."""
    return [int(number) for number in rng.integers(0, 2**64, count, dtype=np.uint64)]


def manifest(rows: Iterable[Mapping[str, Any]], source: str = "test") -> pd.DataFrame:
    """A manifest whose rows are valid where they do not say otherwise."""
    filled = []
    for number, row in enumerate(rows):
        path = row.get("path", f"{number:06}.jpg")
        plain = {"path": path, "image_id": image_id(str(path)), "width": 200, "height": 200}
        filled.append(plain | dict(row))
    return manifests.from_rows(filled, source)


def people(
    photos: Mapping[str, int], rng: np.random.Generator, **columns: Any
) -> list[dict[str, Any]]:
    """Rows of people with a gender, an age and a number of photos each."""
    rows = []
    for person, count in photos.items():
        gender = "female" if rng.random() < 0.5 else "male"
        for number in range(count):
            rows.append(
                {
                    "path": f"{person}/{number}.jpg",
                    "image_id": image_id(f"{person}/{number}"),
                    "subject": f"test:{person}",
                    "gender": gender,
                    "age": float(rng.integers(0, 80)),
                    **columns,
                }
            )
    return rows
