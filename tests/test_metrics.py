"""Metrics against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from fdc.errors import DataError
from fdc.metrics import baseline, score
from fdc.tasks import Task

AGE = Task(kind="ordinal", column="age", bins=(0, 10, 20, 30, 40, 50, 60))
YEARS = Task(kind="regression", column="age", tolerance=5)


def test_classes_agree_with_scikit_learn(age, answers):
    truth, chances = answers(7, 500)
    found = score(age, truth, chances)
    said = chances.argmax(axis=1)
    assert found["accuracy"] == pytest.approx(sk.accuracy_score(truth, said))
    assert found["balanced_accuracy"] == pytest.approx(sk.balanced_accuracy_score(truth, said))
    assert found["macro_f1"] == pytest.approx(sk.f1_score(truth, said, average="macro"))
    assert found["log_loss"] == pytest.approx(sk.log_loss(truth, chances, labels=range(7)))
    recalls = sk.recall_score(truth, said, average=None)
    assert [found[f"recall/{label}"] for label in age.labels] == pytest.approx(list(recalls))


def test_ordinal_metrics_by_hand(age):
    truth = [0, 1, 2, 6]
    said = [0, 2, 5, 6]
    found = score(age, truth, np.eye(7)[said])
    assert found["accuracy"] == 0.5
    assert found["one_off_accuracy"] == 0.75
    assert found["mae"] == pytest.approx((0 + 10 + 30 + 0) / 4)


def test_ordinal_classes_without_bins_count_classes():
    task = Task(kind="ordinal", column="grade", classes=("low", "middle", "high"))
    assert score(task, [0, 2], np.eye(3)[[2, 2]])["mae"] == 1.0


def test_a_class_without_photos_has_no_recall_and_does_not_count(age):
    truth, said = [0, 0, 1], [0, 1, 1]
    found = score(age, truth, np.eye(7)[said])
    assert np.isnan(found["recall/60+"])
    assert found["balanced_accuracy"] == pytest.approx(0.75)
    assert found["macro_f1"] == pytest.approx(sk.f1_score(truth, said, average="macro"))


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-20, 130)), min_size=2, max_size=50))
def test_a_regression_agrees_with_scikit_learn(pairs):
    truth, answers = np.asarray(pairs).T
    found = score(YEARS, truth, answers)
    assert found["mae"] == pytest.approx(sk.mean_absolute_error(truth, answers))
    assert found["rmse"] == pytest.approx(sk.root_mean_squared_error(truth, answers))
    assert found["within_5"] == pytest.approx((np.abs(truth - answers) <= 5).mean())
    assert found["bias"] == pytest.approx((answers - truth).mean(), abs=1e-9)
    if truth.std() > 0.1:
        assert found["r2"] == pytest.approx(sk.r2_score(truth, answers), rel=1e-6, abs=1e-6)


def test_the_baseline_is_the_best_constant(age, years):
    train = [2, 2, 2, 0, 6, 6]
    found = baseline(age, train, [2, 2, 0, 4])
    assert found["accuracy"] == 0.5
    assert found["mae"] == pytest.approx((0 + 0 + 20 + 20) / 4)
    numbers = baseline(years, [10.0, 20.0, 90.0], [20.0, 40.0])
    assert numbers["mae"] == pytest.approx(10.0)
    assert numbers["rmse"] == pytest.approx(min(np.sqrt(200), np.sqrt(400)))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60))
def test_a_perfect_model_is_perfect_and_never_below_its_baseline(truth):
    found = score(AGE, truth, np.eye(7)[truth])
    assert found["accuracy"] == found["one_off_accuracy"] == found["balanced_accuracy"] == 1.0
    assert found["mae"] == 0
    constant = baseline(AGE, truth, truth)
    assert constant["accuracy"] <= 1.0
    assert constant["mae"] >= 0


@pytest.mark.parametrize(
    ("truth", "outputs", "said"),
    [
        ([], np.zeros((0, 7)), "no photos"),
        ([0, 1], np.zeros((2, 3)), "shape"),
        ([0], np.full((1, 7), np.nan), "not finite"),
    ],
)
def test_answers_that_cannot_be_scored(age, truth, outputs, said):
    with pytest.raises(DataError, match=said):
        score(age, truth, outputs)


def test_a_regression_takes_a_column(years):
    assert score(years, [1.0, 2.0], np.array([[1.0], [4.0]]))["mae"] == 1.0
