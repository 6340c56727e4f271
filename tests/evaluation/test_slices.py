"""Parts of the photos."""

import numpy as np
import pandas as pd

from fdc.evaluation.slices import slices


def found(parts, by, key):
    return next(part for part in parts if (part.by, part.key) == (by, key))


def test_a_rare_class_that_is_guessed_badly_is_seen(age):
    draw = np.random.default_rng(0)
    truth = np.r_[draw.integers(0, 6, 900), np.full(40, 6)]
    said = np.where(truth == 6, 2, np.where(draw.random(940) < 0.85, truth, (truth + 1) % 6))
    parts = slices(age, truth, np.eye(7)[said])
    old = found(parts, "class", "60+")
    assert (old.photos, old.is_worse, old.is_small) == (40, True, False)
    assert old.interval.value == 0.0
    assert old.rest is not None
    assert old.rest > 0.8
    assert [part.key for part in parts if part.is_worse] == ["60+"]


def test_few_photos_are_said_to_be_few(gender):
    truth = np.r_[np.zeros(100, int), np.ones(5, int)]
    parts = slices(gender, truth, np.eye(2)[truth])
    assert [(part.key, part.is_small) for part in parts] == [("female", False), ("male", True)]


def test_many_photos_of_few_people_are_few(gender):
    truth = np.repeat([0, 1], 100)
    people = np.r_[np.arange(100), np.full(100, 1000)]
    parts = slices(gender, truth, np.eye(2)[truth], groups=people)
    assert [(part.groups, part.is_small) for part in parts] == [(100, False), (1, True)]


def test_slices_by_what_the_manifest_knows(years):
    draw = np.random.default_rng(1)
    ages = draw.uniform(0, 80, 1000)
    manifest = pd.DataFrame(
        {
            "age": pd.Series(ages, dtype="Float64"),
            "gender": pd.Series(["female", "male"] * 500, dtype="string"),
            "source": "one",
            "device": pd.Series([None] * 600 + ["film"] * 200 + ["digital"] * 200, dtype="string"),
            "path": [f"person {i}.jpg" for i in range(1000)],
        }
    ).set_index(np.arange(5000, 6000))
    error = draw.normal(size=1000) * np.where(ages > 70, 15, 4)
    parts = slices(years, ages, ages + error, manifest)
    assert [part.key for part in parts if part.by == "age"][:2] == ["0-9", "10-19"]
    assert {part.by for part in parts} == {"age", "gender", "device"}
    assert sum(part.photos for part in parts if part.by == "device") == 400
    assert found(parts, "age", "70-79").is_worse
    assert not found(parts, "gender", "female").is_worse
    assert not any("person" in part.key for part in parts)


def test_a_small_difference_is_no_warning_however_sure_it_is(gender):
    truth = np.repeat([0, 1], 10_000)
    draw = np.random.default_rng(2)
    right = draw.random(20_000) < np.where(truth == 0, 0.90, 0.93)
    said = np.where(right, truth, 1 - truth)
    assert not any(part.is_worse for part in slices(gender, truth, np.eye(2)[said]))
