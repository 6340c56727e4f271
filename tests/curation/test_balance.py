"""Weights and samples make every class count alike, within the cap."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.curation import balance

counts = st.lists(st.integers(1, 200), min_size=2, max_size=7)


def _labels(counts: list[int]) -> pd.Series:
    return pd.Series(np.repeat(np.arange(len(counts)), counts), dtype="Int64")


@given(counts)
def test_weights_have_a_mean_of_one_and_rise_with_rarity(counts: list[int]) -> None:
    labels = _labels(counts)
    weight = balance.weights(labels)
    assert weight.dtype == np.float32
    assert weight.mean() == pytest.approx(1, abs=1e-4)
    rare, common = np.argmin(counts), np.argmax(counts)
    assert weight[labels == rare].min() >= weight[labels == common].max() - 1e-6


def test_classes_weigh_alike_where_the_cap_allows() -> None:
    labels = _labels([100, 50, 25])
    totals = pd.Series(balance.weights(labels)).groupby(labels).sum()
    assert np.allclose(totals, totals.mean(), rtol=1e-4)
    assert balance.class_weights(labels) == pytest.approx(
        {0: 0.5833, 1: 1.1667, 2: 2.3333}, abs=1e-3
    )


def test_the_cap_holds_a_class_of_one_back() -> None:
    weight = balance.weights(_labels([999, 1]), cap=10)
    assert weight[-1] / weight[0] == pytest.approx(10 / (1000 / (2 * 999)), rel=1e-4)


def test_nothing_is_balanced_where_nothing_is_asked() -> None:
    labels = _labels([5, 1])
    assert balance.weights(labels, "none").tolist() == [1.0] * 6
    assert balance.weights(labels, "sampling").tolist() == [1.0] * 6
    assert balance.sample(labels, "weights").tolist() == list(range(6))
    assert balance.weights(labels[:0]).shape == balance.sample(labels[:0]).shape == (0,)


def test_a_sample_has_as_many_of_each_class() -> None:
    labels = _labels([600, 300, 100])
    rows = balance.sample(labels, seed=3)
    drawn = labels.iloc[rows].value_counts()
    assert drawn.between(300, 367).all()
    rare = pd.Series(rows[rows >= 900]).value_counts()
    assert rare.between(3, 4).all()
    assert len(rare) == 100
    assert np.array_equal(rows, balance.sample(labels, seed=3))
    assert not np.array_equal(rows, balance.sample(labels, seed=4))


def test_ages_are_balanced_by_their_quantiles() -> None:
    ages = pd.Series(np.repeat([5.0, 25.0, 26.0, 70.0], [10, 500, 400, 20]), dtype="Float64")
    weight = balance.weights(ages)
    assert weight[0] > weight[200]
