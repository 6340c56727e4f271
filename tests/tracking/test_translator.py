"""What MLflow is told of each event."""

import json
from pathlib import Path

import pytest

from fdc.tracking import TrialHistory, TrialRecord
from fdc.tracking.run_logger import RunLogger
from fdc.tracking.translator import PARENT, RunUpdate, Translator


class Search:
    """A search's journal, and the updates that are made of what was appended since last asked."""

    def __init__(self, folder: Path, open_journal) -> None:
        self.journal = open_journal(folder)
        self.history = TrialHistory(self.journal)
        self.parent = RunLogger(self.journal)
        self._translator = Translator()
        self._offset = 0

    def updates(self) -> list[RunUpdate]:
        found = []
        for event, end in self.journal.read(self._offset):
            self._offset = end
            found += self._translator.translate(event)
        return found


@pytest.fixture
def search(tmp_path, open_journal):
    return Search(tmp_path, open_journal)


@pytest.fixture
def trial(search):
    record = search.history.trial_began(TrialRecord("0007", 7, {"width": 8}, seed=3))
    search.updates()
    return record


def merged(updates: list[RunUpdate], name: str) -> dict:
    return {key: value for update in updates for key, value in getattr(update, name).items()}


def test_a_trial_is_a_child_with_its_hyperparameters(search):
    search.history.trial_began(TrialRecord("0007", 7, {"a+b": 0.5}, seed=3, continues="0001"))
    began, params = search.updates()
    assert (began.run, began.name, began.parent) == ("trial-0007", "trial 007", PARENT)
    assert began.tags == {
        "fdc.trial_id": "0007",
        "fdc.role": "trial",
        "fdc.status": "RUNNING",
        "fdc.reason": "",
    }
    assert params.params == {"a_b": "0.5", "seed": "3", "number": "7", "continues": "0001"}


def test_a_baseline_and_the_best_trained_on_are_named_as_such(search):
    search.history.trial_began(TrialRecord("constant", 0, {}, seed=3, role="baseline"))
    search.history.trial_began(TrialRecord("final", 0, {}, seed=3, role="final"))
    names = [update.name for update in search.updates() if update.name]
    assert names == ["baseline constant", "final"]


def test_what_concerns_the_search_alone_changes_nothing(search, trial):
    search.history.search_began({"seed": 1})
    search.history.seconds_used(4.0)
    search.history.network_built(trial.id, 1000, 64, 0, None)
    search.history.speed_measured(trial.id, 2.0)
    assert search.updates() == []


def test_an_epoch_is_a_point_and_never_two(search, trial):
    search.history.epoch_ended(trial.id, 0, {"val loss": 2.0}, improved=True)
    search.history.epoch_ended(trial.id, 1, {"val loss": 1.0}, improved=True)
    first, second = search.updates()
    assert (first.metrics, first.step) == ({"val loss": 2.0}, 0)
    assert (second.metrics, second.step) == ({"val loss": 1.0}, 1)
    # The checkpoint was lost, and its epochs are trained again.
    search.history.network_built(trial.id, 1000, 64, 0, None)
    for epoch in range(3):
        search.history.epoch_ended(trial.id, epoch, {"val loss": 0.5}, improved=True)
    assert [(update.metrics, update.step) for update in search.updates()] == [
        ({"val loss": 0.5}, 2)
    ]


@pytest.mark.parametrize(
    ("status", "run_status"),
    [("COMPLETED", "FINISHED"), ("PRUNED", "KILLED"), ("REFUSED", "KILLED"), ("FAILED", "FAILED")],
)
def test_the_end_of_a_trial(search, trial, status, run_status):
    search.history.network_built(trial.id, 1000, 64, 0, None)
    search.history.epoch_ended(trial.id, 0, {"loss": 2.0}, improved=True)
    search.history.epoch_ended(trial.id, 1, {"loss": 3.0}, improved=False)
    search.updates()
    search.history.trial_ended(trial.id, status, "why", seconds=9.0, traceback="Traceback ...")
    result, end = search.updates()
    assert result.metrics == {"result/loss": 2.0, "seconds": 9.0, "parameters": 1000}
    assert end.tags == {"fdc.status": status, "fdc.reason": "why"}
    assert (end.artifact, end.text) == ("traceback.txt", "Traceback ...")
    assert end.status == run_status


def test_an_interrupted_trial_stays_open_until_its_search_ends(search, trial):
    search.history.trial_ended(trial.id, None, "interrupted", seconds=9.0)
    assert search.updates() == []
    search.journal.append("run_ended", status="KILLED")
    killed, parent = search.updates()
    assert (killed.run, killed.status) == ("trial-0007", "KILLED")
    assert killed.tags == {"fdc.status": "KILLED"}
    assert (parent.run, parent.status) == (PARENT, "KILLED")


def test_a_result_is_told_again_only_where_it_has_changed(search, trial):
    for seconds in (9.0, 9.0, 12.0):
        search.history.trial_began(trial)
        search.history.trial_ended(trial.id, "COMPLETED", None, seconds=seconds)
    assert [update.metrics for update in search.updates() if update.metrics] == [
        {"seconds": 9.0},
        {"seconds": 12.0},
    ]


def test_a_parameter_that_changes_is_a_tag(search):
    search.parent.log_params({"minutes": 8, "seed": 1})
    search.parent.log_params({"minutes": 20, "seed": 1, "trials": 3})
    first, new, changed = search.updates()
    assert first.params == {"minutes": "8", "seed": "1"}
    assert new.params == {"trials": "3"}
    assert changed.tags == {"fdc.resumed_with.minutes": "20"}


def test_names_and_values_are_such_that_mlflow_takes_them(search):
    search.parent.log_metrics({"test/recall/60+": 1, "한글 a-b.c:d": 2})
    search.parent.log_tags({"long": "x" * 10_000})
    updates = search.updates()
    assert merged(updates, "metrics") == {"test/recall/60_": 1.0, "한글 a-b.c:d": 2.0}
    assert merged(updates, "tags") == {"long": "x" * 6000}


def test_tables_are_named_all_in_one_tag(search):
    import pandas as pd

    for name in ("leaderboard.json", "audit.json", "leaderboard.json"):
        search.parent.log_table(pd.DataFrame({"a": [1]}), name)
    shown = json.loads(merged(search.updates(), "tags")["mlflow.loggedArtifacts"])
    assert shown == [
        {"path": "leaderboard.json", "type": "table"},
        {"path": "audit.json", "type": "table"},
    ]
