import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fdc.locale import LocalizedText
from fdc.tasks import Task

DECADES = Task(kind="ordinal", column="age", bins=(0, 10, 20, 30, 40, 50, 60), limits=(0, 120))
AGE = Task(
    kind="regression", column="age", unit=LocalizedText(ko="세", en="years"), limits=(0, 100)
)


def test_classes_keep_their_own_order():
    assert DECADES.labels == ("0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60+")
    assert DECADES.class_values == (5.0, 15.0, 25.0, 35.0, 45.0, 55.0, 65.0)


@given(st.floats(min_value=0, max_value=120))
def test_an_age_lies_within_its_decade(age):
    (index,) = DECADES.encode(pd.Series([age], dtype="Float64"))
    assert DECADES.bins[index] <= age
    assert index == 6 or age < DECADES.bins[index + 1]


def test_numbers_outside_the_task_are_missing_and_the_index_is_kept():
    encoded = DECADES.encode(pd.Series([-1, 130, None, 9.9], index=[7, 3, 5, 1], dtype="Float64"))
    assert encoded.isna().tolist() == [True, True, True, False]
    assert encoded.index.tolist() == [7, 3, 5, 1]
    assert AGE.encode(pd.Series(["12", "x", 101])).isna().tolist() == [False, True, True]


@given(st.lists(st.integers(0, 200), min_size=2, unique=True))
def test_found_classes_stand_in_natural_order(numbers):
    task = Task(kind="classes", column="label").complete(
        pd.Series([f"group {n}" for n in numbers], dtype="string")
    )
    assert task.labels == tuple(f"group {n}" for n in sorted(numbers))
    assert task.encode(pd.Series(list(task.labels))).tolist() == list(range(len(numbers)))


def test_merged_classes_leave_the_list_and_count_for_the_other():
    task = Task(kind="classes", column="e", classes=("a", "b", "c"), merge={"c": "a"})
    assert task.labels == ("a", "b")
    assert task.encode(pd.Series(["c", "b", " a "])).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"kind": "ordinal"}, "needs bins"),
        ({"kind": "ordinal", "bins": (3, 1)}, "must rise"),
        ({"kind": "classes", "bins": (1, 2)}, "ordinal task"),
        ({"kind": "regression", "classes": ("a", "b")}, "neither classes"),
        ({"kind": "ordinal", "bins": (0, 1), "merge": {"1+": "0-0"}}, "leave an edge out"),
        ({"kind": "classes", "classes": ("a", "b"), "merge": {"x": "a"}}, "classes are"),
        ({"kind": "classes", "merge": {"a": "b", "b": "c"}}, "merged itself"),
        ({"kind": "classes", "forbidden_augmentation": ("colur",)}, "colour"),
        ({"kind": "classes", "forbidden_augmentation": ("colourful",)}, "colour"),
        ({"kind": "classes", "tolerance": 5}, "for a regression"),
        ({"kind": "regression", "slice_edges": (3, 1)}, "slice_edges must rise"),
        ({"kind": "regression", "limits": (120, 0)}, "limits must rise"),
    ],
)
def test_contradictions_are_refused(said, complaint):
    with pytest.raises(ValidationError, match=complaint):
        Task(column="x", **said)


def test_answers_are_told_in_both_languages():
    gender = Task(
        kind="classes",
        column="gender",
        classes=("f", "m"),
        names={"f": LocalizedText(ko="여성", en="female")},
    )
    assert [gender.display(0, "ko"), gender.display(0, "en")] == ["여성", "female"]
    assert gender.display(1, "ko") == "m"
    assert [AGE.display(31.6, "ko"), AGE.display(np.float32(31.6), "en")] == ["32세", "32 years"]


def test_a_score_from_1_to_5_and_a_body_mass_index_are_no_ages():
    score = Task(kind="regression", column="score", tolerance=0.5)
    scores = pd.Series([1.0, 1.5, 2.25, 4.0, 5.0])
    assert score.complete(scores).slice_edges == (1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5)
    assert [score.display(3.74, language) for language in ("ko", "en")] == ["3.7", "3.7"]
    assert score.complete(pd.Series([1, 2, 3, 4, 5] * 20)).slice_edges == (1, 2, 3, 4, 5)
    measured = pd.Series(np.linspace(16, 43, 200))
    index = Task(kind="regression", column="bmi", tolerance=2)
    assert index.encode(pd.Series([18.5, 400.0, -1.0])).tolist() == [18.5, 400.0, -1.0]
    assert index.complete(measured).slice_edges == (
        15,
        20,
        25,
        30,
        35,
        40,
    )
    assert index.display(24.46, "en") == "24.5"


def test_a_mean_error_is_one_decimal_finer_than_an_answer():
    assert [AGE.display_error(3.14, "ko"), AGE.display_error(3.14, "en")] == ["3.1세", "3.1 years"]
    fine = Task(kind="regression", column="gap", tolerance=0.5)
    assert fine.display_error(0.0132, "en") == "0.01"


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_slices_that_are_found_are_few_and_rise(numbers):
    edges = (
        Task(kind="regression", column="x").complete(pd.Series(numbers, dtype=float)).slice_edges
    )
    assert len(edges) <= 12
    assert list(edges) == sorted(set(edges))


def test_numbers_that_are_none_are_no_labels():
    told = pd.Series(["3", "inf", "nan", "-", None])
    assert Task(kind="regression", column="x").encode(told).tolist()[0] == 3
    assert Task(kind="regression", column="x").encode(told).isna().tolist() == [False] + [True] * 4


def test_a_task_of_an_older_model_answers_as_it_did():
    older = Task.model_validate({"kind": "regression", "column": "age", "limits": [0.0, 120.0]})
    assert older.tolerance is None
    assert older.display(31.4, "en") == "31"


def test_bins_one_apart_are_called_by_their_number():
    grades = Task(kind="ordinal", column="grade", bins=(1, 2, 3, 5))
    assert grades.labels == ("1", "2", "3-4", "5+")
