"""What a rare class counts for: weights in the loss, a balanced sample, or nothing."""

from typing import Literal

import numpy as np
import pandas as pd

from fdc.curation.splits import strata

Balance = Literal["none", "weights", "sampling"]

CAP = 10.0
"""No photo counts for more than so many times the mean: a class of three would be all noise."""


def weights(labels: pd.Series, balance: Balance = "weights", cap: float = CAP) -> np.ndarray:
    """What each training photo counts for in the loss.

    Inverse to the number of photos of its class, n / (classes · n_class), as in scikit-learn's
    "balanced"; numbers (ages) by their quantile. Capped, then scaled to a mean of 1, so that the
    step size of the optimiser keeps its meaning.

    Args:
        labels: Encoded labels of the training photos, without nulls.
        balance: With "weights" they are used as said; "none" and "sampling" weigh all alike, the
            one because nothing shall be balanced, the other because `sample` does it.
        cap: Greatest weight before scaling.

    Returns:
        float32 of shape (photos,), mean 1.
    """
    if balance != "weights" or labels.empty:
        return np.ones(len(labels), np.float32)
    return _inverse(labels, cap).astype(np.float32)


def sample(
    labels: pd.Series, balance: Balance = "sampling", cap: float = CAP, seed: int = 0
) -> np.ndarray:
    """Draws training rows so that all classes come equally often, rare ones repeatedly.

    Every photo comes as often as the whole part of its expected count says, and once more by
    chance with the rest of it, so that no photo of a common class is drawn twice while another is
    left out.

    Args:
        labels: Encoded labels of the training photos, without nulls.
        balance: With anything but "sampling" each row comes once, in order.
        cap: No photo is repeated more than so many times as often as the mean.
        seed: Of the draw.

    Returns:
        int64 positions into `labels`, about as many as there are labels, ascending.
    """
    if balance != "sampling" or labels.empty:
        return np.arange(len(labels))
    expected = _inverse(labels, cap)
    whole = np.floor(expected)
    chance = np.random.default_rng(seed).random(len(labels))
    times = (whole + (chance < expected - whole)).astype(int)
    return np.repeat(np.arange(len(labels)), times)


def class_weights(labels: pd.Series, cap: float = CAP) -> dict[int, float]:
    """The weight of each class index (or quantile of a number), for the log and the report."""
    codes = strata(labels).astype(int)
    weight = pd.Series(weights(labels, "weights", cap), labels.index)
    by_class = weight.groupby(codes).first()
    return dict(zip(by_class.index.astype(int).tolist(), by_class.tolist(), strict=True))


def _inverse(labels: pd.Series, cap: float) -> np.ndarray:
    codes, classes = pd.factorize(strata(labels).astype(int))
    counts = np.bincount(codes)
    weight = np.minimum(len(labels) / (len(classes) * counts), cap)[codes]
    return np.asarray(weight / weight.mean())
