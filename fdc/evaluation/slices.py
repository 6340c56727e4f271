"""How the model does on parts of the photos: the rare and the unlike must not hide in the mean."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict

from fdc.evaluation.intervals import Interval, intervals, numbered
from fdc.metrics import Truth, checked, score
from fdc.tasks import Task, bin_labels

COLUMNS = ("age", "gender", "tone", "emotion", "device", "source")
"""Columns of the manifest by which photos are sliced."""

DECADES = tuple(range(0, 100, 10))
"""Lower edges of the slices by age, for a task that has none of its own."""

FEWEST_PHOTOS = 30
FEWEST_GROUPS = 10

# What is worse by less is not worth a warning, however sure it is.
_CLEARLY_WORSE_SHARE = 0.05  # of all photos
_CLEARLY_WORSE_ERROR = 0.2  # of the error on the rest
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
        rest: Its value on all other photos; None where there are none.
        is_worse: Whether this slice is clearly worse than the rest: by a margin that matters, and
            the whole interval on the wrong side.
        is_small: Whether there are too few photos, or groups, to rely on it.
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


def sliced(
    numbers: npt.NDArray[Any], edges: Sequence[float]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Cuts numbers into slices.

    Args:
        numbers: (n,) of any kind; NaN is in no slice.
        edges: Lower edges that rise; without any, all numbers are in one slice.

    Returns:
        The slices' names in their order, the first of them for what is under all edges, and (n,)
        the slice of each number, -1 for none.

    Example:
        >>> sliced(np.array([31.0, -1.0, np.nan]), (0, 20, 40))
        (('<0', '0-19', '20-39', '40+'), array([ 2,  0, -1]))
    """
    names = (f"<{edges[0]:g}", *bin_labels(edges)) if edges else ("",)
    places = np.digitize(numbers, np.asarray(edges, dtype=np.float64))
    return names, np.where(np.isnan(numbers), -1, places)


def slices(
    task: Task,
    truth: npt.ArrayLike,
    outputs: npt.ArrayLike,
    manifest: pd.DataFrame | None = None,
    groups: npt.ArrayLike | None = None,
) -> list[Slice]:
    """Scores each class, or each slice of a regression's range, and what the manifest knows.

    Args:
        task: What is predicted.
        truth: (n,) class indices, or numbers for a regression.
        outputs: (n, classes) probabilities, or (n,) numbers for a regression.
        manifest: n rows in the same order; its `COLUMNS` are used where they differ.
        groups: (n,) the group of each photo; None where every photo stands for itself.

    Returns:
        Slices with at least one photo, in the order of classes or numbers, then of `COLUMNS`.
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
                is_worse=rest is not None and _is_worse(here, rest, direction == "max"),
                is_small=photos < FEWEST_PHOTOS or groups_here < FEWEST_GROUPS,
            )
        )
    return found


def _parts(
    task: Task, truth: Truth, manifest: pd.DataFrame | None
) -> Iterator[tuple[str, str, npt.NDArray[np.bool_]]]:
    if task.is_regression:
        yield from _of_numbers(task.column, truth, task.slice_edges)
    else:
        for index, label in enumerate(task.labels):
            if (chosen := truth == index).any():
                yield "class", label, np.asarray(chosen)
    for column in COLUMNS:
        if manifest is None or column == task.column or column not in manifest.columns:
            continue
        if column == "age":
            ages = pd.to_numeric(manifest["age"], errors="coerce").to_numpy(float, na_value=np.nan)
            yield from _of_numbers("age", ages, DECADES)
            continue
        keys = manifest[column].astype("string").reset_index(drop=True)
        distinct = sorted(keys.dropna().unique())
        if 1 < len(distinct) <= _MOST_VALUES:
            for key in distinct:
                yield column, str(key), (keys == key).fillna(False).to_numpy(dtype=bool)


def _of_numbers(
    by: str, numbers: npt.NDArray[Any], edges: Sequence[float]
) -> Iterator[tuple[str, str, npt.NDArray[np.bool_]]]:
    names, places = sliced(numbers, edges)
    found = [place for place in range(len(names)) if (places == place).any()]
    if len(found) > 1:
        for place in found:
            yield by, names[place], places == place


def _is_worse(here: Interval, rest: float, higher_is_better: bool) -> bool:
    if higher_is_better:
        return here.high < rest and here.value < rest - _CLEARLY_WORSE_SHARE
    return here.low > rest and here.value > rest * (1 + _CLEARLY_WORSE_ERROR)
