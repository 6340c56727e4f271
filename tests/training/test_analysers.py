"""What AutoKeras is told about the labels of a task."""

import numpy as np
import pytest

from fdc.training.analysers import ClassAnalyser


def analysed(targets, classes=3):
    analyser = ClassAnalyser(classes, name="head")
    analyser.update(np.asarray(targets))
    analyser.finalize()
    return analyser


@pytest.mark.parametrize("targets", [[0, 1, 2, 2], [0, 1, 1], [1, 2]])
def test_a_set_may_lack_classes_but_the_task_keeps_them(targets):
    assert analysed(targets).num_classes == 3


@pytest.mark.parametrize(
    ("targets", "told"), [([0, 3], r"\[3\]"), ([-1, 0, 1], r"\[-1\]"), ([0.5, 1], r"\[0.5\]")]
)
def test_what_is_no_class_is_refused(targets, told):
    with pytest.raises(ValueError, match=rf"class indices \(n,\) from 0 to 2, .*hold {told}"):
        analysed(targets)


def test_one_column_per_class_is_refused():
    with pytest.raises(ValueError, match=r"shape \(4, 3\)"):
        analysed(np.ones((4, 3)))
