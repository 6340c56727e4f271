"""Where runs are kept, and that nothing about them leaves the machine."""

import os
import re
from pathlib import Path

DEFAULT_URI = "sqlite:///mlruns/mlflow.db"

_SQLITE = "sqlite:///"
_PASSWORD = re.compile(r"(?<=//)([^/@:]*):[^/@]*@")

_ALWAYS = {
    # MLflow reports its use to its makers unless it is told not to.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    # Its notices and bars would bury what fdc says.
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # It prints two lines for every trial, into whatever the user looks at.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
_UNLESS_SET = {
    # A server that runs no jobs of MLflow's own saves eight processes.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    # The sender repeats a failed request itself; MLflow's own seven retries take four minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}


def tracking_uri() -> str:
    """The MLflow server or database: MLFLOW_TRACKING_URI, else SQLite below `mlruns/`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI


def shown(uri: str) -> str:
    """A tracking URI for messages.

    Example:
        >>> shown("postgresql://fdc:secret@db/runs")
        'postgresql://fdc:***@db/runs'
    """
    return _PASSWORD.sub(r"\1:***@", uri)


def artifact_location(uri: str, experiment: str) -> str | None:
    """Where a new experiment keeps its artifacts.

    Args:
        uri: Tracking URI.
        experiment: Name of the experiment.

    Returns:
        A file URI next to a SQLite database; None where a server decides for itself.
    """
    database = database_file(uri)
    if database is None:
        return None
    return (database.parent / "artifacts" / experiment).as_uri()


def database_file(uri: str) -> Path | None:
    """The absolute path of a SQLite tracking URI; None for any other kind.

    Example:
        >>> database_file("sqlite:////data/mlflow.db").as_posix()
        '/data/mlflow.db'
        >>> database_file("http://127.0.0.1:5000") is None
        True
    """
    if not uri.startswith(_SQLITE):
        return None
    return Path(uri.removeprefix(_SQLITE).partition("?")[0]).absolute()


def quiet_mlflow() -> None:
    """Switches MLflow's telemetry off; to be called before MLflow is imported or started."""
    os.environ.update(_ALWAYS)
    for name, value in _UNLESS_SET.items():
        os.environ.setdefault(name, value)
