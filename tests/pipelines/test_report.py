"""The page about photos is written whether they can be learned from or not."""

from pathlib import Path

import pytest

from pipelines import workspace
from pipelines.report import report
from tests.pipelines.photos import emotions, experiment


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "photos"


def test_the_page_lies_where_it_is_said_to(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    emotions(root)
    report(experiment(root))
    page = workspace.report("emotion", root)
    assert "30" in page.read_text(encoding="utf-8")
    assert str(page) in capsys.readouterr().out.replace("\n", "")


def test_photos_that_cannot_be_split_have_a_page_that_says_why(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emotions(root, 2)
    (root / "sad" / "broken.png").write_bytes(b"no photo")
    report(experiment(root), tmp_path / "new" / "page.html")
    assert "A side of the split is empty" in capsys.readouterr().out.replace("\n", " ")
    assert "sad/broken.png" in (tmp_path / "new" / "page.html").read_text(encoding="utf-8")
