"""A registry of its own for each test, where the commands look for it."""

import pytest

from tests.registry.conftest import _empty_store, store

__all__ = ["_empty_store", "here", "store"]


@pytest.fixture
def here(tmp_path, monkeypatch, store):
    """An empty folder to work in, whose MLflow store holds nothing yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    return tmp_path
