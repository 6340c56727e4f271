"""How MLflow's server or database is reached, and why it is not."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import os
import re
from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import TYPE_CHECKING

from fdc.errors import TrackingError
from fdc.tracking.location import database_file, quiet_mlflow, shown

if TYPE_CHECKING:
    from mlflow import MlflowClient

_SERVERS = ("http", "https")
_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
_HINTS: tuple[tuple[type[Exception], str], ...] = (
    (ImportError, "Install that driver, or name one that is there, such as postgresql+psycopg://."),
    (ValueError, "Write it like postgresql+psycopg://user:password@host:5432/database."),
    (PermissionError, "Give access to that folder, or set MLFLOW_TRACKING_URI to another place."),
    (FileExistsError, "There is a file where a folder should be: set MLFLOW_TRACKING_URI anew."),
    (Exception, "Start it, or set MLFLOW_TRACKING_URI to a server or database that answers."),
)
_DRIVER = re.compile(r"^\([\w.]+\) ")
_SYSTEM_REASON = re.compile(r"\[Errno -?\d+\] ([\w ]+)")


def require(uri: str, seconds: float = 10.0) -> None:
    """Makes sure that runs can be written, before hours of work depend on it.

    A SQLite database that does not exist yet passes where it can be made.

    Args:
        uri: MLflow's tracking URI.
        seconds: How long a server or database may take to answer.

    Raises:
        TrackingError: It is of no kind that MLflow writes to, or does not answer, or refuses.
    """
    scheme = uri.partition(":")[0].partition("+")[0]
    if scheme not in (*_SERVERS, *_DATABASES):
        raise TrackingError(
            f"MLflow cannot keep runs at {shown(uri)}.",
            "Set MLFLOW_TRACKING_URI to a server (http://, https://) or a database "
            "(sqlite:///, postgresql://, mysql://, mssql://).",
        )
    try:
        if scheme in _SERVERS:
            _answers_within(seconds, _question_to_server(uri))
        elif _exists_or_can_be_made(database_file(uri)):
            _answers_within(seconds, _question_to_database(uri))
    except Exception as error:  # each driver raises errors of its own
        hint = next(hint for kind, hint in _HINTS if isinstance(error, kind))
        message = f"MLflow at {shown(uri)} cannot be used: {reason(error)}."
        raise TrackingError(message, hint) from error


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
    """Why MLflow cannot be reached, in a few words.

    Args:
        error: What a client, a driver or the system raised.

    Example:
        >>> reason(OSError("HTTPConnectionPool(port=5000): [Errno 111] Connection refused"))
        'connection refused'
    """
    text = _DRIVER.sub("", str(error).strip()) or type(error).__name__
    system = _SYSTEM_REASON.search(text)
    return system.group(1).lower() if system else text.partition("\n")[0][:200].rstrip(".")


def _question_to_server(uri: str) -> Callable[[], object]:
    quiet_mlflow()
    from mlflow import MlflowClient

    return lambda: MlflowClient(uri).search_experiments(max_results=1)


def _question_to_database(uri: str) -> Callable[[], object]:
    from sqlalchemy import create_engine, inspect

    engine = create_engine(uri)
    return lambda: inspect(engine).has_table("experiments")


def _answers_within(seconds: float, question: Callable[[], object]) -> None:
    # A host that drops packets keeps some drivers waiting for minutes.
    with ThreadPool(1) as pool:
        try:
            pool.apply_async(question).get(seconds)
        except multiprocessing.TimeoutError:
            raise TimeoutError(f"no answer within {seconds:g} s") from None


def _exists_or_can_be_made(database: Path | None) -> bool:
    """Whether there is a database to ask; False where a SQLite file is still to be made."""
    if database is None:
        return True
    database.parent.mkdir(parents=True, exist_ok=True)
    place = database if database.exists() else database.parent
    if not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    return database.exists()
