"""A real MLflow server on loopback, and readers of what arrived."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from fdc.tracking import Journal, quiet_mlflow


class Server:
    """`mlflow server` over SQLite; can be stopped and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"),
            *("--port", str(self.port), "--workers", "1"),
            *("--backend-store-uri", f"sqlite:///{self.folder}/server.db"),
            *("--artifacts-destination", str(self.folder / "artifacts")),
        ]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, env={**os.environ}
            )
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.uri}/health", timeout=1).close()
                return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError((self.folder / "server.log").read_text()[-2000:])

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    quiet_mlflow()
    running = Server(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Making the tables takes seconds: once is enough."""
    quiet_mlflow()
    from mlflow import MlflowClient

    path = tmp_path_factory.mktemp("database") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def uri(empty_database: Path, tmp_path: Path) -> str:
    """A SQLite database with its tables and nothing in them."""
    path = tmp_path / "mlruns" / "mlflow.db"
    path.parent.mkdir()
    path.write_bytes(empty_database.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def open_journal() -> Iterator[Callable[[Path], Journal]]:
    """Opens journals, which are closed after the test."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(closing(Journal(folder)))


@pytest.fixture
def runs_of() -> Callable[[str, str], list[Any]]:
    """All runs of an experiment, oldest first."""
    from mlflow import MlflowClient

    def read(uri: str, experiment: str) -> list[Any]:
        client = MlflowClient(uri)
        found = client.get_experiment_by_name(experiment)
        if found is None:
            return []
        ids = [found.experiment_id]
        return list(client.search_runs(ids, order_by=["attributes.start_time"], max_results=1000))

    return read


@pytest.fixture
def points_of() -> Callable[[str, str, str], Counter[tuple[int, float]]]:
    """How often each (step, value) of a metric is in MLflow."""
    from mlflow import MlflowClient

    def read(uri: str, run_id: str, metric: str) -> Counter[tuple[int, float]]:
        history = MlflowClient(uri).get_metric_history(run_id, metric)
        return Counter((point.step, point.value) for point in history)

    return read
