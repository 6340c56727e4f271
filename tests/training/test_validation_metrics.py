import numpy as np
import pytest

from fdc.tasks import Task
from fdc.training.validation_metrics import measure


def classes(kind, count):
    return Task(kind=kind, column="label", classes=tuple("abcdefg"[:count]))


def test_classes():
    answers = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]], np.float32)
    found = measure(classes("classes", 2), answers, np.array([0, 0, 1]))
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["loss"] == pytest.approx(-np.log([0.9, 0.4, 0.8]).mean())
    assert set(found) == {"accuracy", "loss"}


def test_ordinal_classes_know_how_far_off():
    answers = np.eye(4, dtype=np.float32)[[0, 1, 3, 3]]
    found = measure(classes("ordinal", 4), answers, np.array([0, 2, 0, 3]))
    assert found["accuracy"] == 0.5
    assert found["one_off_accuracy"] == 0.75
    assert found["mae"] == 1.0
    assert np.isfinite(found["loss"])


def test_ordinal_classes_cut_from_years_are_off_by_years():
    decades = Task(kind="ordinal", column="age", bins=(0, 10, 20, 30))
    answers = np.eye(4, dtype=np.float32)[[0, 1, 3, 3]]
    assert measure(decades, answers, np.array([0, 2, 0, 3]))["mae"] == 10.0


def test_numbers():
    score = Task(kind="regression", column="score")
    found = measure(score, np.array([10.0, 20.0], np.float32), np.array([13.0, 16.0]))
    assert found == {"loss": 3.5, "mae": 3.5, "rmse": pytest.approx(np.sqrt(12.5))}
