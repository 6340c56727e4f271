"""Servers and databases that are really down, wrong, mute or closed to us."""

import http.server
import os
import socket
import subprocess
import threading
import time

import pytest

from fdc.errors import TrackingError
from fdc.tracking import require
from fdc.tracking.connection import reason


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mute_port():
    """A port that takes connections and never says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(5)
        yield listening.getsockname()[1]


@pytest.fixture
def other_server():
    """A web server that is not MLflow."""
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), http.server.BaseHTTPRequestHandler
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def refusal(uri: str, **options) -> TrackingError:
    with pytest.raises(TrackingError) as told:
        require(uri, **options)
    assert told.value.hint
    return told.value


def test_a_database_and_a_server_that_answer_pass(uri, server):
    require(uri)
    require(server.uri)


def test_a_sqlite_database_that_can_be_made_passes_and_is_not_made_yet(tmp_path):
    require(f"sqlite:///{tmp_path}/new/mlflow.db")
    assert not (tmp_path / "new" / "mlflow.db").exists()


@pytest.mark.parametrize("uri", ["./mlruns", "file:///tmp/mlruns", "ftp://host/runs", "databricks"])
def test_a_kind_that_mlflow_does_not_write_to(uri):
    error = refusal(uri)
    assert error.message == f"MLflow cannot keep runs at {uri}."
    assert "sqlite:///" in error.hint


def test_a_server_that_is_down_is_told_within_seconds(closed_port):
    refusal("http://127.0.0.1:1")  # MLflow's import is not what is measured
    began = time.monotonic()
    error = refusal(f"http://127.0.0.1:{closed_port}")
    assert time.monotonic() - began < 3
    assert error.message.endswith("cannot be used: connection refused.")
    assert "MLFLOW_TRACKING_URI" in error.hint


def test_a_web_server_that_is_not_mlflow(other_server):
    assert "cannot be used: API request to endpoint" in refusal(other_server).message


@pytest.mark.parametrize("scheme", ["http", "postgresql+psycopg"])
def test_nobody_waits_for_one_that_says_nothing(scheme, mute_port):
    error = refusal(f"{scheme}://127.0.0.1:{mute_port}", seconds=1)
    assert error.message.endswith("cannot be used: no answer within 1 s.")


def test_a_database_server_that_is_down_is_told_without_its_password(closed_port):
    error = refusal(f"postgresql+psycopg://fdc:secret@127.0.0.1:{closed_port}/runs")
    assert "Connection refused" in error.message
    assert "fdc:***@127.0.0.1" in error.message
    assert "secret" not in str(error)


def test_a_driver_that_is_missing():
    error = refusal("mysql+mysqldb://host/runs")
    assert "No module named 'MySQLdb'" in error.message
    assert error.hint.startswith("Install that driver")


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("postgresql+nonsense://host/runs", "Can't load plugin"),
        ("postgresql://host:port/runs", "invalid literal"),
    ],
)
def test_a_uri_that_is_wrong(uri, said):
    assert said in refusal(uri).message


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "mlflow.db").write_text("something else " * 300)
    assert "file is not a database" in refusal(f"sqlite:///{tmp_path}/mlflow.db").message


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "mlruns").touch()
    assert "file exists" in refusal(f"sqlite:///{tmp_path}/mlruns/mlflow.db").message


@pytest.fixture
def closed_folder(tmp_path):
    """A folder that may not be written, by root neither."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    if os.geteuid():
        yield folder
        return
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here, and root may write everywhere else")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_folder_that_may_not_be_written(closed_folder):
    error = refusal(f"sqlite:///{closed_folder}/mlflow.db")
    assert "permission denied" in error.message
    assert "Give access" in error.hint


def test_a_folder_that_cannot_be_made():
    error = refusal("sqlite:////proc/fdc/mlflow.db")
    assert "no such file or directory" in error.message


def test_reasons_are_short():
    assert reason(ValueError()) == "ValueError"
    assert reason(ValueError("first.\nsecond")) == "first"
    assert len(reason(ValueError("x" * 999))) == 200
