"""Rare classes count for more, within the cap."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.curation import balance


def _targets(counts: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


@given(st.lists(st.integers(1, 200), min_size=2, max_size=7))
def test_weights_have_a_mean_of_one_and_rises_with_rarity(counts: list[int]) -> None:
    targets = _targets(counts)
    weight = balance.sample_weights(targets)
    assert weight.dtype == np.float32
    assert weight.mean() == pytest.approx(1, abs=1e-4)
    rare, common = np.argmin(counts), np.argmax(counts)
    assert weight[targets == rare].min() >= weight[targets == common].max() - 1e-6


def test_classes_weigh_alike_where_the_cap_allows() -> None:
    targets = _targets([100, 50, 25])
    totals = np.bincount(targets, balance.sample_weights(targets))
    assert np.allclose(totals, totals.mean(), rtol=1e-4)
    labels = pd.Series(targets, dtype="Int64")
    told = balance.class_weights(labels, ("a", "b", "c"))
    assert told == pytest.approx({"a": 0.5833, "b": 1.1667, "c": 2.3333}, abs=1e-3)


def test_the_cap_holds_a_class_of_one_back() -> None:
    weight = balance.sample_weights(_targets([999, 1]), cap=10)
    assert weight[-1] / weight[0] == pytest.approx(10 / (1000 / (2 * 999)), rel=1e-4)


def test_a_class_without_photos_takes_nothing() -> None:
    assert np.allclose(balance.sample_weights(np.array([0, 0, 2, 2])), 1)
    labels = pd.Series([0, 0, 2, 2], dtype="Int64")
    assert list(balance.class_weights(labels, ("a", "b", "c"))) == ["a", "c"]
    assert balance.sample_weights(np.array([], int)).shape == (0,)
    assert balance.class_weights(labels[:0], ("a",)) == {}


def test_ages_are_balanced_by_ranges_of_equal_width() -> None:
    ages = np.repeat([5.0, 25.0, 26.0, 105.0], [10, 500, 400, 20]).astype(np.float32)
    weight = balance.sample_weights(ages)
    assert weight[0] == weight[-1] > weight[200]
    assert weight[200] == weight[700]
    told = balance.class_weights(pd.Series(ages, dtype="Float64"), ())
    assert list(told) == ["5–15", "25–35", "95–105"]


def test_narrow_ranges_keep_names_of_their_own() -> None:
    marks = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0], dtype="Float64")
    weights = balance.class_weights(marks, ())
    assert list(weights) == ["1–1.4", "1.8–2.2", "3–3.4", "3.8–4.2", "4.6–5"]
