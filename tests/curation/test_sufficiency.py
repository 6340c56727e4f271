"""Too little to learn from is refused with its counts; what is thin is told."""

from typing import Any

import pandas as pd
import pytest

from fdc.curation import sufficiency
from fdc.errors import DataError
from tests.curation.manifests import manifest

NAMES = ("happy", "sad")


def labelled(*labels: int | None, **columns: Any) -> tuple[pd.DataFrame, pd.Series]:
    rows = [{"group": f"g{n}"} | columns for n in range(len(labels))]
    return manifest(rows), pd.Series(labels, dtype="Int64")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ((), "None of the 0 photos can be used: there are none"),
        ((None, None), "None of the 2 photos can be used"),
        ((0,), "1 usable photos for 2 classes: happy 1, sad 0"),
        ((1, 1, 1), "All 3 usable photos have one label: happy 0, sad 3"),
    ],
)
def test_labels_that_teach_nothing_are_refused(labels: tuple[int | None, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        sufficiency.require_labels(*labelled(*labels), NAMES)


def test_two_labels_are_enough() -> None:
    sufficiency.require_labels(*labelled(0, 1), NAMES)


def test_an_empty_side_is_refused_with_all_counts() -> None:
    table, _ = labelled(0, 1, 0)
    split = pd.Series(["train", "train", "test"], dtype="string")
    said = "train 2, validation 0, test 1, from 3 photos in 3 groups"
    with pytest.raises(DataError, match=said):
        sufficiency.require_sides(table.assign(split=split))
    split = pd.Series(["train", "validation", "test"], dtype="string")
    sufficiency.require_sides(table.assign(split=split))


def test_a_class_is_rare_by_its_groups_not_by_its_photos() -> None:
    table, labels = labelled(*[0] * 30, *[1] * 30)
    table.loc[30:, "group"] = "one person"
    assert sufficiency.rare_classes(table, labels, NAMES) == {"sad": 1}
    assert sufficiency.rare_classes(table, labels, ()) == {}


def test_a_class_that_is_absent_on_a_side_is_told() -> None:
    table, labels = labelled(*[0] * 40, *[1] * 40)
    split = pd.Series(["train"] * 60 + ["test"] * 20, dtype="string")
    told = sufficiency.warnings_about(table.assign(split=split), labels, NAMES, "en")
    assert told == [
        "No photo in validation of: happy, sad.",
        "No photo in test of: happy.",
    ]
    split[:] = ["train", "validation", "test", "test"] * 20
    assert sufficiency.warnings_about(table.assign(split=split), labels, NAMES, "en") == []


def test_counts_keep_the_order_of_the_classes() -> None:
    labels = pd.Series([1, 1, 0, None], dtype="Int64")
    assert list(sufficiency.class_counts(labels, (*NAMES, "anger")).items()) == [
        ("happy", 1),
        ("sad", 2),
        ("anger", 0),
    ]
    years = pd.Series([3.0, 3.0, 4.5], dtype="Float64")
    assert sufficiency.class_counts(years, ()) == {"3": 2, "4.5": 1}
