"""What every oracle of a search promises, whatever it proposes with."""

import json
from typing import get_args

import pytest

from fdc.choices import Tuner

NAMES = get_args(Tuner)
ROUNDS = {"hyperband"}
POINTS = ({}, {"width": 16}, {"family": "plain"})
WIDTHS = [16, 24, 32, 48]


@pytest.fixture(params=NAMES)
def make(request, tmp_path):
    import keras_tuner

    from fdc.search.oracles import ORACLES

    def oracle(trials=5, folder=tmp_path, seed=4, direction="max"):
        folder.mkdir(exist_ok=True)
        space = keras_tuner.HyperParameters()
        space.Choice("family", ["residual", "plain"], default="residual")
        space.Choice("width", WIDTHS, default=32)
        with space.conditional_scope("family", "residual"):
            space.Choice("depth", [1, 2, 3], default=1)
        for name in ("rate", "decay"):
            space.Choice(name, [0.1, 0.2, 0.3, 0.4], default=0.2)
        made = ORACLES[request.param](
            trials=trials,
            state_file=folder / "oracle.json",
            starting_points=POINTS,
            objective=keras_tuner.Objective("val_accuracy", direction),
            max_trials=9999,
            seed=seed,
            hyperparameters=space,
        )
        made.verbose = 0
        return made

    return oracle


def values(trial):
    own = trial.hyperparameters.values.items()
    return {name: value for name, value in own if not name.startswith("tuner/")}


def run(oracle, count, status="COMPLETED"):
    """Has trials proposed and ended one after another; wider networks are better."""
    proposed = []
    for _ in range(count):
        trial = oracle.create_trial(f"request {len(oracle.trials)}")
        assert trial.status == "RUNNING"
        proposed.append(trial)
        end(oracle, trial, status)
    return proposed


def end(oracle, trial, status="COMPLETED"):
    if status == "COMPLETED":
        score = values(trial)["width"] / 100 + len(trial.trial_id) / 1000
        oracle.update_trial(trial.trial_id, {"val_accuracy": score})
    trial.status = status
    oracle.end_trial(trial)
    oracle.save()


def test_the_starting_points_come_first_with_the_defaults_of_what_is_active(make):
    first, second, third = map(values, run(make(), 3))
    assert first == {"family": "residual", "width": 32, "depth": 1, "rate": 0.2, "decay": 0.2}
    assert second == {**first, "width": 16}
    assert third == {"family": "plain", "width": 32, "rate": 0.2, "decay": 0.2}


def test_the_same_seed_proposes_the_same(make, tmp_path):
    proposed = [values(trial) for trial in run(make(), 8)]
    assert [values(trial) for trial in run(make(folder=tmp_path / "same"), 8)] == proposed


@pytest.mark.parametrize("make", sorted(set(NAMES) - ROUNDS), indirect=True)
def test_no_trial_is_like_one_before_and_another_seed_proposes_others(make, tmp_path):
    proposed = [values(trial) for trial in run(make(), 8)]
    assert len({json.dumps(one, sort_keys=True) for one in proposed}) == 8
    assert [values(t) for t in run(make(folder=tmp_path / "other", seed=5), 8)] != proposed


def test_no_number_of_failures_in_a_row_ends_a_search(make):
    trials = run(make(), 6, "FAILED")
    assert [trial.trial_id for trial in trials] == [f"000{i}" for i in range(6)]


@pytest.mark.parametrize("stop", [2, 5, 7])
def test_a_reloaded_oracle_proposes_what_it_would_have_proposed(make, tmp_path, stop):
    whole = [values(trial) for trial in run(make(folder=tmp_path / "whole"), 9)]
    before = [values(trial) for trial in run(make(), stop)]
    again = make()
    again.reload()
    assert again.trials.keys() == {f"000{i}" for i in range(stop)}
    assert before + [values(trial) for trial in run(again, 9 - stop)] == whole


def test_trials_that_ran_when_it_was_killed_are_proposed_again_before_new_ones(make):
    killed = make()
    run(killed, 1)
    running = [killed.create_trial(f"worker{i}") for i in range(2)]
    again = make()
    again.reload()
    again.retry_ongoing()
    assert again.has_retries
    retried = [again.create_trial(f"worker{i}") for i in range(2)]
    assert [t.trial_id for t in retried] == [t.trial_id for t in running] == ["0001", "0002"]
    assert [values(t) for t in retried] == [values(t) for t in running]
    assert not again.has_retries
    assert again.create_trial("worker2").trial_id == "0003"


def test_without_a_file_there_is_nothing_to_reload(make):
    oracle = make()
    oracle.reload()
    assert not oracle.trials
    assert not oracle.has_retries


def test_the_state_is_one_file(make, tmp_path):
    run(make(), 4)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["oracle.json"]


@pytest.mark.parametrize("make", ROUNDS, indirect=True)
@pytest.mark.parametrize("direction", ["max", "min"])
def test_a_failed_trial_of_a_round_does_not_keep_hyperband_waiting(make, direction):
    oracle = make(trials=4, direction=direction)
    run(oracle, 1, "FAILED")
    good = run(oracle, 2)
    [next_round] = run(oracle, 1)
    assert next_round.hyperparameters.values["tuner/round"] == 1
    goes_on = next_round.hyperparameters.values["tuner/trial_id"]
    assert goes_on in {trial.trial_id for trial in good}
