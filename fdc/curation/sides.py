"""Which side of the split a photo stands on already, and what must go so that no group is torn.

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
class Sides:
    """What is known about the side of each row.

    Attributes:
        known: Int64 side on which the row must stay, null where it is open.
        cut: Whether an open row is a published training photo, of which a side that the set was
            published without is cut.
        closed: The sides on which those rows may not come.
        remembered: Int64 side of the row's subject in an earlier split, for subjects of whom no
            earlier photo is left.
    """

    known: pd.Series
    cut: pd.Series
    closed: tuple[int, ...]
    remembered: pd.Series


def settle(
    manifest: pd.DataFrame, *, published: bool = True, previous: pd.Series | None = None
) -> Sides:
    """Tells which sides are taken.

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
    remembered = manifest["subject"].map(numbers).astype("Int64")
    if not published:
        return Sides(earlier, pd.Series(False, manifest.index), (), remembered)
    told = _published(manifest)
    free = {number for number in NUMBER.values() if not (told == number).any()}
    closed = tuple(set(NUMBER.values()) - free - {NUMBER["train"]})
    cut = (told == NUMBER["train"]).fillna(False).astype(bool) & bool(free)
    earlier = earlier.mask(cut & earlier.isin(closed))
    known = told.mask(cut).fillna(earlier)
    cut &= known.isna()
    return Sides(known, cut, closed, remembered.mask(cut & remembered.isin(closed)))


def part(
    manifest: pd.DataFrame, sides: Sides, join: Join
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Sets aside what would put one group on two sides.

    First the open rows that bring groups of two sides together (a photo that looks like one of
    train and like one of test); then, in groups that are still on two sides, the rows of the lower
    one: training photos go before validation photos, and these before test photos.

    Args:
        manifest: The manifest.
        sides: See `settle`.
        join: Gives the group of the rows that it is handed, null for those that take no part.

    Returns:
        The manifest, the group per row, and the Int64 side on which the row's group stands
        already, null where it is open.
    """
    groups = join(manifest)
    lowest, highest = _span(sides.known, groups)
    is_open = sides.known.isna() & ~sides.cut & groups.notna()
    bridges = is_open & (lowest < highest).fillna(False)
    if bridges.any():
        reason = "joins photos of " + _names(lowest) + " with photos of " + _names(highest)
        manifest = manifests.set_aside(manifest, bridges, "cross split", reason)
        groups = join(manifest[~bridges]).reindex(manifest.index)
        _, highest = _span(sides.known, groups)

    lower = (sides.known < highest).fillna(False)
    lower |= sides.cut & highest.isin(sides.closed)
    reason = "a copy, or the same person, is in " + _names(highest)
    manifest = manifests.set_aside(manifest, lower, "cross split", reason)
    _, remembered = _span(sides.remembered, groups)
    return manifest, groups, highest.fillna(remembered)


def _published(manifest: pd.DataFrame) -> pd.Series:
    told = manifest["published_split"].map(NUMBER).astype("Int64")
    fold = manifest["published_fold"]
    last = fold.groupby(manifest["source"]).transform("max")
    of_fold = fold.eq(last).map({True: NUMBER["test"], False: NUMBER["train"]}).astype("Int64")
    return told.fillna(of_fold.where(fold.notna()))


def _span(known: pd.Series, groups: pd.Series) -> tuple[pd.Series, pd.Series]:
    by_group = known.groupby(groups)
    return by_group.transform("min").astype("Int64"), by_group.transform("max").astype("Int64")


def _names(numbers: pd.Series) -> pd.Series:
    return numbers.map(dict(enumerate(SPLITS))).astype("string")
