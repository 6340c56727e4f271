"""What is fixed before photos are split: sides they stand on already, and groups that are torn.

A side is known where the set was published with a split, or where an earlier split placed the
photo. Photos that are added later can bring two such groups together.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from fdc import manifest as manifests
from fdc.manifest import SPLITS

NUMBER = {side: number for number, side in enumerate(SPLITS)}
"""Sides as numbers; of two, the higher one keeps its photos."""

Join = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class SplitConstraints:
    """What a new split has to respect, row by row.

    Attributes:
        known: Int64 side on which the row must stay, None where it is open.
        cut: Whether an open row is a published training photo, of which a side that the set was
            published without is cut.
        closed: The sides on which those rows may not come.
        previous_side: Int64 side of the row's subject in an earlier split, for subjects of whom no
            earlier photo is left.
    """

    known: pd.Series
    cut: pd.Series
    closed: tuple[int, ...]
    previous_side: pd.Series


def find_constraints(
    manifest: pd.DataFrame, *, published: bool = True, previous: pd.Series | None = None
) -> SplitConstraints:
    """Tells which rows stand on a side already.

    A published test or validation photo stays there. Where a set was published without a
    validation (or test) side, that side is cut from its published training photos. A set that was
    published in folds gives its last fold to the test.

    Args:
        manifest: `published_split`, `published_fold` and `image_id`.
        published: Whether the split of a set is respected.
        previous: Side by `image_id` or `subject` from an earlier split.
    """
    numbers = (previous if previous is not None else pd.Series(dtype="string")).map(NUMBER)
    earlier = manifest["image_id"].map(numbers).astype("Int64")
    previous_side = manifest["subject"].map(numbers).astype("Int64")
    if not published:
        return SplitConstraints(earlier, pd.Series(False, manifest.index), (), previous_side)
    stated = _published(manifest)
    free = {number for number in NUMBER.values() if not (stated == number).any()}
    closed = tuple(set(NUMBER.values()) - free - {NUMBER["train"]})
    cut = (stated == NUMBER["train"]).fillna(False).astype(bool) & bool(free)
    earlier = earlier.mask(cut & earlier.isin(closed))
    known = stated.mask(cut).fillna(earlier)
    cut &= known.isna()
    return SplitConstraints(
        known, cut, closed, previous_side.mask(cut & previous_side.isin(closed))
    )


def resolve_conflicts(
    manifest: pd.DataFrame, constraints: SplitConstraints, join: Join
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Sets aside what would put one group on two sides.

    First the open rows that bring groups of two sides together (a photo that looks like one of
    train and like one of test); then, in groups that are still on two sides, the rows of the lower
    one: training photos go before validation photos, and these before test photos.

    Args:
        manifest: The manifest.
        constraints: See `find_constraints`.
        join: Gives the group of the rows that it is handed, None for those that take no part.

    Returns:
        The manifest, the group per row, and the Int64 side on which the row's group stands
        already, None where it is open.
    """
    groups = join(manifest)
    lowest, highest = _span(constraints.known, groups)
    is_open = constraints.known.isna() & ~constraints.cut & groups.notna()
    bridges = is_open & (lowest < highest).fillna(False)
    if bridges.any():
        reason = (
            "joins photos of " + _side_names(lowest) + " with photos of " + _side_names(highest)
        )
        manifest = manifests.set_aside(manifest, bridges, "cross split", reason)
        groups = join(manifest[~bridges]).reindex(manifest.index)
        _, highest = _span(constraints.known, groups)

    lower = (constraints.known < highest).fillna(False)
    lower |= constraints.cut & highest.isin(constraints.closed)
    reason = "a copy, or the same person, is in " + _side_names(highest)
    manifest = manifests.set_aside(manifest, lower, "cross split", reason)
    _, previous_side = _span(constraints.previous_side, groups)
    return manifest, groups, highest.fillna(previous_side)


def _published(manifest: pd.DataFrame) -> pd.Series:
    stated = manifest["published_split"].map(NUMBER).astype("Int64")
    fold = manifest["published_fold"]
    last = fold.groupby(manifest["source"]).transform("max")
    of_fold = fold.eq(last).map({True: NUMBER["test"], False: NUMBER["train"]}).astype("Int64")
    return stated.fillna(of_fold.where(fold.notna()))


def _span(known: pd.Series, groups: pd.Series) -> tuple[pd.Series, pd.Series]:
    by_group = known.groupby(groups)
    return by_group.transform("min").astype("Int64"), by_group.transform("max").astype("Int64")


def _side_names(numbers: pd.Series) -> pd.Series:
    return numbers.map(dict(enumerate(SPLITS))).astype("string")
