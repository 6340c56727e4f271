"""What a record says of itself."""

from typing import get_args

from fdc.tracking import TrialRecord, TrialStatus
from fdc.tracking.trials import RUN_STATUS


def record(**known) -> TrialRecord:
    return TrialRecord("0000", 0, {}, seed=1, **known)


def test_every_status_has_a_meaning_in_mlflow():
    assert set(RUN_STATUS) == set(get_args(TrialStatus))


def test_metrics_are_those_of_the_best_epoch():
    assert record().metrics == {}
    curve = [{"loss": 2.0}, {"loss": 1.0}, {"loss": 3.0}]
    assert record(curve=curve, best_epoch=1).metrics == {"loss": 1.0}


def test_seconds_per_epoch_are_measured_else_predicted_else_unknown():
    assert record().seconds_per_epoch is None
    assert record(predicted_epoch_seconds=7.0).seconds_per_epoch == 7
    measured = record(predicted_epoch_seconds=7.0, curve=[{}, {}], training_seconds=10.0)
    assert measured.seconds_per_epoch == 5


def test_start_seconds_are_what_its_epochs_did_not_take():
    done = {"status": "COMPLETED", "seconds": 12.0}
    assert record(training_seconds=10.0, seconds=12.0).start_seconds is None
    assert record(**done).start_seconds is None
    assert record(**done, training_seconds=10.0).start_seconds == 2
    assert record(**done, training_seconds=13.0).start_seconds == 0


def test_the_next_epoch_follows_those_of_the_trial_that_it_goes_on_from():
    assert record(first_epoch=3, curve=[{}, {}]).next_epoch == 5
