"""What the tests of faces share."""

from pathlib import Path

import pytest


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


@pytest.fixture(autouse=True)
def _no_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FDC_WEIGHTS", str(tmp_path / "no weights"))
