"""AutoKeras' own models get the real crops and labels, and learn about the task from them."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from fdc.crops.array import CropArray
from fdc.search.budget import Budget
from fdc.search.spec import SearchSpec
from fdc.tracking import Journal, TrialHistory
from tests.synthetic_crops import TASKS


class NoTrials:
    """A scheduler that starts nothing, and keeps who would have been asked for trials."""

    def __init__(self, folder, spec):
        self.folder = folder
        self.history = TrialHistory(Journal(folder))
        self.objective = spec.objective
        self.budget = Budget(None, 0, 0, 5, 1)
        self.source = None

    def run(self, source):
        self.source = source


@pytest.fixture
def fit(data, tmp_path, monkeypatch):
    """Runs a search without trials; returns what `fit` was given, and the tuner."""
    from autokeras import AutoModel

    from fdc.search import automodel

    given = {}
    original = AutoModel.fit

    def spy(self, x=None, y=None, validation_data=None, **kwargs):
        given.update(x=x, y=y, validation=validation_data, model=self)
        return original(self, x=x, y=y, validation_data=validation_data, **kwargs)

    monkeypatch.setattr(AutoModel, "fit", spy)

    def run(kind, **changes):
        spec = SearchSpec(TASKS[kind])
        train, validation = data.split(kind)
        scheduler = NoTrials(tmp_path, spec)
        training = spec.training(replace(train, **changes), validation)
        with closing(scheduler.history.journal):
            automodel.run_trials(scheduler, training, spec)
        return given, scheduler.source

    return run


@pytest.mark.parametrize("kind", ["classes", "ordinal", "regression"])
def test_fit_gets_the_crops_and_labels_of_both_sides(fit, data, kind):
    given, _ = fit(kind)
    shown = ((given["x"], given["y"]), given["validation"])
    for (x, y), view in zip(shown, data.split(kind), strict=True):
        assert isinstance(x, CropArray)
        np.testing.assert_array_equal(x[:], view.read(np.arange(len(view))))
        np.testing.assert_array_equal(y, view.targets)


@pytest.mark.parametrize(
    ("kind", "name", "classes"),
    [
        ("classes", "ImageClassifier", 2),
        ("ordinal", "ImageClassifier", 3),
        ("regression", "ImageRegressor", None),
    ],
)
def test_autokeras_learns_shapes_and_classes_from_them(fit, kind, name, classes):
    given, tuner = fit(kind)
    assert name in [base.__name__ for base in type(given["model"]).__mro__]
    [crops], [output] = tuner.hypermodel.inputs, tuner.hypermodel.outputs
    head = output.in_blocks[0]
    assert crops.data_shape == [60, 32, 32, 3]
    assert (crops.dtype, crops.num_samples) == ("uint8", 60)
    assert (head.data_shape, head.num_samples) == ([60], 60)
    assert getattr(head, "num_classes", None) == classes
    assert given["model"].tuner is tuner


def test_labels_that_do_not_fit_the_task_are_refused_by_it(fit):
    with pytest.raises(ValueError, match=r"class indices \(n,\) from 0 to 2"):
        fit("ordinal", targets=np.full(60, 3))


def test_the_whole_space_is_known_before_the_first_trial(fit):
    import keras_tuner

    _, tuner = fit("ordinal")
    known = {hp.name for hp in tuner.oracle.get_space().space}
    assert {"network/family", "head/dropout", "learning_rate", "head/spread"} <= known
    [families] = [hp for hp in tuner.oracle.get_space().space if hp.name == "network/family"]
    for family in families.values:
        space = keras_tuner.HyperParameters()
        space.values = {"network/family": family}
        tuner.hypermodel.build(space)
        assert {hp.name for hp in space.space} == known


def test_no_final_fit_and_no_model_file(fit, tmp_path):
    _, tuner = fit("classes")
    assert not list(tmp_path.rglob("*.keras"))
    assert not tuner.oracle.trials
