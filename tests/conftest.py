"""What tests of every room share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.synthetic_crops import Data, draw

# Machines are shared: how long an example takes says nothing about it.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("patient")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real photos and weights beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no real photos and weights lie in ../shared")
    return SHARED


@pytest.fixture(scope="session")
def weights_folder(shared: Path) -> Path:
    """Folder of YuNet's and u2netp's weights."""
    return shared / "models"


@pytest.fixture(scope="session")
def portraits(shared: Path) -> list[Path]:
    """Real photos of single people, by path."""
    found = sorted((shared / "data" / "portraits").rglob("*.jpg"))
    assert found
    return found


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return Data(*draw(tmp_path_factory.mktemp("crops")))
