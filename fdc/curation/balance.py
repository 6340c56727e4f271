"""What a rare class counts for: more in the loss, or more often drawn, or nothing."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

CAP = 10.0
"""Before scaling, no photo counts for more than this: a class of three would be all noise."""

RANGES = 10
"""Into how many ranges of equal width a number (an age) is cut to be balanced."""


def sample_weights(targets: np.ndarray, cap: float = CAP) -> np.ndarray:
    """How rare each training photo's label is: its weight in the loss, or its chance to be drawn.

    n / (classes · n_class) as in scikit-learn's "balanced", capped, then scaled to a mean of 1, so
    that the step size of the optimiser keeps its meaning.

    Args:
        targets: Integer class indices, or floating-point numbers, of shape (photos,).
        cap: Greatest weight before scaling.

    Returns:
        float32 of shape (photos,), mean 1.

    Example:
        >>> sample_weights(np.array([0, 0, 0, 0, 1, 1])).tolist()
        [0.75, 0.75, 0.75, 0.75, 1.5, 1.5]
    """
    if not len(targets):
        return np.ones(0, np.float32)
    codes, _ = _classes(targets)
    counts = np.bincount(codes)
    weight = np.minimum(len(targets) / (np.count_nonzero(counts) * counts[codes]), cap)
    return np.asarray(weight / weight.mean(), np.float32)


def class_weights(labels: pd.Series, names: Sequence[str], cap: float = CAP) -> dict[str, float]:
    """The weight of a photo of each class, or of each range of a number, for the log and the page.

    Args:
        labels: Encoded labels of the training photos, none missing.
        names: The task's classes; empty for a regression.
        cap: See `sample_weights`.

    Returns:
        Weight by name; classes without a photo are left out.

    Example:
        >>> class_weights(pd.Series([0, 0, 0, 0, 1, 1]), ["warm", "cool", "neutral"])
        {'warm': 0.75, 'cool': 1.5}
    """
    targets = labels.to_numpy(dtype=int if names else float)
    if not len(targets):
        return {}
    codes, edges = _classes(targets)
    ranges = names or _range_names(edges)
    weight = sample_weights(targets, cap)
    present, first = np.unique(codes, return_index=True)
    return {ranges[code]: float(weight[row]) for code, row in zip(present, first, strict=True)}


def _range_names(edges: np.ndarray) -> list[str]:
    """Names of ranges of equal width, rounded as far as they stay apart."""
    decimals = max(0, -math.floor(math.log10((edges[1] - edges[0]) / 2)))
    return [f"{a:g}–{b:g}" for a, b in pairwise(np.round(edges, decimals))]


def _classes(targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if np.issubdtype(targets.dtype, np.integer):
        return targets, np.empty(0)
    edges = np.histogram_bin_edges(targets, RANGES)
    return np.digitize(targets, edges[1:-1]), edges
