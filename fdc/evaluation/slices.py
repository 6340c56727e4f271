"""How the model does on parts of the photos: the rare and the unlike must not hide in the mean."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict

from fdc.evaluation.intervals import Interval, intervals, numbered
from fdc.metrics import Truth, checked, score
from fdc.tasks import Task

COLUMNS = ("age", "gender", "tone", "emotion", "device", "source")
"""Columns of the manifest by which photos are sliced."""

FEWEST_PHOTOS = 30
FEWEST_GROUPS = 10

# What is worse by less is not worth a warning, however sure it is.
_CLEARLY_WORSE = {"accuracy": 0.05, "mae": 0.2}
_MOST_VALUES = 20


class Slice(BaseModel):
    """One part of the photos.

    Attributes:
        by: What the photos were sliced by: "class" or a column of the manifest.
        key: The value that they share.
        photos: How many they are.
        groups: How many groups of photos they come from.
        metric: The task's objective.
        interval: Its value and range on this slice.
        rest: Its value on all other photos; null where there are none.
        is_worse: Whether this slice is clearly worse than the rest: by a margin that matters, and
            the whole interval on the wrong side.
        is_small: Whether there are too few photos, or groups, to tell much.
    """

    model_config = ConfigDict(frozen=True)

    by: str
    key: str
    photos: int
    groups: int
    metric: str
    interval: Interval
    rest: float | None
    is_worse: bool
    is_small: bool


def slices(
    task: Task,
    truth: npt.ArrayLike,
    outputs: npt.ArrayLike,
    manifest: pd.DataFrame | None = None,
    groups: npt.ArrayLike | None = None,
) -> list[Slice]:
    """Scores each class, and each value of what the manifest knows.

    Args:
        task: What is predicted.
        truth: (n,) class indices, or numbers for a regression.
        outputs: (n, classes) probabilities, or (n,) numbers for a regression.
        manifest: n rows in the same order; its `COLUMNS` are used where they differ.
        groups: (n,) the group of each photo; null where every photo stands for itself.

    Returns:
        Slices with at least one photo, in the order of classes, then of `COLUMNS`.
    """
    truth_array, output_array = checked(task, truth, outputs)
    numbers = numbered(groups, len(truth_array))
    metric, direction = task.objective
    total = len(truth_array)
    found = []
    for by, key, chosen in _parts(task, truth_array, manifest):
        photos, groups_here = int(chosen.sum()), len(np.unique(numbers[chosen]))
        here = intervals(task, truth_array[chosen], output_array[chosen], numbers[chosen])[metric]
        rest = None
        if photos < total:
            rest = score(task, truth_array[~chosen], output_array[~chosen])[metric]
        found.append(
            Slice(
                by=by,
                key=key,
                photos=photos,
                groups=groups_here,
                metric=metric,
                interval=here,
                rest=rest,
                is_worse=rest is not None and _is_worse(here, rest, metric, direction == "max"),
                is_small=photos < FEWEST_PHOTOS or groups_here < FEWEST_GROUPS,
            )
        )
    return found


def _parts(
    task: Task, truth: Truth, manifest: pd.DataFrame | None
) -> Iterator[tuple[str, str, npt.NDArray[np.bool_]]]:
    if not task.is_regression:
        for index, label in enumerate(task.labels):
            if (chosen := truth == index).any():
                yield "class", label, np.asarray(chosen)
    for column in COLUMNS:
        if task.column == column and not task.is_regression:
            continue
        if manifest is None or column not in manifest.columns:
            continue
        values = _decades(manifest[column]) if column == "age" else manifest[column]
        keys = values.astype("string").reset_index(drop=True)
        distinct = sorted(keys.dropna().unique(), key=_natural)
        if 1 < len(distinct) <= _MOST_VALUES:
            for key in distinct:
                yield column, str(key), (keys == key).fillna(False).to_numpy(dtype=bool)


def _decades(ages: pd.Series) -> pd.Series:
    starts = (pd.to_numeric(ages, errors="coerce").astype("Float64") // 10 * 10).astype("Int64")
    return starts.map(lambda start: f"{start}-{start + 9}", na_action="ignore")


def _natural(key: str) -> tuple[float, str]:
    start = key.partition("-")[0]
    return (float(start) if start.isdigit() else 0.0, key)


def _is_worse(here: Interval, rest: float, metric: str, higher_is_better: bool) -> bool:
    margin = _CLEARLY_WORSE[metric]
    if higher_is_better:
        return here.high < rest and here.value < rest - margin
    return here.low > rest and here.value > rest * (1 + margin)
