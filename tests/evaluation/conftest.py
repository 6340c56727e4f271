"""A task of two classes, to be scored, and photos to be counted."""

import hashlib

import pandas as pd
import pytest

from fdc import manifest
from fdc.locale import LocalizedText
from fdc.tasks import Task


@pytest.fixture
def gender() -> Task:
    return Task(
        name="gender",
        kind="classes",
        column="gender",
        classes=("female", "male"),
        title=LocalizedText(ko="성별", en="Gender"),
        names={
            "female": LocalizedText(ko="여성", en="female"),
            "male": LocalizedText(ko="남성", en="male"),
        },
    )


@pytest.fixture
def photos() -> pd.DataFrame:
    rows = [
        {
            "path": f"somebody {i}.png",
            "image_id": hashlib.sha256(str(i).encode()).hexdigest(),
            "age": None if i == 0 else float(i % 80),
            "gender": ("female", "male")[i % 2],
            "group": f"g{i // 4}",
            "split": ("train", "train", "validation", "test")[i % 4],
        }
        for i in range(80)
    ]
    table = manifest.from_rows(rows, "drawn")
    return manifest.set_aside(table, table.index.to_series() >= 76, "no_face", "none was found")
