"""Heads that a solver trains: as good as a library's, resumed for free, exported as any network."""

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from fdc.training import checkpoint, graph, linear
from fdc.training.checkpoint import Checkpoint
from fdc.training.export import export
from fdc.training.spec import ExportCommand, TrainCommand

SKIN = {"network/family": "skin_colour", "head/label_smoothing": 0.0}


def command(folder, **values):
    return TrainCommand(folder, SKIN | values, seed=1, feature_seconds=60.0)


def nothing():
    pass


@pytest.mark.parametrize("kind", ["classes", "ordinal", "regression"])
def test_a_head_beats_the_constant_and_is_exported_as_it_was_measured(data, tmp_path, kind):
    spec = data.spec(kind)
    skin, constant = tmp_path / "skin", tmp_path / "constant"
    _, better = linear.fit_head(spec, command(skin), nothing)
    _, worse = linear.fit_head(spec, command(constant, **{"network/family": "constant"}), nothing)
    assert better["val_loss"] < 0.7 * worse["val_loss"]
    told = ExportCommand(
        tmp_path, skin / checkpoint.BEST, command(skin).hyperparameters, flip=False
    )
    exported = export(spec, told).metrics
    assert exported["val_loss"] == pytest.approx(better["val_loss"], rel=1e-3)


def test_the_constant_answers_how_often_each_class_was_seen(data, tmp_path):
    spec = data.spec("classes")
    told = command(tmp_path, **{"network/family": "constant"})
    linear.fit_head(spec, told, nothing)
    network = graph.build(spec, told.hyperparameters)
    state = Checkpoint.require(tmp_path / checkpoint.BEST)
    checkpoint.assign(state.variables, network.model.variables)
    outputs = network.model.predict_on_batch(spec.train.read(np.arange(3)).astype(np.float32))
    shares = np.bincount(spec.train.targets) / len(spec.train)
    np.testing.assert_allclose(network.head.decode(outputs), np.tile(shares, (3, 1)), atol=0.02)


def test_the_solution_is_that_of_logistic_regression():
    random = np.random.default_rng(0)
    features = random.normal(size=(200, 5)).astype(np.float32)
    classes = (features @ random.normal(size=5) + random.normal(size=200) > 0).astype(int)
    penalty = 0.01
    solution, loss = linear._solved(
        np.zeros((6, 2), np.float32),
        features,
        np.eye(2, dtype=np.float32)[classes],
        np.ones(200, np.float32),
        penalty,
        math.inf,
        nothing,
    )
    # Two columns of opposite sign carry half of the penalty that one column would.
    known = LogisticRegression(C=2 / (penalty * 200)).fit(features, classes)
    np.testing.assert_allclose(solution[:-1, 1] - solution[:-1, 0], known.coef_[0], atol=0.02)
    assert 0 < loss < np.log(2)


def test_features_outlive_a_kill(data, tmp_path, monkeypatch):
    spec, told = data.spec("classes"), command(tmp_path)
    linear.fit_head(spec, told, nothing)
    (tmp_path / checkpoint.BEST).unlink()
    monkeypatch.setattr(type(spec.train), "read", None)
    chosen, features = linear._training_features(spec, told, None, nothing)
    assert len(chosen) == len(features) == len(spec.train)


def test_of_a_set_that_is_too_large_a_part_is_learnt_from(data, tmp_path, monkeypatch):
    monkeypatch.setattr(linear, "BATCH_SIZE", 16)
    spec = data.spec("classes")
    told = replace(command(tmp_path), feature_seconds=0.0)
    _, metrics = linear.fit_head(spec, told, nothing)
    assert np.isfinite(metrics["val_loss"])
    [features] = Checkpoint.require(tmp_path / checkpoint.FEATURES).variables
    assert len(features) == 16
