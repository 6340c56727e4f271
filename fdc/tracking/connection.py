"""How MLflow's server or database is reached, and why it is not."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from fdc.tracking.location import database_file, quiet_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient

_SYSTEM_REASON = re.compile(r"\[Errno \d+\] ([\w ]+)")


def open_client(uri: str) -> MlflowClient:
    """A client of MLflow; makes a SQLite database and its tables where they are absent.

    Args:
        uri: MLflow's tracking URI.
    """
    quiet_mlflow()
    from filelock import FileLock
    from mlflow import MlflowClient

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    database = database_file(uri)
    if database is None:
        return MlflowClient(uri)
    database.parent.mkdir(parents=True, exist_ok=True)
    # Two processes that both make the tables of a new database break it.
    with FileLock(database.with_name(database.name + ".lock")):
        client = MlflowClient(uri)
        client.search_experiments(max_results=1)
    return client


def reason(error: Exception) -> str:
    """Why MLflow cannot be reached, in a few words, such as "connection refused"."""
    text = str(error).strip() or type(error).__name__
    system = _SYSTEM_REASON.search(text)
    return system.group(1).lower() if system else text.partition("\n")[0][:200]
