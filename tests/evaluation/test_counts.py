"""How many photos there are, of what."""

import pandas as pd

from fdc.evaluation.counts import count_photos
from fdc.tasks import Task


def test_counts_add_up(photos, age, years):
    found = count_photos(photos, age)
    assert (found.photos, found.used, found.unlabelled) == (80, 75, 1)
    assert found.quarantine == {"no_face": 4}
    assert found.groups == 19
    assert found.sources == {"drawn": 75}
    assert sum(found.splits.values()) == 75
    assert list(found.labels) == list(age.labels)
    assert found.labels["0-9"] == {"train": 5, "validation": 2, "test": 2}
    decades = count_photos(photos, years).labels
    assert list(decades) == [f"{10 * i}-{10 * i + 9}" for i in range(8)]


def test_a_score_is_counted_by_its_own_slices(photos):
    scored = photos.assign(score=[1.0 + i % 5 for i in range(80)])
    task = Task(kind="regression", column="score").complete(pd.Series([1, 2, 3, 4, 5] * 20))
    found = count_photos(scored, task)
    assert list(found.labels) == ["1", "2", "3", "4", "5+"]
    assert sum(found.splits.values()) == found.used == 76


def test_numbers_under_every_edge_are_counted_too(photos, years):
    older = years.model_copy(update={"slice_edges": (20.0, 40.0)})
    found = count_photos(photos, older)
    assert list(found.labels) == ["<20", "20-39", "40+"]
    assert sum(found.splits.values()) == found.used


def test_a_regression_without_numbers_has_no_slices(photos, years):
    found = count_photos(photos.assign(age=None), years)
    assert (found.labels, found.used, found.unlabelled) == ({}, 0, 76)
