"""What is said of a model."""

import json

import numpy as np
import pandas as pd
import pytest

from fdc.evaluation import EvaluationReport, evaluate
from fdc.evaluation.wording import sentences


def test_a_good_model_beats_the_constant_and_says_so(age, answers):
    truth, chances = answers(7, 600, skill=3.0)
    report = evaluate(age, truth, chances, train_truth=truth, groups=np.arange(600) // 6)
    assert report.beats_baseline
    assert (report.photos, report.groups) == (600, 100)
    assert report.intervals["accuracy"].low < report.metrics["accuracy"]
    english, korean = sentences(report, "en"), sentences(report, "ko")
    assert f"{report.metrics['accuracy']:.1%}" in english[0]
    assert english[0].startswith("Age group: of 600 photos")
    assert "100 groups" in english[1]
    assert "clearly better" in english[2]
    assert korean[0].startswith("나이대: 한 번도 본 적 없는 사진 600장")
    assert "분명히 낫습니다" in korean[2]


def test_a_model_that_guesses_is_not_called_better(gender):
    draw = np.random.default_rng(0)
    truth, chances = draw.integers(0, 2, 300), draw.dirichlet([1, 1], 300)
    report = evaluate(gender, truth, chances, train_truth=truth)
    assert not report.beats_baseline
    assert "cannot be said" in sentences(report, "en")[2]
    assert "말할 수 없습니다" in sentences(report, "ko")[2]


def test_a_lucky_handful_is_not_called_better(gender):
    truth = np.array([0, 1, 0, 1, 0])
    report = evaluate(gender, truth, np.eye(2)[[0, 1, 0, 1, 1]], train_truth=truth)
    assert report.metrics["accuracy"] > report.baseline["accuracy"]
    assert not report.beats_baseline


def test_a_regression_speaks_of_years(years):
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 80, 500)
    answers = truth + draw.normal(size=500) * np.where(truth > 60, 15, 3)
    manifest = pd.DataFrame({"age": truth})
    report = evaluate(years, truth, answers, train_truth=truth, manifest=manifest)
    assert report.beats_baseline
    assert report.difference.high < 0
    assert report.calibration_error is None
    english = " ".join(sentences(report, "en"))
    assert f"off by {report.metrics['mae']:.1f} years" in english
    assert "age 70-79" in english
    assert "나이 70-79" in " ".join(sentences(report, "ko"))


def test_classes_are_called_by_their_names(gender):
    truth = np.r_[np.zeros(200, int), np.ones(60, int)]
    said = np.r_[np.zeros(200, int), np.zeros(40, int), np.ones(20, int)]
    report = evaluate(gender, truth, np.eye(2)[said], train_truth=truth)
    assert "여성" in sentences(report, "ko")[2]
    assert "남성 33% (100%)" in " ".join(sentences(report, "ko"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_placeholder_is_left(age, answers, language):
    truth, chances = answers(7, 40, skill=0.5)
    for sentence in sentences(evaluate(age, truth, chances, train_truth=truth), language):
        assert "{" not in sentence
        assert sentence.endswith(".")


def test_it_survives_json(age, answers):
    truth, chances = answers(7, 50)
    report = evaluate(age, truth, chances, train_truth=truth)
    again = EvaluationReport.model_validate(json.loads(report.model_dump_json()))
    assert sentences(again, "ko") == sentences(report, "ko")
