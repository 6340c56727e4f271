"""What the README promises, said as the README says it."""

import base64
import contextlib
import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import REPOSITORY, SMALL, Make, make_in
from tests.servers import free_port

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(1800)]


@contextlib.contextmanager
def running(command: list[str], folder: Path, url: str, **env: str) -> Iterator[None]:
    """A server in a process group of its own, awaited until it answers."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **env},
        )  # fmt: skip
    try:
        for _ in range(240):
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
                break
            assert process.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.5)
        else:
            pytest.fail(f"{url} did not answer: {(folder / 'server.log').read_text()}")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def promoted(project: Path) -> Path:
    """The project with a champion for age."""
    said = make_in(project)("promote", TASK="age")
    assert said.returncode == 0, said.stderr
    assert "fdc-age version 1" in said.stdout
    return project


@pytest.fixture(scope="session")
def photo(project: Path) -> Path:
    """One of the drawn photos."""
    return min((project / "data").glob("sample-*/images/*.png"))


def test_the_first_search_tells_what_it_found(project: Path):
    said = (project / "said.txt").read_text(encoding="utf-8")
    assert "DRAWINGS" in said
    assert "fdc-age version 1" in said
    assert re.search(r"[가-힣]", said)


def test_every_trial_and_the_model_are_in_mlflow(project: Path):
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{project}/mlruns/mlflow.db")
    [experiment] = [e for e in client.search_experiments() if e.name == "fdc-age"]
    runs = client.search_runs([experiment.experiment_id])
    [parent] = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    trials = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    names = sorted(run.info.run_name for run in trials)
    proposed = [name for name in names if name.startswith("trial")]
    # On a busy machine one may have been refused.
    assert proposed == [f"trial {number:03d}" for number in range(len(proposed))]
    assert {"baseline constant", "baseline skin-colour"} <= set(names)
    assert parent.info.status == "FINISHED"
    finished = [run for run in trials if run.info.status == "FINISHED"]
    assert len(finished) >= 2
    for run in finished:
        points = client.get_metric_history(run.info.run_id, "val_accuracy")
        steps = [point.step for point in points]
        assert steps == list(range(steps[0], steps[0] + len(steps))), "one point per epoch"
        assert run.data.params["seed"]
    logged = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert {"figures", "leaderboard.json", "report.json", "model_card.html", "test"} <= logged
    [data] = parent.inputs.dataset_inputs
    assert data.dataset.digest
    assert client.get_model_version("fdc-age", "1").run_id == parent.info.run_id


def test_the_same_search_again_tells_the_result_and_does_nothing_twice(make: Make):
    began = time.monotonic()
    said = make("search", TASK="age", MINUTES=3, ARGS=SMALL)
    assert said.returncode == 0, said.stderr
    assert "done already" in said.stdout
    assert time.monotonic() - began < 100


def test_the_page_and_mlflow_give_the_same_answer_for_the_same_photo(promoted: Path, photo: Path):
    port, base = free_port(), "http://127.0.0.1"
    server = ["make", "-o", ".venv/.ready", "serve", f"PORT={port}"]
    with running(server, promoted, f"{base}:{port}/health"):
        sent = subprocess.run(
            ["curl", "--silent", "--fail", "-F", f"photo=@{photo}", f"{base}:{port}/predict"],
            capture_output=True, check=True,
        )  # fmt: skip
        [ours] = json.loads(sent.stdout)["answers"]
    port = free_port()
    server = [
        f"{promoted}/.venv/bin/mlflow", "models", "serve", "-m", "models:/fdc-age@champion",
        "--env-manager", "local", "--port", str(port),
    ]  # fmt: skip
    uri = f"sqlite:///{promoted}/mlruns/mlflow.db"
    path = f"{promoted}/.venv/bin:{os.environ['PATH']}"
    with running(server, promoted, f"{base}:{port}/ping", MLFLOW_TRACKING_URI=uri, PATH=path):
        asked = {"inputs": {"photo": [base64.b64encode(photo.read_bytes()).decode()]}}
        request = urllib.request.Request(
            f"{base}:{port}/invocations",
            json.dumps(asked).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            [theirs] = json.loads(response.read())["predictions"]
    assert ours["label"] == theirs["label"]
    for label, probability in theirs["probabilities"].items():
        assert ours["probabilities"][label] == pytest.approx(probability, abs=1e-5)


def test_what_is_worse_is_not_promoted_and_nothing_is_rolled_back_to_nothing(
    promoted: Path, make: Make
):
    said = make("rollback", TASK="age")
    assert said.returncode != 0
    assert "no predecessor" in said.stderr
    said = make("promote", TASK="tone")
    assert said.returncode != 0
    assert "No version of fdc-tone is registered" in said.stderr


def test_kill_in_the_middle_of_prepare_and_of_search_loses_nothing(empty_project: Path):
    def searching() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["make", "-o", ".venv/.ready", "search", "TASK=age", "MINUTES=3", f"ARGS={SMALL}"],
            cwd=empty_project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def killed_once(pattern: str) -> None:
        process = searching()
        for _ in range(1200):
            if list(empty_project.glob(pattern)) or process.poll() is not None:
                break
            time.sleep(0.1)
        assert process.poll() is None, f"ended before {pattern} was there"
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    killed_once("data/stores/*/crops.u8")
    killed_once("data/searches/*/trials/*/*")
    drawn = {path: path.stat().st_mtime_ns for path in empty_project.glob("data/sample-*/*/*.png")}
    [crops] = empty_project.glob("data/stores/*/crops.u8")
    written = crops.stat().st_mtime_ns
    said = make_in(empty_project)("search", TASK="age", MINUTES=3, ARGS=SMALL)
    assert said.returncode == 0, said.stderr
    assert drawn == {path: path.stat().st_mtime_ns for path in drawn}
    assert crops.stat().st_mtime_ns == written
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{empty_project}/mlruns/mlflow.db")
    [experiment] = [e for e in client.search_experiments() if e.name == "fdc-age"]
    runs = client.search_runs([experiment.experiment_id])
    names = [run.info.run_name for run in runs]
    assert sorted(names) == sorted(set(names)), "a trial was logged twice"
    assert {"trial 000", "trial 001"} < set(names)


def test_help_lists_every_target(make: Make):
    said = make("help").stdout
    targets = re.findall(r"^([a-z]+):.*## ", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) > 10
    for target in targets:
        assert target in said


def test_the_lock_file_names_no_host():
    lock = (REPOSITORY / "requirements.txt").read_text()
    assert "tensorflow==" in lock
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", lock)
