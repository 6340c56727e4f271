"""What tests of every room share."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real photos and weights beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no real photos and weights lie in ../shared")
    return SHARED
