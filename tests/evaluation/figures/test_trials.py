"""Figures of trials show every trial, the best first."""

import numpy as np
import pytest

from fdc.evaluation import figures
from fdc.tracking import TrialRecord
from tests.evaluation.figures.conftest import assert_one_language, words


def trial(number, status, accuracies, **more) -> TrialRecord:
    curve = [{"val_accuracy": accuracy} for accuracy in accuracies]
    best = int(np.argmax(accuracies)) if accuracies else None
    return TrialRecord(str(number), number, {}, 1, status, curve=curve, best_epoch=best, **more)


TRIALS = [
    trial(0, "COMPLETED", [0.4, 0.6], seconds=40.0, parameters=1_200_000),
    trial(1, "PRUNED", [0.7], reason="below the median", seconds=9.0, parameters=50_000),
    trial(2, "FAILED", [], reason="out of memory at 3.1 GB", seconds=1.0),
]


def test_learning_curves_name_the_best_trial_first():
    axes = figures.learning_curves(TRIALS, "val_accuracy", "max", "en").axes[0]
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["trial 1: 0.7, pruned", "trial 0: 0.6"]
    curves = {line.get_label(): line.get_xydata().tolist() for line in axes.lines}
    assert curves["trial 0: 0.6"] == [[1, 0.4], [2, 0.6]]
    ends = [(line.get_marker(), *line.get_xydata()[0]) for line in axes.lines[1::2]]
    assert set(ends) == {("x", 1, 0.7), ("o", 2, 0.6)}
    assert axes.get_ylabel() == "Accuracy (validation photos)"


def test_learning_curves_without_a_curve_say_so():
    figure = figures.learning_curves(TRIALS[2:], "val_accuracy", "max", "en")
    assert "no trial ended an epoch" in words(figure)
    assert figure.axes[0].get_legend() is None


def test_leaderboard_orders_by_the_objective():
    axes = figures.leaderboard(TRIALS, "val_accuracy", "max", "en").axes[0]
    order = [label.get_text() for label in axes.get_yticklabels()]
    assert order == ["trial 1", "trial 0", "trial 2"]
    assert [bar.get_width() for bar in axes.patches] == [0.7, 0.6, 0.0]
    said = [text.get_text() for text in axes.texts]
    assert said == [
        "0.7   pruned   50k weights   9 s",
        "0.6   1.2M weights   40 s",
        "failed: out of memory at 3.1 GB",
    ]
    lowest_first = figures.leaderboard(TRIALS, "val_accuracy", "min", "en").axes[0]
    order = [label.get_text() for label in lowest_first.get_yticklabels()]
    assert order == ["trial 0", "trial 1", "trial 2"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_figure_mixes_languages(language, request):
    if language == "ko":
        request.getfixturevalue("korean")
    ended = TRIALS[:2]  # a failure's reason is told as it was recorded
    assert_one_language(figures.leaderboard(ended, "val_accuracy", "max", language), language)
    assert_one_language(figures.learning_curves(ended, "val_accuracy", "max", language), language)
    assert_one_language(figures.learning_curves([], "val_mae", "min", language), language)
