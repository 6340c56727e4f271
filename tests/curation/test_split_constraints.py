"""Who stands on a side stays there, and whoever brings two sides together goes."""

from typing import Any

import pandas as pd
import pytest

from fdc import manifest as manifests
from fdc.curation import groups
from fdc.curation.split_constraints import SplitConstraints, find_constraints, resolve_conflicts
from tests.curation.manifests import image_id, manifest

TRAIN, VALIDATION, TEST = range(3)


def numbers(sides: pd.Series) -> list[int | None]:
    return [None if pd.isna(side) else int(side) for side in sides]


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    return manifest([{"path": f"{n}"} | row for n, row in enumerate(rows)])


def standing(*known: int | None) -> SplitConstraints:
    """Rows that stand on these sides, and nothing that was published."""
    nowhere = pd.Series(pd.NA, range(len(known)), dtype="Int64")
    open_rows = pd.Series(False, range(len(known)))
    return SplitConstraints(pd.Series(known, dtype="Int64"), open_rows, (), nowhere)


def test_a_published_side_is_known_and_one_that_is_missing_is_cut_from_train() -> None:
    found = find_constraints(table({"published_split": "train"}, {"published_split": "test"}, {}))
    assert numbers(found.known) == [None, TEST, None]
    assert found.cut.tolist() == [True, False, False]
    assert found.closed == (TEST,)


def test_a_split_that_was_published_whole_is_known_whole() -> None:
    sides = [{"published_split": side} for side in manifests.SPLITS]
    found = find_constraints(table(*sides))
    assert numbers(found.known) == [TRAIN, VALIDATION, TEST]
    assert not found.cut.any()


def test_published_folds_give_the_last_to_the_test() -> None:
    found = find_constraints(table(*({"published_fold": fold} for fold in range(3))))
    assert numbers(found.known) == [None, None, TEST]
    assert found.cut.tolist() == [True, True, False]


def test_nothing_published_counts_where_it_is_not_respected() -> None:
    previous = pd.Series({image_id("1"): "train", "test:b": "validation"})
    photos = table({"published_split": "test"}, {}, {"subject": "test:b"})
    found = find_constraints(photos, published=False, previous=previous)
    assert numbers(found.known) == [None, TRAIN, None]
    assert numbers(found.previous_side) == [None, None, VALIDATION]
    assert found.closed == ()


@pytest.mark.parametrize(
    ("sides", "gone"),
    [
        ((TRAIN, TEST), [0]),
        ((TRAIN, VALIDATION), [0]),
        ((TEST, VALIDATION), [1]),
        ((TRAIN, TRAIN), []),
    ],
)
def test_of_two_sides_the_lower_one_gives_way(sides: tuple[int, int], gone: list[int]) -> None:
    photos = table({"subject": "test:a"}, {"subject": "test:a"}, {"subject": "test:b"})
    kept, group, known = resolve_conflicts(photos, standing(*sides, None), groups.join)
    assert kept["quarantine"].dropna().index.tolist() == gone
    assert numbers(known) == [max(sides), max(sides), None]
    assert group.tolist() == ["test:a", "test:a", "test:b"]


def test_an_open_photo_that_joins_two_sides_goes_and_they_stay() -> None:
    def join(rows: pd.DataFrame) -> pd.Series:
        return pd.Series("one", rows.index) if 2 in rows.index else rows["path"]

    kept, group, known = resolve_conflicts(table({}, {}, {}), standing(TRAIN, TEST, None), join)
    said = "cross split: joins photos of train with photos of test"
    assert kept["quarantine"].fillna("").tolist() == ["", "", said]
    assert group.fillna("").tolist() == ["0", "1", ""]
    assert numbers(known) == [TRAIN, TEST, None]


def test_a_person_whose_photos_are_gone_keeps_the_side() -> None:
    previous = pd.Series({"test:a": "validation"})
    photos = table({"subject": "test:a"}, {"subject": "test:b"})
    constraints = find_constraints(photos, previous=previous)
    _, _, known = resolve_conflicts(photos, constraints, groups.join)
    assert numbers(known) == [VALIDATION, None]
