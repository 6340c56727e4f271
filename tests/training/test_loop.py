"""Real networks on tiny crops, in this process."""

from dataclasses import replace

import numpy as np
import pytest

from fdc.training.checkpoint import Checkpoint
from fdc.training.loop import Training
from fdc.training.spec import TrainCommand

VALUES = {
    "network/width": 16,
    "head/dropout": 0.25,
    "head/target": "distribution",
    "learning_rate": 4e-3,
    "weight_decay": 0.05,
    "mixup": 0.0,
    "shift": 0.08,
    "head/label_smoothing": 0.1,
    "head/spread": 0.4,
}


def start(data, folder, kind="classes", **changes):
    order = TrainCommand(folder, {**VALUES, **changes.pop("values", {})}, seed=5)
    return Training(data.spec(kind), replace(order, **changes), 16, lambda: None)


@pytest.mark.parametrize(("kind", "limit"), [("classes", 0.3), ("ordinal", 0.8), ("regression", 9)])
def test_a_network_learns(data, tmp_path, kind, limit):
    training = start(data, tmp_path, kind)
    found = [training.epoch(8, None)[0] for _ in range(8)]
    assert found[-1]["val_loss"] < limit < found[0]["val_loss"]
    assert found[-1]["learning_rate"] == pytest.approx(0, abs=1e-8)
    assert training.curve == found


@pytest.mark.parametrize("target", ["distribution", "scaled"])
def test_a_score_of_one_to_five_is_learnt_as_years_are(data, tmp_path, target):
    spec = data.spec("regression")
    train, validation = (
        replace(crops, targets=1 + crops.targets / 15) for crops in (spec.train, spec.validation)
    )
    command = TrainCommand(tmp_path, {**VALUES, "head/target": target}, seed=5)
    spec = replace(spec, train=train, validation=validation)
    training = Training(spec, command, 16, lambda: None)
    found = [training.epoch(8, None)[0] for _ in range(8)]
    assert found[-1]["val_mae"] < 0.7 < found[0]["val_mae"]


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """A training of three epochs, its folder, and which of them were better than before."""
    folder = tmp_path_factory.mktemp("whole")
    training = start(data, folder)
    return training, folder, [training.epoch(3, None)[1] for _ in range(3)]


def test_the_best_epoch_is_kept_apart(whole):
    _, folder, improved = whole
    best = Checkpoint.load(folder / "best.npz")
    assert improved[0]
    assert best.metadata["best_epoch"] == max(i for i, better in enumerate(improved) if better)
    assert best.optimizer == []


def test_probing_changes_nothing_and_times_an_epoch(whole):
    training, _, _ = whole
    before = training.validate()
    probed = training.probe()
    assert training.validate() == before
    assert 0 < probed.validation_seconds < probed.epoch_seconds


def test_the_step_that_traces_the_network_is_not_timed(whole, monkeypatch):
    training, _, _ = whole
    steps, timed = [], []
    take, time_one = training._step, training._timed_step
    monkeypatch.setattr(training, "_step", lambda batch: (steps.append(1), take(batch))[1])
    monkeypatch.setattr(
        training, "_timed_step", lambda batch: (timed.append(len(steps)), time_one(batch))[1]
    )
    training.probe()
    assert timed[0] == 1
    assert len(steps) == len(timed) + 1


def test_a_training_goes_on_as_if_it_had_not_stopped(data, whole, tmp_path):
    training, folder, _ = whole
    first = start(data, tmp_path)
    first.epoch(3, None)
    second = start(data, tmp_path)
    assert second.curve == first.curve
    assert second.next_epoch == 1
    second.probe()
    for _ in range(2):
        second.epoch(3, None)
    assert second.curve == training.curve
    one, other = (Checkpoint.load(place / "last.npz") for place in (folder, tmp_path))
    for value, same in zip(one.variables, other.variables, strict=True):
        np.testing.assert_array_equal(value, same)


def test_a_winner_goes_on_from_its_weights(data, whole, tmp_path):
    training, folder, _ = whole
    later = start(data, tmp_path, start=folder / "best.npz", first_epoch=3)
    assert later.next_epoch == 3
    best = training.curve[training.best_epoch]
    assert later.validate()["loss"] == pytest.approx(best["val_loss"])
    later.epoch(5, None)
    assert later.next_epoch == 4


def test_an_epoch_is_cut_short_when_its_time_is_over(data, tmp_path):
    steps = []
    order = TrainCommand(tmp_path, VALUES, seed=5)
    training = Training(data.spec(), order, 8, lambda: steps.append(1))
    found, improved = training.epoch(1, 0.0)
    assert improved
    assert np.isfinite(found["loss"])
    assert found["learning_rate"] > 1e-3
    assert len(steps) < 8


def test_a_loss_that_is_no_number_is_an_error(data, tmp_path):
    training = start(data, tmp_path, values={"learning_rate": 1e30})
    with pytest.raises(ArithmeticError, match="epoch 0"):
        training.epoch(1, None)
