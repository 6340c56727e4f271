"""Train, validation and test: no group on two sides, every class in its share, nothing moves."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from fdc.errors import DataError

STRATA = 10
"""Quantiles that a number (an age) is stratified by."""

_ATTEMPTS = 8
_EVEN = 0.015
_ROUNDS = 10


def assign(
    groups: pd.Series,
    labels: pd.Series,
    *,
    fractions: Sequence[float],
    seed: int,
    known: pd.Series | None = None,
    barred: pd.Series | None = None,
    closed: Sequence[int] = (),
) -> pd.Series:
    """Gives every group a side, so that each side has its share of every class.

    Groups that stand on a side already stay there. The others come in an order that depends on
    nothing but their names and the seed, large ones first, and each goes where it brings the
    counts of its classes closest to their targets; then groups are moved as long as that helps.

    Args:
        groups: Group per row; rows without one get no side.
        labels: What to stratify by, per row: class indices, or numbers, which are cut at their
            quantiles. Rows without a label get the side of their group but do not count.
        fractions: Share of each side; they need not add up to 1.
        seed: Another seed, another split.
        known: Number of the side on which a row stands already, None where it does not; all rows
            of one group agree.
        barred: Whether a row may not come on the sides in `closed`; None: none is barred.
        closed: Numbers of those sides.

    Returns:
        Int64 side per row, counted as in `fractions`; None where there is no group.
    """
    codes, names = pd.factorize(groups, sort=True)
    placed = codes >= 0
    counted = placed & labels.notna().to_numpy()
    classes, _ = pd.factorize(strata(labels[counted]), sort=True)
    counts = np.zeros((len(names), int(classes.max(initial=-1)) + 2))
    np.add.at(counts, (codes[counted], classes), 1)
    counts[:, -1] = counts[:, :-1].sum(axis=1)

    sides = np.full(len(names), -1)
    if known is not None:
        fixed = placed & known.notna().to_numpy()
        sides[codes[fixed]] = known[fixed].to_numpy(dtype=int)
    open_to = np.ones((len(names), len(fractions)), bool)
    if barred is not None:
        held = codes[placed & barred.to_numpy(dtype=bool)]
        open_to[np.ix_(held, list(closed))] = False
    shares = np.asarray(fractions, float) / sum(fractions)
    tried = []
    for attempt in range(_ATTEMPTS):
        order = _order(names, counts, f"{seed}:" * (attempt + 1))
        found = _fill(counts, shares, sides, open_to, order)
        tried.append((_unevenness(counts, found, len(shares)), attempt, found))
        if tried[-1][0] <= _EVEN:
            break
    sides = min(tried, key=lambda each: each[:2])[2]
    of_row = pd.Series(np.append(sides, -1)[codes], groups.index, dtype="Int64")
    return of_row.where(placed)


def folds(
    groups: pd.Series, labels: pd.Series, *, count: int, seed: int,
    known: pd.Series | None = None,
) -> pd.Series:  # fmt: skip
    """Gives every group one of `count` folds; see `assign`.

    Returns:
        Int64 fold per row, from 0.
    """
    if count < 3:
        raise DataError(f"Train, validation and test need at least 3 folds, but got {count}.")
    return assign(groups, labels, fractions=[1 / count] * count, seed=seed, known=known)


def from_folds(fold: pd.Series, test: int) -> pd.Series:
    """Makes sides of folds: one is the test, the next one the validation, the rest train.

    Example:
        >>> from_folds(pd.Series([0, 1, 2, 3]), test=3).tolist()
        ['validation', 'train', 'train', 'test']
    """
    count = int(fold.max()) + 1
    side = pd.Series(pd.NA, fold.index, dtype="string").mask(fold.notna(), "train")
    return side.mask(fold == (test + 1) % count, "validation").mask(fold == test, "test")


def strata(labels: pd.Series) -> pd.Series:
    """What a split is stratified by: a class index as it is, a number by its quantile.

    Example:
        >>> strata(pd.Series([3, 1, 2])).tolist(), strata(pd.Series([20.0, 70.0])).tolist()
        ([3, 1, 2], [0, 9])
    """
    if not pd.api.types.is_float_dtype(labels):
        return labels
    edges = np.unique(np.quantile(labels.astype(float), np.linspace(0, 1, STRATA + 1)[1:-1]))
    codes = np.searchsorted(edges, labels.astype(float), side="right")
    return pd.Series(codes, labels.index)


def _unevenness(counts: np.ndarray, sides: np.ndarray, number: int) -> float:
    """By how much the share of a class on a side is off at most."""
    filled = np.stack([counts[sides == side].sum(axis=0) for side in range(number)])
    shares = filled[:, :-1] / np.maximum(filled[:, -1:], 1)
    overall = filled[:, :-1].sum(axis=0) / max(filled[:, -1].sum(), 1)
    return float(np.abs(shares - overall).max(initial=0.0))


def _order(names: pd.Index, counts: np.ndarray, salt: str) -> np.ndarray:
    # Large groups first, while there is room to even them out; among groups of like size chance
    # decides, so that test subjects are not those with the fewest photos.
    draws = [hashlib.blake2b(f"{salt}{name}".encode(), digest_size=8).digest() for name in names]
    chance = np.frombuffer(b"".join(draws), ">u8") if draws else np.empty(0)
    magnitude = np.floor(np.log2(np.maximum(counts[:, -1], 1)))
    return np.lexsort((chance, -magnitude))


def _fill(
    counts: np.ndarray,
    fractions: np.ndarray,
    sides: np.ndarray,
    open_to: np.ndarray,
    order: np.ndarray,
) -> np.ndarray:
    """Puts each open group where the sum over classes and sides of (n - target)² / target is least.

    Args:
        counts: Photos per group and class, all classes in the last column, shape (groups, classes).
        fractions: Share of each side, adding up to 1, shape (sides,).
        sides: Side per group, -1 where it is open.
        open_to: Where a group may come, shape (groups, sides).
        order: Permutation of the groups.
    """
    scale = 1 / np.maximum(counts.sum(axis=0), 1)
    filled = np.stack([counts[sides == side].sum(axis=0) for side in range(len(fractions))])
    open_groups = [int(group) for group in order if sides[group] < 0]
    sides = sides.copy()
    closed = np.where(open_to, 0.0, np.inf)
    seen = filled.sum(axis=0)
    for _ in range(_ROUNDS):
        moved = 0
        for group in open_groups:
            count, old = counts[group], sides[group]
            if old < 0:
                seen = seen + count
            else:
                filled[old] -= count
            gap = filled - fractions[:, None] * seen
            cost = ((2 * gap + count) * (count * scale)).sum(axis=1) / fractions + closed[group]
            new = int(cost.argmin())
            if old >= 0 and cost[new] > cost[old] - 1e-9:
                new = int(old)
            filled[new] += count
            moved += new != old
            sides[group] = new
        if not moved:
            break
    return sides
