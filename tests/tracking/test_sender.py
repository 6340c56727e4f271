"""A tracking server that goes away and comes back, and many processes that log at once."""

import multiprocessing
import socket
import time
from pathlib import Path

import pytest

from fdc.errors import TrackingError
from fdc.tracking import SearchRun, TrialRecord


def log_for_a_while(uri: str, folder: Path, worker: int, seconds: float) -> tuple[int, str | None]:
    """What one of many processes does; returns how many epochs it told, and what is unsent."""
    run = SearchRun("fdc-many", f"worker {worker}", folder / str(worker), uri=uri)
    end, epoch = time.monotonic() + seconds, 0
    run.history.trial_began(TrialRecord("t", 0, {"worker": worker}, seed=1))
    while time.monotonic() < end:
        run.history.epoch_ended(
            "t", epoch, {f"metric {i}": epoch + i / 8 for i in range(4)}, improved=True
        )
        epoch += 1
        time.sleep(0.02)
    run.history.trial_ended("t", "COMPLETED", None, seconds=seconds)
    return epoch, run.close(timeout=200)


def test_no_call_waits_for_a_server_that_takes_a_request_and_never_answers(tmp_path, monkeypatch):
    # All 62 calls return before the request is given up: none waits for as much as half a second.
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(120)
        uri = f"http://127.0.0.1:{mute.getsockname()[1]}"
        run = SearchRun("fdc-mute", "mute", tmp_path / "search", uri=uri)
        run.history.trial_began(TrialRecord("a", 0, {"width": 8}, seed=1))
        with mute.accept()[0] as request:  # from here on the sender waits for its answer
            assert request.recv(65536).startswith(b"GET /api/")
            for epoch in range(60):
                run.history.epoch_ended("a", epoch, {"loss": float(epoch)}, improved=True)
            run.log_text("said meanwhile", "note.txt")
            run.history.trial_ended("a", "COMPLETED", None, seconds=1.0)
            request.setblocking(False)
            with pytest.raises(BlockingIOError):  # open still: whoever gives up closes it
                request.recv(1)
            assert "same command sends them" in run.close(timeout=0.1)


def test_a_server_that_is_away_loses_nothing(server, tmp_path, runs_of, points_of):
    run = SearchRun("fdc-away", "away", tmp_path / "search", uri=server.uri)
    run.history.trial_began(TrialRecord("a", 0, {"width": 8}, seed=1))
    run.history.epoch_ended("a", 0, {"loss": 0.0}, improved=True)
    run.run_id(timeout=60)
    server.stop()
    for epoch in range(1, 60):
        run.history.epoch_ended("a", epoch, {"loss": float(epoch)}, improved=True)
        time.sleep(0.03)
    with pytest.raises(TrackingError, match="connection refused"):
        run.run_id(timeout=1.0)
    began = time.perf_counter()
    message = run.close(timeout=1.5)
    assert time.perf_counter() - began < 5
    assert message is not None
    assert "same command sends them" in message

    # The same command again: the server comes back while it runs.
    with SearchRun("fdc-away", "away", tmp_path / "search", uri=server.uri) as run:
        run.history.trial_began(TrialRecord("a", 0, {"width": 8}, seed=1))
        run.history.epoch_ended("a", 60, {"loss": 60.0}, improved=True)
        server.start()
        assert run.run_id(timeout=60)
        run.log_text("said while connected", "note.txt")
        run.history.trial_ended("a", "COMPLETED", None, seconds=1.0)
        assert run.close(timeout=60) is None
    runs = {found.info.run_name: found for found in runs_of(server.uri, "fdc-away")}
    assert sorted(runs) == ["away", "trial 000"]
    assert [run.info.status for run in runs.values()] == ["FINISHED", "FINISHED"]
    points = points_of(server.uri, runs["trial 000"].info.run_id, "loss")
    assert points == {(epoch, float(epoch)): 1 for epoch in range(61)}
    assert list(server.folder.rglob("note.txt"))


def many(uri, folder, workers, seconds, runs_of, points_of):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mlflow"])
    with context.Pool(workers) as pool:
        tasks = [(uri, folder, worker, seconds) for worker in range(workers)]
        said = pool.starmap(log_for_a_while, tasks, chunksize=1)
    assert [left for _, left in said] == [None] * workers
    runs = runs_of(uri, "fdc-many")
    parents = {r.info.run_id: r.info.run_name for r in runs if r.info.run_name != "trial 000"}
    children = [r for r in runs if r.info.run_name == "trial 000"]
    assert sorted(parents.values()) == [f"worker {i}" for i in range(workers)]
    assert len(children) == workers
    for child in children:
        worker = int(parents[child.data.tags["mlflow.parentRunId"]].split()[1])
        epochs = said[worker][0]
        assert epochs > 10
        for i in range(4):
            points = points_of(uri, child.info.run_id, f"metric {i}")
            assert points == {(epoch, epoch + i / 8): 1 for epoch in range(epochs)}


def test_eight_processes_log_through_the_server(server, tmp_path, runs_of, points_of):
    many(server.uri, tmp_path, 8, 5.0, runs_of, points_of)


def test_eight_processes_log_to_bare_sqlite(tmp_path, runs_of, points_of):
    """The database does not exist yet: all eight would make its tables."""
    many(f"sqlite:///{tmp_path}/mlruns/mlflow.db", tmp_path, 8, 5.0, runs_of, points_of)
