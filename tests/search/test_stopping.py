"""When a training ends, decided from records alone."""

from contextlib import closing

import pytest

from fdc.search.budget import Budget
from fdc.search.jobs import Job
from fdc.search.stopping import StoppingPolicy
from fdc.tracking import Journal, TrialHistory, TrialRecord
from fdc.training.objective import Objective
from fdc.training.spec import TrainCommand


@pytest.fixture
def history(tmp_path):
    with closing(Journal(tmp_path)) as journal:
        yield TrialHistory(journal)


@pytest.fixture
def policy(history):
    def make(minutes=None, patience=None):
        budget = Budget(minutes, 0.0, 0.0, 4, 1, clock=lambda: 1000.0)
        return StoppingPolicy(budget, history, Objective.of("classes"), patience)

    return make


@pytest.fixture
def job(history, tmp_path):
    def make(accuracies=(), limit=60, share=50.0, is_trial=True):
        number = len(history.trials)
        record = history.trial_began(TrialRecord(str(number), number, {}, seed=1))
        for epoch, accuracy in enumerate(accuracies):
            best = accuracy == max(accuracies[: epoch + 1])
            history.epoch_ended(record.id, epoch, {"val_accuracy": accuracy}, improved=best)
        command = TrainCommand(tmp_path, {}, 1)
        return Job(record, command, limit, share, started=1000.0, is_trial=is_trial)

    return make


def test_without_limits_nothing_is_refused_and_epochs_take_what_they_take(policy, job):
    endless = job()
    assert policy().refusal(endless, 1e9) is None
    assert policy().ending(endless, 1e9, interrupted=False) is None
    assert endless.total == endless.limit == 60
    assert policy().seconds_for_epoch(endless, 1e9) is None


def test_a_trial_whose_epochs_do_not_fit_its_share_is_refused(policy, job):
    job([0.5])  # Another trial has trained already: this one gets no more than its share.
    status, reason = policy(minutes=10).refusal(job(), 20.0)
    assert status == "REFUSED"
    assert reason == ("an epoch would take 20.0 s: 3 of them do not fit into its share of 50.0 s")


def test_of_a_network_with_a_solved_head_one_epoch_has_to_fit(policy, job, history, tmp_path):
    job([0.5])
    baseline = history.trial_began(TrialRecord("dlib-face", 1, {}, seed=1, role="baseline"))
    plan = TrialRecord("2", 2, {}, seed=1, continues=baseline.id)
    command = TrainCommand(tmp_path, {}, 1)
    trial = Job(history.trial_began(plan), command, 60, share=50.0, started=1000.0)
    assert policy(minutes=10).refusal(trial, 45.0) is None
    _, reason = policy(minutes=10).refusal(trial, 55.0)
    assert "1 of them do not fit" in reason


def test_a_refusal_counts_the_epochs_that_a_round_has_and_not_those_before_it(policy, job):
    job([0.5])
    promoted = job(limit=3)
    promoted.record.first_epoch = 1
    _, reason = policy(minutes=10).refusal(promoted, 30.0)
    assert reason == "an epoch would take 30.0 s: 2 of them do not fit into its share of 50.0 s"


def test_what_has_trained_and_the_winner_are_not_refused(policy, job):
    begun, winner = job([0.5]), job(is_trial=False)
    for one in (begun, winner):
        assert policy(minutes=10).refusal(one, 20.0) is None
        assert one.deadline == 1050.0


def test_the_schedule_fits_the_share_and_the_last_epoch_may_overrun_it(policy, job):
    trial = job()
    assert policy(minutes=10).refusal(trial, 10.0) is None
    assert policy(minutes=10).ending(trial, 10.0, interrupted=False) is None
    assert trial.total == 5
    assert policy(minutes=10).seconds_for_epoch(trial, 10.0) == 50 + 5
    done = job([0.1] * 5)
    done.deadline = 1000.0
    ended = policy(minutes=10).ending(done, 10.0, interrupted=False)
    assert ended == ("COMPLETED", "its share of the budget is used")


def test_its_last_epoch_ends_it_even_where_it_is_interrupted(policy, job):
    assert policy().ending(job([0.5] * 3, limit=3), 1.0, interrupted=True) == ("COMPLETED", None)
    assert policy().ending(job([0.5] * 2, limit=3), 1.0, interrupted=True) == (None, "interrupted")


def test_an_interruption_waits_for_the_first_epoch(policy, job):
    late = job()
    late.deadline = 0.0
    assert policy().ending(late, 1.0, interrupted=True) is None
    assert late.total == 1


def test_patience_counts_from_the_best_epoch(policy, job):
    assert policy(patience=2).ending(job([0.5, 0.4]), 1.0, False) is None
    ended = policy(patience=2).ending(job([0.5, 0.4, 0.4]), 1.0, False)
    assert ended == ("COMPLETED", "no gain in 2 epochs")


def test_only_trials_are_pruned_and_only_by_ended_ones(policy, job, history):
    others = [job([0.8] * 60), job([0.9] * 60)]
    bad = [0.2] * 30
    assert policy().ending(job(bad), 1.0, False) is None
    for other in others:
        history.trial_ended(other.record.id, "COMPLETED", None, seconds=1.0)
    status, reason = policy().ending(job(bad), 1.0, False)
    assert status == "PRUNED"
    assert reason.startswith("median rule: ")
    assert policy().ending(job(bad, is_trial=False), 1.0, False) is None
