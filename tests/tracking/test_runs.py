"""A search's runs as MLflow holds them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fdc.errors import TrackingError
from fdc.tracking import SearchRun, TrialRecord


def search(uri: str, folder: Path, **options) -> SearchRun:
    return SearchRun("fdc-age", "drawn sample", folder / "search", uri=uri, **options)


def by_name(runs: list) -> dict:
    return {run.info.run_name: run for run in runs}


def test_a_search_is_a_parent_with_a_child_per_trial(uri, tmp_path, runs_of, points_of):
    with search(uri, tmp_path, tags={"fdc.recipe": "ab12"}, params={"minutes": 8}) as run:
        for number, status in enumerate(["COMPLETED", "FAILED", "PRUNED", "REFUSED"]):
            trial = f"t{number}"
            run.history.trial_began(
                TrialRecord(trial, number, {"width": np.int64(32), "rate": 1e-3}, seed=7)
            )
            run.history.network_built(trial, 1000, 64, 0, None)
            for epoch in range(3):
                metrics = {"val_accuracy": epoch / 4, "val_loss": np.float32(2)}
                run.history.epoch_ended(trial, epoch, metrics, improved=True)
            reason = None if status == "COMPLETED" else f"because of {status}"
            trace = "Traceback ..." if status == "FAILED" else None
            run.history.trial_ended(trial, status, reason, seconds=12.5, traceback=trace)
        run.log_metrics({"test/recall/60+": 0.25})

    runs = by_name(runs_of(uri, "fdc-age"))
    parent = runs["drawn sample"]
    assert parent.info.status == "FINISHED"
    assert parent.data.tags["fdc.recipe"] == "ab12"
    assert parent.data.tags["fdc.env.python"].startswith("3.11")
    assert parent.data.params == {"minutes": "8"}
    assert parent.data.metrics == {"test/recall/60_": 0.25}
    mlflow_status = [runs[f"trial 00{n}"].info.status for n in range(4)]
    assert mlflow_status == ["FINISHED", "FAILED", "KILLED", "KILLED"]
    child = runs["trial 002"]
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert child.data.tags["fdc.status"] == "PRUNED"
    assert child.data.tags["fdc.reason"] == "because of PRUNED"
    assert child.data.params == {"width": "32", "rate": "0.001", "seed": "7", "number": "2"}
    assert points_of(uri, child.info.run_id, "val_accuracy") == {
        (0, 0): 1,
        (1, 0.25): 1,
        (2, 0.5): 1,
    }
    assert child.data.metrics["result/val_accuracy"] == 0.5
    assert child.data.metrics["parameters"] == 1000
    failed = runs["trial 001"]
    traceback = Path(failed.info.artifact_uri.removeprefix("file://")) / "traceback.txt"
    assert traceback.read_text() == "Traceback ..."


def test_a_resumed_search_goes_on_with_the_same_runs(uri, tmp_path, runs_of, points_of):
    with (
        contextlib.suppress(KeyboardInterrupt),
        search(uri, tmp_path, params={"minutes": 8}) as run,
    ):
        run.history.trial_began(TrialRecord("a", 0, {"width": 8}, seed=1))
        run.history.epoch_ended("a", 0, {"loss": 2.0}, improved=True)
        run.history.epoch_ended("a", 1, {"loss": 1.5}, improved=True)
        raise KeyboardInterrupt
    first = by_name(runs_of(uri, "fdc-age"))
    assert [first[name].info.status for name in ("drawn sample", "trial 000")] == ["KILLED"] * 2
    assert first["trial 000"].data.tags["fdc.status"] == "KILLED"

    with search(uri, tmp_path, params={"minutes": 20}) as run:
        assert run.history.trials["a"].curve == [{"loss": 2.0}, {"loss": 1.5}]
        run.history.trial_began(TrialRecord("a", 0, {"width": 8}, seed=1))
        run.history.epoch_ended("a", 1, {"loss": 1.4}, improved=True)
        run.history.epoch_ended("a", 2, {"loss": 1.0}, improved=True)
        run.history.trial_ended("a", "COMPLETED", None, seconds=3.0)

    second = by_name(runs_of(uri, "fdc-age"))
    assert {name: run.info.run_id for name, run in first.items()} == {
        name: run.info.run_id for name, run in second.items()
    }
    child = second["trial 000"]
    assert child.info.status == "FINISHED"
    assert child.data.tags["fdc.status"] == "COMPLETED"
    assert points_of(uri, child.info.run_id, "loss") == {(0, 2.0): 1, (1, 1.5): 1, (2, 1.0): 1}
    parent = second["drawn sample"]
    assert parent.info.status == "FINISHED"
    assert parent.data.params["minutes"] == "8"
    assert parent.data.tags["fdc.resumed_with.minutes"] == "20"


def test_what_a_resumed_search_tells_again_is_not_told_twice(uri, tmp_path, runs_of, points_of):
    for _ in range(2):
        with search(uri, tmp_path) as run:
            run.history.trial_began(TrialRecord("a", 0, {"width": 8}, seed=1))
            run.history.epoch_ended("a", 0, {"loss": 2.0}, improved=True)
            run.history.trial_ended("a", "COMPLETED", None, seconds=3.0)
            assert [trial.status for trial in run.history.trials.values()] == ["COMPLETED"]
    child = by_name(runs_of(uri, "fdc-age"))["trial 000"]
    assert child.info.status == "FINISHED"
    for metric in ("loss", "result/loss", "seconds"):
        assert points_of(uri, child.info.run_id, metric).total() == 1


def test_an_error_marks_the_run_failed_and_says_why(uri, tmp_path, runs_of):
    with pytest.raises(ValueError, match="no luck"), search(uri, tmp_path):
        raise ValueError("no luck")
    (parent,) = runs_of(uri, "fdc-age")
    assert parent.info.status == "FAILED"
    assert parent.data.tags["fdc.reason"] == "ValueError: no luck"


def test_a_folder_has_one_writer(uri, tmp_path):
    with search(uri, tmp_path), pytest.raises(TrackingError, match="Another process"):
        search(uri, tmp_path)


KILLED = """
import os, signal, sys, time
from pathlib import Path
from fdc.tracking import SearchRun, TrialRecord

run = SearchRun("fdc-age", "drawn sample", Path(sys.argv[2]), uri=sys.argv[1])
history = run.history
for trial in range(3):
    record = history.trial_began(TrialRecord(str(trial), trial, {"width": trial}, seed=1))
    for epoch in range(record.next_epoch, 200):
        history.epoch_ended(record.id, epoch, {"loss": trial + epoch / 1000}, improved=True)
        print(trial, epoch, flush=True)
        time.sleep(0.005)
    history.trial_ended(record.id, "COMPLETED", None, seconds=1.0)
print("close", run.close(timeout=60), flush=True)
"""


def test_kill_nine_loses_nothing_and_sends_nothing_twice(uri, tmp_path, runs_of, points_of):
    command = [sys.executable, "-c", KILLED, uri, str(tmp_path / "search")]
    told = 0
    # The second kill falls into the sending: MLflow's import takes some seconds.
    for seconds in (0.6, 9.0):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        told += len(process.stdout.read().splitlines()) + 1
        process.wait()
    last = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    assert "close None" in last.stdout
    assert told > 0

    runs = by_name(runs_of(uri, "fdc-age"))
    assert sorted(runs) == ["drawn sample", "trial 000", "trial 001", "trial 002"]
    for trial in range(3):
        points = points_of(uri, runs[f"trial 00{trial}"].info.run_id, "loss")
        assert points == {(epoch, trial + epoch / 1000): 1 for epoch in range(200)}
        assert runs[f"trial 00{trial}"].info.status == "FINISHED"


def test_a_call_takes_less_than_a_millisecond_or_so(uri, tmp_path):
    with search(uri, tmp_path) as run:
        run.history.trial_began(TrialRecord("a", 0, {}, seed=1))
        took = []
        for epoch in range(500):
            began = time.perf_counter()
            run.history.epoch_ended(
                "a", epoch, {"loss": 1.0, "val_loss": 2.0, "val_accuracy": 0.5}, improved=True
            )
            took.append(time.perf_counter() - began)
    assert np.median(took) < 0.002


def test_nothing_that_is_logged_names_a_person_or_the_machine(uri, tmp_path, runs_of):
    with search(uri, tmp_path):
        pass
    (parent,) = runs_of(uri, "fdc-age")
    said = json.dumps(parent.data.tags)
    assert os.uname().nodename not in said
    assert str(Path.home()) not in said
