"""What the tests of crops share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FDC_WEIGHTS", str(tmp_path / "no weights"))
