"""A report in sentences."""

import numpy as np
import pandas as pd
import pytest

from fdc.evaluation import evaluate
from fdc.evaluation.wording import metric_name, sentences, slice_name
from fdc.locale import LANGUAGES, LocalizedText
from fdc.tasks import Task


def test_a_good_model_beats_the_constant_and_says_so(age, answers):
    truth, chances = answers(7, 600, skill=3.0)
    report = evaluate(age, truth, chances, train_truth=truth, groups=np.arange(600) // 6)
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
    assert "cannot be said" in sentences(report, "en")[2]
    assert "말할 수 없습니다" in sentences(report, "ko")[2]


def test_a_regression_speaks_of_years(years):
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 80, 500)
    answers = truth + draw.normal(size=500) * np.where(truth > 60, 15, 3)
    manifest = pd.DataFrame({"age": truth})
    report = evaluate(years, truth, answers, train_truth=truth, manifest=manifest)
    english = " ".join(sentences(report, "en"))
    assert f"off by {report.metrics['mae']:.1f} years" in english
    assert f"{report.metrics['within_5']:.1%}" in english
    assert "within 5 years" in english
    assert "5세 이내" in " ".join(sentences(report, "ko"))
    assert "age 70-79" in english
    assert "나이 70-79" in " ".join(sentences(report, "ko"))


def test_a_score_speaks_of_no_years_and_of_no_tolerance_that_it_lacks():
    draw = np.random.default_rng(0)
    truth = draw.uniform(1, 5, 500)
    title = LocalizedText(ko="인상 점수", en="impression")
    task = Task(kind="regression", column="score", title=title).complete(pd.Series(truth))
    answers = truth + draw.normal(size=500) * np.where(truth < 1.5, 1.5, 0.2)
    report = evaluate(task, truth, answers, train_truth=truth)
    english, korean = " ".join(sentences(report, "en")), " ".join(sentences(report, "ko"))
    assert f"off by {report.metrics['mae']:.2f} (" in english
    assert "impression 1-1.5" in english
    assert "인상 점수 1-1.5" in korean
    assert not any(word in english + korean for word in ("within", "이내", "years", "세"))


def test_classes_are_called_by_their_names(gender):
    truth = np.r_[np.zeros(200, int), np.ones(60, int)]
    said = np.r_[np.zeros(200, int), np.zeros(40, int), np.ones(20, int)]
    report = evaluate(gender, truth, np.eye(2)[said], train_truth=truth)
    assert "여성" in sentences(report, "ko")[2]
    assert "남성 33% (100%)" in " ".join(sentences(report, "ko"))


def test_slices_and_metrics_have_names(years):
    manifest = pd.DataFrame({"gender": ["female", "male"], "device": ["film", "digital"]})
    report = evaluate(years, [1.0, 50.0], [1.0, 50.0], train_truth=[1.0], manifest=manifest)
    assert [slice_name(report, part, "ko") for part in report.slices] == [
        "나이 0-9", "나이 50-59", "성별 여성", "성별 남성", "촬영 기기 digital", "촬영 기기 film",
    ]  # fmt: skip
    assert metric_name("within_0.5", "ko") == "0.5 이내 비율"
    assert metric_name("new_metric", "en") == "new_metric"
    for language in LANGUAGES:
        assert all(metric_name(name, language) != name for name in report.metrics)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_left(age, answers, language):
    truth, chances = answers(7, 40, skill=0.5)
    for sentence in sentences(evaluate(age, truth, chances, train_truth=truth), language):
        assert "{" not in sentence
        assert sentence.endswith(".")
