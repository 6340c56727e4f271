"""A registry of its own for each test."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def _empty_store(tmp_path_factory) -> bytes:
    """A fresh MLflow database; making its tables takes seconds, a copy does not."""
    import mlflow

    database = tmp_path_factory.mktemp("empty") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{database}").search_experiments()
    return database.read_bytes()


@pytest.fixture
def store(tmp_path: Path, _empty_store: bytes) -> str:
    """Tracking URI of an empty store."""
    database = tmp_path / "mlflow.db"
    database.write_bytes(_empty_store)
    return f"sqlite:///{database}"
