"""Figures are drawn, hold what they should, and touch no global state."""

import io

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from fdc.evaluation import figures, judge
from fdc.tracking import TrialRecord


def trial(number, status, accuracies, **more) -> TrialRecord:
    curve = [{"val_accuracy": accuracy} for accuracy in accuracies]
    best = int(np.argmax(accuracies)) if accuracies else None
    return TrialRecord(str(number), number, {}, 1, status, curve=curve, best_epoch=best, **more)


TRIALS = [
    trial(0, "COMPLETED", [0.4, 0.6], seconds=40.0, parameters=1_200_000),
    trial(1, "PRUNED", [0.7], reason="below the median", seconds=9.0, parameters=50_000),
    trial(2, "FAILED", [], reason="out of memory at 3.1 GB", seconds=1.0),
]


@pytest.fixture(autouse=True)
def settings_stay():
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before


def drawn(figure, recwarn) -> np.ndarray:
    content = io.BytesIO()
    figure.savefig(content, format="png")
    missing = [str(w.message) for w in recwarn if "missing from font" in str(w.message)]
    assert not missing
    return np.asarray(Image.open(content).convert("L"))


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_confusion_counts(age, answers, recwarn):
    truth, chances = answers(7, 300)
    figure = figures.confusion(age, truth, chances)
    assert drawn(figure, recwarn).std() > 10
    first = ((truth == 0) & (chances.argmax(axis=1) == 0)).sum()
    assert texts(figure.axes[0])[0].split()[0] == str(first)


def test_confusion_in_korean(gender, answers, recwarn):
    figure = figures.confusion(gender, *answers(2, 50), "ko")
    names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert names == ["여성", "남성"]
    if any("Nanum" in font or "CJK" in font for font in mpl.font_manager.get_font_names()):
        drawn(figure, recwarn)


def test_confusion_of_a_class_without_photos(age, recwarn):
    drawn(figures.confusion(age, [0, 1], np.eye(7)[[0, 1]]), recwarn)


@pytest.mark.parametrize("photos", [1, 50, 3000])
def test_predicted_against_true(years, photos, recwarn):
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 80, photos)
    figure = figures.predicted_against_true(years, truth, truth + draw.normal(size=photos))
    assert drawn(figure, recwarn).std() > 5
    assert len(figure.axes) == 2


def test_learning_curves_name_the_best_trial_first(recwarn):
    figure = figures.learning_curves(TRIALS, "val_accuracy")
    drawn(figure, recwarn)
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == ["trial 1: 0.7, pruned", "trial 0: 0.6"]


def test_learning_curves_without_a_curve(recwarn):
    drawn(figures.learning_curves(TRIALS[2:], "val_accuracy"), recwarn)


def test_leaderboard_orders_by_the_objective(recwarn):
    figure = figures.leaderboard(TRIALS, "val_accuracy")
    drawn(figure, recwarn)
    order = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert order == ["trial 1", "trial 0", "trial 2"]
    said = " ".join(texts(figure.axes[0]))
    assert "1.2M weights" in said
    assert "failed: out of memory at 3.1 GB" in said
    lowest_first = figures.leaderboard(TRIALS, "val_accuracy", "min").axes[0].get_yticklabels()
    assert [label.get_text() for label in lowest_first] == ["trial 0", "trial 1", "trial 2"]


def test_reliability_diagram(answers, recwarn):
    assert drawn(figures.reliability_diagram(*answers(3, 200)), recwarn).std() > 5


def test_slice_chart(age, answers, recwarn):
    truth, chances = answers(7, 300)
    figure = figures.slice_chart(judge(age, truth, chances, train_truth=truth))
    drawn(figure, recwarn)
    assert len(figure.axes[0].get_yticklabels()) == 7
