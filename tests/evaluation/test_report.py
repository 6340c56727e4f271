"""What a model is worth."""

import json

import numpy as np
import pandas as pd

from fdc.evaluation import EvaluationReport, evaluate
from fdc.evaluation.wording import sentences


def test_a_good_model_beats_the_constant(age, answers):
    truth, chances = answers(7, 600, skill=3.0)
    report = evaluate(age, truth, chances, train_truth=truth, groups=np.arange(600) // 6)
    assert report.beats_baseline
    assert (report.photos, report.groups) == (600, 100)
    assert report.intervals["accuracy"].low < report.metrics["accuracy"]


def test_a_model_that_guesses_does_not_beat_it(gender):
    draw = np.random.default_rng(0)
    truth, chances = draw.integers(0, 2, 300), draw.dirichlet([1, 1], 300)
    assert not evaluate(gender, truth, chances, train_truth=truth).beats_baseline


def test_a_lucky_handful_is_not_called_better(gender):
    truth = np.array([0, 1, 0, 1, 0])
    report = evaluate(gender, truth, np.eye(2)[[0, 1, 0, 1, 1]], train_truth=truth)
    assert report.metrics["accuracy"] > report.baseline["accuracy"]
    assert not report.beats_baseline


def test_a_regression_is_better_where_its_error_is_lower(years):
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 80, 500)
    answers = truth + draw.normal(size=500) * np.where(truth > 60, 15, 3)
    manifest = pd.DataFrame({"age": truth})
    report = evaluate(years, truth, answers, train_truth=truth, manifest=manifest)
    assert report.beats_baseline
    assert report.difference.high < 0
    assert report.calibration_error is None


def test_it_survives_json(age, answers):
    truth, chances = answers(7, 50)
    report = evaluate(age, truth, chances, train_truth=truth)
    again = EvaluationReport.model_validate(json.loads(report.model_dump_json()))
    assert sentences(again, "ko") == sentences(report, "ko")


def test_a_report_of_an_older_model_is_still_read(years):
    report = evaluate(years, [1.0, 50.0], [2.0, 50.0], train_truth=[1.0]).model_dump(mode="json")
    for field in ("tolerance", "slice_edges"):
        del report["task"][field]
    report["task"]["limits"] = [0.0, 120.0]
    report["difference"]["level"] = 0.95
    assert "0.5 years" in sentences(EvaluationReport.model_validate(report), "en")[0]
