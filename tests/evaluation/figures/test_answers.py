"""Figures of a model's answers show what the numbers say."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from fdc.evaluation import evaluate, figures
from fdc.evaluation.calibration import reliability
from fdc.style import palette
from fdc.tasks import Task
from tests.evaluation.figures.conftest import assert_one_language, words


def ticks(axis) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def test_confusion_counts_every_pair(age, answers):
    truth, chances = answers(7, 300)
    axes = figures.confusion(age, truth, chances, "en").axes[0]
    cells = {text.get_position(): text.get_text().split("\n") for text in axes.texts[:49]}
    said = chances.argmax(axis=1)
    for true in range(7):
        of_class = truth == true
        for answer in range(7):
            count = int((said[of_class] == answer).sum())
            assert cells[answer, true][0] == str(count)
            if count:
                assert cells[answer, true][1] == f"{count / of_class.sum():.0%}"
    assert ticks(axes.yaxis)[0] == f"0-9  ({(truth == 0).sum()})"


def test_a_class_without_photos_has_no_shares(age):
    axes = figures.confusion(age, [0, 1], np.eye(7)[[0, 1]], "en").axes[0]
    assert [text.get_text() for text in axes.texts[:7]] == ["1\n100%"] + ["0"] * 6
    assert [text.get_text() for text in axes.texts[42:49]] == ["0"] * 7


def test_classes_are_named_in_the_language(gender, answers, korean):
    figure = figures.confusion(gender, *answers(2, 50), "ko")
    assert ticks(figure.axes[0].xaxis) == ["여성", "남성"]
    assert {"예측", "성별\n"} <= set(words(figure))


@pytest.mark.parametrize("photos", [1, 50])
def test_every_answer_is_a_point(years, photos):
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 80, photos)
    answers = truth + draw.normal(size=photos)
    left, right = figures.predicted_against_true(years, truth, answers, "en").axes
    np.testing.assert_allclose(left.collections[0].get_offsets(), np.stack([truth, answers], 1))
    assert (left.get_xlabel(), left.get_ylabel()) == ("True (years)", "Predicted (years)")
    told = [label.split("\n") for label in ticks(right.xaxis)]
    assert sum(int(count.strip("()")) for _, _, count in told) == photos
    first = truth // 10 == truth.min() // 10
    assert told[0][0] == f"{truth.min() // 10 * 10:.0f}-{truth.min() // 10 * 10 + 9:.0f}"
    assert told[0][1] == f"{np.abs(answers - truth)[first].mean():.1f}"


def test_many_answers_are_a_density_that_counts_them_all(years):
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 80, 3000)
    left, _ = figures.predicted_against_true(years, truth, truth + 1, "en").axes
    assert left.collections[0].get_array().sum() == 3000


def test_a_score_is_sliced_as_a_score_is():
    score = Task(kind="regression", column="score").complete(pd.Series([1, 2, 3, 4, 5] * 20))
    truth = np.array([1.0, 2.0, 2.0, 5.0])
    _, right = figures.predicted_against_true(score, truth, truth + 0.25, "en").axes
    assert ticks(right.xaxis) == ["1\n0.25\n(1)", "2\n0.25\n(2)", "5+\n0.25\n(1)"]
    assert right.get_xlabel().startswith("True, ")


def test_the_reliability_diagram_draws_the_curve(answers):
    truth, chances = answers(3, 200)
    above, below = figures.reliability_diagram(truth, chances, "en").axes
    curve = reliability(truth, chances)
    np.testing.assert_allclose(above.lines[-1].get_xydata().T, [curve.confidence, curve.accuracy])
    assert [bar.get_height() for bar in below.patches] == curve.photos.tolist()
    assert f"{curve.error:.3f}" in above.texts[0].get_text()


def test_slices_that_are_worse_are_red_and_small_ones_hollow(age):
    draw = np.random.default_rng(0)
    truth = np.r_[draw.integers(0, 5, 900), np.full(40, 6), np.full(9, 5)]
    said = np.where(truth == 6, 2, np.where(draw.random(949) < 0.85, truth, (truth + 1) % 5))
    report = evaluate(age, truth, np.eye(7)[said], train_truth=truth)
    axes = figures.slice_chart(report, "en").axes[0]
    points = axes.lines[2::2]
    assert [point.get_xdata()[0] for point in points] == [
        part.interval.value for part in report.slices
    ]
    drawn = {
        part.key: (to_hex(point.get_color()), point.get_markerfacecolor())
        for part, point in zip(report.slices, points, strict=True)
    }
    assert drawn["60+"] == (palette.RED, palette.RED)
    assert drawn["50-59"][1] == "white"
    assert drawn["0-9"] == (palette.INK, palette.INK)
    assert ticks(axes.yaxis)[-1] == "60+   (40)"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_figure_mixes_languages(gender, years, answers, language, request):
    if language == "ko":
        request.getfixturevalue("korean")
    truth, chances = answers(2, 80)
    numbers = np.linspace(0, 80, 80)
    manifest = pd.DataFrame({"gender": ["female", "male"] * 40})
    report = evaluate(years, numbers, numbers + 1, train_truth=numbers, manifest=manifest)
    for figure in (
        figures.confusion(gender, truth, chances, language),
        figures.predicted_against_true(years, numbers, numbers + 1, language),
        figures.reliability_diagram(truth, chances, language),
        figures.slice_chart(report, language),
    ):
        assert_one_language(figure, language)
