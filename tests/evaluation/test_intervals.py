"""The cluster bootstrap."""

import numpy as np
import pytest
from scipy import stats

from fdc.evaluation.intervals import differences, intervals, numbered


def test_it_agrees_with_scipy_where_photos_stand_alone(gender, answers):
    truth, chances = answers(2, 400, skill=1.0)
    right = (chances.argmax(axis=1) == truth).astype(float)
    expected = stats.bootstrap(
        (right,), np.mean, n_resamples=4000, method="percentile", rng=1
    ).confidence_interval
    found = intervals(gender, truth, chances)["accuracy"]
    assert found.value == right.mean()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.012)


def test_copies_do_not_make_it_surer(gender, answers):
    truth, chances = answers(2, 100, skill=1.0)
    one = intervals(gender, truth, chances)["accuracy"]
    copies = np.repeat(np.arange(100), 20)
    same = intervals(gender, truth[copies], chances[copies], groups=copies)["accuracy"]
    naive = intervals(gender, truth[copies], chances[copies])["accuracy"]
    assert same.high - same.low == pytest.approx(one.high - one.low, rel=0.1)
    assert naive.high - naive.low < 0.4 * (one.high - one.low)


def test_it_covers_the_truth_about_as_often_as_it_says(years):
    """Groups of six photos that share an error; the interval of their bias should hold 0."""
    covered = 0
    draw = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 6)
    for seed in range(200):
        truth = draw.uniform(0, 80, 240)
        error = np.repeat(draw.normal(size=40), 6) + 0.3 * draw.normal(size=240)
        found = intervals(years, truth, truth + error, groups, seed=seed)["bias"]
        covered += found.low <= 0 <= found.high
    assert 0.89 <= covered / 200 <= 0.99


def test_all_right_is_not_all_sure(gender):
    found = intervals(gender, [0, 1] * 10, np.eye(2)[[0, 1] * 10])["accuracy"]
    assert found.value == found.high == 1.0
    assert 0.8 < found.low < 0.9


def test_the_same_seed_gives_the_same_interval(age, answers):
    truth, chances = answers(7, 60)
    assert intervals(age, truth, chances, seed=3) == intervals(age, truth, chances, seed=3)


def test_differences_are_paired(gender, answers):
    truth, chances = answers(2, 400, skill=0.5)
    same = differences(gender, truth, chances, chances)["accuracy"]
    assert (same.value, same.low, same.high) == (0, 0, 0)
    perfect = differences(gender, truth, np.eye(2)[truth], chances)["accuracy"]
    assert perfect.low > 0


def test_a_photo_without_a_group_stands_for_itself():
    import pandas as pd

    groups = pd.Series(["a", None, "a", pd.NA, "b", float("nan")], dtype=object)
    assert numbered(groups, 6).tolist() == [0, 1, 0, 2, 3, 4]
    assert numbered(None, 3).tolist() == [0, 1, 2]
    assert numbered([5, 5, 7], 3).tolist() == [0, 0, 1]
