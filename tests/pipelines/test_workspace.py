"""Two folders of photos never share what is kept of them."""

from pathlib import Path

import pytest

from pipelines import workspace


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "photos", tmp_path / "b" / "photos"
    assert workspace.dataset_name(one) != workspace.dataset_name(other)
    assert workspace.dataset_name(one).startswith("photos-")


def test_a_folder_has_one_name_whatever_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "사진 (1)").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "사진 (1)")
    monkeypatch.chdir(tmp_path)
    names = {
        workspace.dataset_name(path)
        for path in (
            tmp_path / "사진 (1)",
            Path("사진 (1)"),
            Path("link"),
            Path("./link/../사진 (1)"),
        )
    }
    assert len(names) == 1
    assert names.pop().startswith("사진-1-")


def test_every_task_and_every_search_has_its_own_place(tmp_path: Path) -> None:
    places = {
        place(task, tmp_path)
        for place in (workspace.manifest, workspace.splits, workspace.report)
        for task in ("age", "gender")
    }
    places |= {workspace.search("age-1"), workspace.search("age-2"), workspace.audit("age-1")}
    places |= {workspace.sample(6, 2), workspace.sample(62, 2)}
    assert len(places) == 11
    assert all(place.is_relative_to(workspace.DATA) for place in places)
