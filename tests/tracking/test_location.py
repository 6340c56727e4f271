"""Where runs are kept."""

import os
import subprocess
import sys

from fdc.tracking.location import artifact_location, quiet_mlflow, tracking_uri


def test_the_default_is_sqlite_below_mlruns(monkeypatch, tmp_path):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    assert tracking_uri() == "sqlite:///mlruns/mlflow.db"
    expected = (tmp_path / "mlruns/artifacts/fdc-age").as_uri()
    assert artifact_location(tracking_uri(), "fdc-age") == expected


def test_a_server_decides_for_itself(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    assert tracking_uri() == "http://127.0.0.1:5000"
    assert artifact_location(tracking_uri(), "fdc-age") is None


def test_telemetry_is_off_and_settings_of_the_user_stay(monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setitem(os.environ, "MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    monkeypatch.setitem(os.environ, "MLFLOW_DISABLE_TELEMETRY", "false")
    quiet_mlflow()
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert os.environ["DO_NOT_TRACK"] == "true"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"


def test_mlflow_agrees_that_it_reports_nothing():
    code = (
        "from fdc.tracking import quiet_mlflow; quiet_mlflow();"
        "from mlflow.telemetry.client import get_telemetry_client;"
        "print(get_telemetry_client())"
    )
    clean = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTEST_CURRENT_TEST")}
    clean |= {"MLFLOW_DISABLE_TELEMETRY": "false"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "None"


def test_importing_tracking_imports_neither_mlflow_nor_tensorflow():
    code = (
        "import sys, fdc.tracking;"
        "print([m for m in ('mlflow', 'tensorflow', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
