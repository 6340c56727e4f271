"""Confidence intervals by a bootstrap that draws whole groups.

Photos of one person resemble each other, and so do copies of one photo: drawing photos one by one
would make an interval too narrow. What is drawn is therefore the group (Field and Welsh 2007,
"Bootstrapping clustered data").
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from fdc.metrics import Floats, Integers, checked, from_sums, sums_by_group
from fdc.tasks import Task

SAMPLES = 2000
LEVEL = 0.95

_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A metric with the range that holds its true value with 95% confidence.

    Attributes:
        value: On the photos at hand.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float


def intervals(
    task: Task,
    truth: npt.ArrayLike,
    outputs: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    seed: int = 0,
) -> dict[str, Interval]:
    """Gives every metric its confidence interval.

    Args:
        task: What is predicted.
        truth: (n,) class indices, or numbers for a regression.
        outputs: (n, classes) probabilities, or (n,) numbers for a regression.
        groups: (n,) the group of each photo; None where every photo stands for itself.
        seed: Of the bootstrap.

    Returns:
        95% percentile intervals by metric. Where all samples agree on a share, as where every
        answer is right, the interval is Wilson's with the groups as trials.
    """
    truth_array, output_array = checked(task, truth, outputs)
    numbers = numbered(groups, len(truth_array))
    by_group = sums_by_group(task, truth_array, output_array, numbers)
    value = from_sums(task, by_group.sum(axis=0, keepdims=True))
    drawn = from_sums(task, resampled(by_group, seed=seed))
    return {name: interval(float(value[name][0]), drawn[name], len(by_group)) for name in value}


def differences(
    task: Task,
    truth: npt.ArrayLike,
    outputs: npt.ArrayLike,
    other_outputs: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    seed: int = 0,
) -> dict[str, Interval]:
    """Intervals of how much a model differs from another on the same photos.

    Args:
        task: What is predicted.
        truth: (n,) class indices, or numbers for a regression.
        outputs: The model's answers.
        other_outputs: Those of the other model, or of a constant.
        groups: (n,) the group of each photo; None where every photo stands for itself.
        seed: Of the bootstrap.

    Returns:
        By metric, the first model's value less the other's. Both are drawn together, so that what
        is hard for both does not widen the interval.
    """
    truth_array, output_array = checked(task, truth, outputs)
    _, other_array = checked(task, truth, other_outputs)
    numbers = numbered(groups, len(truth_array))
    one = sums_by_group(task, truth_array, output_array, numbers)
    other = sums_by_group(task, truth_array, other_array, numbers)
    both = np.concatenate([one, other], axis=1)
    drawn = np.concatenate([both.sum(axis=0, keepdims=True), resampled(both, seed=seed)])
    first = from_sums(task, drawn[:, : one.shape[1]])
    second = from_sums(task, drawn[:, one.shape[1] :])
    return {
        name: _percentiles(float((first[name] - second[name])[0]), (first[name] - second[name])[1:])
        for name in first
    }


def resampled(by_group: Floats, *, seed: int = 0, samples: int = SAMPLES) -> Floats:
    """Sums of samples of groups, drawn with replacement.

    Args:
        by_group: (groups, k) sums of each group.
        seed: Of the draw.
        samples: How many samples to draw.

    Returns:
        (samples, k) sums.
    """
    draw = np.random.default_rng(seed)
    count = len(by_group)
    step = max(1, _CELLS_AT_ONCE // count)
    parts = []
    for start in range(0, samples, step):
        rows = min(step, samples - start)
        drawn = draw.integers(0, count, (rows, count)) + count * np.arange(rows)[:, None]
        times = np.bincount(drawn.reshape(-1), minlength=rows * count).reshape(rows, count)
        parts.append(times.astype(np.float64) @ by_group)
    return np.concatenate(parts)


def interval(value: float, drawn: Floats, groups: int) -> Interval:
    """The interval of one metric.

    Args:
        value: On the photos at hand.
        drawn: (samples,) on the samples.
        groups: How many groups were drawn from.

    Returns:
        The percentile interval; Wilson's where all samples agree on 0 or 1.
    """
    found = _percentiles(value, drawn)
    if found.low == found.high and value in (0.0, 1.0):
        wilson = stats.binomtest(round(value * groups), groups).proportion_ci(LEVEL, "wilson")
        return Interval(value, float(wilson.low), float(wilson.high))
    return found


def numbered(groups: npt.ArrayLike | None, count: int) -> Integers:
    """Numbers groups from 0; a photo without a group stands for itself.

    Args:
        groups: (count,) names or numbers, None or NA where unknown; or None.
        count: How many photos there are.

    Example:
        >>> numbered(["anna", None, "anna", None], 4).tolist()
        [0, 1, 0, 2]
    """
    if groups is None:
        return np.arange(count, dtype=np.int64)
    names: dict[Any, int] = {}
    keys = [
        ("alone", i) if _is_missing(name) else ("group", name)
        for i, name in enumerate(np.asarray(groups, dtype=object))
    ]
    return np.asarray([names.setdefault(key, len(names)) for key in keys], dtype=np.int64)


def _is_missing(name: Any) -> bool:
    # NaN is unlike itself, and pandas' NA is neither true nor false.
    return name is None or type(name).__name__ == "NAType" or name != name


def _percentiles(value: float, drawn: Floats) -> Interval:
    defined = drawn[~np.isnan(drawn)]
    if defined.size == 0:
        return Interval(value, float("nan"), float("nan"))
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(defined, [tail, 100 - tail])
    return Interval(value, float(low), float(high))
