"""What MLflow holds after it lost everything, or refused something."""

import json
from pathlib import Path

import pytest

from fdc.tracking import SearchRun, TrialRecord
from fdc.tracking.mlflow_writer import MlflowWriter, RefusedError
from fdc.tracking.translator import RunUpdate


def search(uri: str, folder: Path) -> SearchRun:
    return SearchRun("fdc-age", "drawn sample", folder / "search", uri=uri)


def test_saying_it_twice_is_saying_it_once(uri, tmp_path, runs_of, points_of):
    updates = [
        RunUpdate("search", 1000, name="drawn sample", tags={"fdc.kind": "search"}),
        RunUpdate("search", 1001, params={f"p{number}": "1" for number in range(200)}),
        RunUpdate("trial-0", 1002, name="trial 000", parent="search"),
        RunUpdate("trial-0", 1003, metrics={"loss": 0.5}, step=0),
        RunUpdate("trial-0", 1004, artifact="traceback.txt", text="Traceback ...", status="FAILED"),
        RunUpdate("search", 1005, status="FINISHED"),
    ]
    for _ in range(2):
        writer = MlflowWriter(uri, "fdc-age", "identity", tmp_path)
        assert writer.connect()
        writer.send(updates)
    parent, child = runs_of(uri, "fdc-age")
    assert (parent.info.run_name, parent.info.status) == ("drawn sample", "FINISHED")
    assert len(parent.data.params) == 200
    assert (child.info.run_name, child.info.status) == ("trial 000", "FAILED")
    assert (child.info.start_time, child.info.end_time) == (1002, 1004)
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert points_of(uri, child.info.run_id, "loss") == {(0, 0.5): 1}


def test_another_journal_makes_other_runs(uri, tmp_path, runs_of):
    for identity in ("one", "two"):
        writer = MlflowWriter(uri, "fdc-age", identity, tmp_path)
        writer.connect()
        writer.send([RunUpdate("search", 1000, name="drawn sample")])
    assert len(runs_of(uri, "fdc-age")) == 2


def test_a_deleted_database_is_filled_again(uri, tmp_path, runs_of, points_of, empty_database):
    with search(uri, tmp_path) as run:
        run.history.trial_began(TrialRecord("a", 0, {}, seed=1))
        run.history.epoch_ended("a", 0, {"loss": 2.0}, improved=True)
        run.history.trial_ended("a", "COMPLETED", None, seconds=3.0)
    other = tmp_path / "other" / "mlflow.db"
    other.parent.mkdir()
    other.write_bytes(empty_database.read_bytes())
    with search(f"sqlite:///{other}", tmp_path) as run:
        run.log_metrics({"test/accuracy": 0.5})
    runs = {run.info.run_name: run for run in runs_of(f"sqlite:///{other}", "fdc-age")}
    assert runs["drawn sample"].data.metrics == {"test/accuracy": 0.5}
    child = runs["trial 000"]
    assert child.info.status == "FINISHED"
    assert points_of(f"sqlite:///{other}", child.info.run_id, "loss") == {(0, 2.0): 1}


def test_what_mlflow_refuses_is_set_aside_and_the_rest_arrives(uri, tmp_path, runs_of):
    run = search(uri, tmp_path)
    run.log_metrics({"m" * 300: 1.0, "good": 2.0})
    run.log_metrics({"after": 3.0})
    message = run.close()
    assert message is not None
    assert "refused 1 log entries" in message
    (parent,) = runs_of(uri, "fdc-age")
    assert parent.data.metrics == {"after": 3.0}
    refused = (tmp_path / "search/refused.jsonl").read_text().splitlines()
    assert "good" in json.loads(refused[0])["metrics"]


def test_a_run_without_the_parent_that_mlflow_refused_is_refused_too(uri, tmp_path, runs_of):
    writer = MlflowWriter(uri, "fdc-age", "identity", tmp_path)
    writer.connect()
    with pytest.raises(RefusedError, match="its parent, the run search, could not be created"):
        writer.send([RunUpdate("trial-0", 1000, name="trial 000", parent="search")])
    assert runs_of(uri, "fdc-age") == []
