"""Stores that a manifest or a search refers to are kept; the others are listed, then deleted."""

from pathlib import Path

import pytest

from pipelines import workspace
from pipelines.prepare import prepare
from pipelines.store import collect_garbage, recipe_of
from tests.pipelines.photos import emotions, experiment


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fingerprints of three recipes; only the last one's manifest is still there."""
    monkeypatch.chdir(tmp_path)
    emotions(tmp_path / "photos")
    sizes = (32, 40, 48)
    return [
        prepare(experiment(tmp_path / "photos", size=size)).recipe.fingerprint for size in sizes
    ]


def remaining() -> set[str]:
    return {path.name for path in workspace.STORES.iterdir()}


def test_a_manifest_says_which_store_it_needs(stores: list[str], tmp_path: Path) -> None:
    assert recipe_of(workspace.manifest("emotion", tmp_path / "photos")) == stores[-1]


def test_nothing_is_deleted_unasked(stores: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    collect_garbage(delete=False)
    told = capsys.readouterr().out.replace("\n", " ")
    assert "2 crop store(s) are used by no manifest and no search." in told
    assert stores[0] in told.replace(" ", "")
    assert stores[2] not in told.replace(" ", "")
    assert remaining() == set(stores)


def test_what_a_search_or_a_manifest_needs_is_kept(stores: list[str]) -> None:
    searched = workspace.search("emotion-0") / workspace.SEARCHED_RECIPE
    searched.parent.mkdir(parents=True)
    searched.write_text(stores[0], encoding="ascii")
    collect_garbage(delete=True)
    assert remaining() == {stores[0], stores[2]}
