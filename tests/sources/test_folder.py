from pathlib import Path

import pytest

from fdc.sources import read, recognise
from tests.sources.builders import photos


def test_class_folders_become_labels(tmp_path: Path) -> None:
    photos(tmp_path / "둥근 얼굴", ["유아 (1).jpg", "b.PNG"])
    photos(tmp_path / "oval", ["a.jpg"])
    assert recognise(tmp_path) == "folder"
    table = read(tmp_path)
    assert dict(zip(table.path, table.label, strict=True)) == {
        "oval/a.jpg": "oval",
        "둥근 얼굴/b.PNG": "둥근 얼굴",
        "둥근 얼굴/유아 (1).jpg": "둥근 얼굴",
    }
    assert set(table.source) == {tmp_path.name}
    assert table.quarantine.isna().all()


@pytest.mark.parametrize("wrapper", ["", "set/images/"])
def test_published_splits_and_folders_around_them(tmp_path: Path, wrapper: str) -> None:
    inner = ["Train/a/1.jpg", "Train/b/1.jpg", "val/a/2.jpg", "test/b/person 3/deep/3.jpg"]
    photos(tmp_path, [wrapper + path for path in inner])
    table = read(tmp_path)
    assert list(table.label) == ["a", "b", "b", "a"]
    assert list(table.published_split) == ["train", "train", "test", "validation"]


def test_one_split_alone_is_no_split(tmp_path: Path) -> None:
    photos(tmp_path, ["train/a/1.jpg", "train/b/1.jpg"])
    table = read(tmp_path)
    assert list(table.label) == ["a", "b"]
    assert table.published_split.isna().all()


def test_a_single_class_keeps_its_name(tmp_path: Path) -> None:
    photos(tmp_path, ["happy/1.jpg", "happy/2.jpg"])
    assert set(read(tmp_path).label) == {"happy"}


def test_folders_below_a_class_are_not_classes(tmp_path: Path) -> None:
    photos(tmp_path, ["a/1.jpg", "a/p1/2.jpg", "b/p2/3.jpg"])
    assert list(read(tmp_path).label) == ["a", "a", "b"]


def test_a_photo_outside_the_class_folders_costs_no_other(tmp_path: Path) -> None:
    photos(tmp_path, ["a/1.jpg", "b/1.jpg", "stray.jpg"])
    table = read(tmp_path).set_index("path")
    assert table.quarantine["stray.jpg"] == "unreadable label: the photo lies in no class folder"
    assert table.quarantine.notna().sum() == 1


@pytest.mark.parametrize(
    ("column", "folders", "labels"),
    [
        ("gender", ["남자", "Woman"], ["female", "male"]),
        ("age", ["005", "20-29"], [5.0, 24.5]),
        ("tone", ["봄웜", "summer"], ["cool", "warm"]),
        ("emotion", ["Angry", "sad"], ["anger", "sadness"]),
        ("shape", ["round", "oval"], ["oval", "round"]),
    ],
)
def test_folders_can_name_any_column(
    tmp_path: Path, column: str, folders: list[str], labels: list[object]
) -> None:
    photos(tmp_path, [f"{folder}/1.jpg" for folder in folders])
    assert sorted(read(tmp_path, label_columns=[column])[column]) == labels


def test_a_folder_that_is_no_label_of_its_column_is_set_aside(tmp_path: Path) -> None:
    photos(tmp_path, ["female/1.jpg", "male/1.jpg", "odd/1.jpg"])
    table = read(tmp_path, label_columns=["gender"]).set_index("path")
    assert table.quarantine["odd/1.jpg"].startswith("unreadable label: gender 'odd' is none of")
    assert list(table.gender.dropna()) == ["female", "male"]


COLUMNS = ("gender", "job", "animal_face")


@pytest.mark.parametrize("wrapper", ["", "set/images/", "set/train/"])
def test_folders_in_each_other_name_several_labels(tmp_path: Path, wrapper: str) -> None:
    inner = [
        "여자/singer/cat/a_1.jpg",
        "female/actor/dog/deeper/b_1.jpg",
        "male/singer/cat/c_1.jpg",
    ]
    photos(tmp_path, [wrapper + path for path in inner])
    table = read(tmp_path, label_columns=COLUMNS).set_index("path")
    assert [list(table.loc[wrapper + path, list(COLUMNS)]) for path in inner] == [
        ["female", "singer", "cat"],
        ["female", "actor", "dog"],
        ["male", "singer", "cat"],
    ]


def test_an_outer_folder_that_all_share_is_a_label_where_it_is_needed(tmp_path: Path) -> None:
    photos(tmp_path, ["female/singer/cat/1.jpg", "female/singer/dog/2.jpg"])
    table = read(tmp_path, label_columns=COLUMNS)
    assert list(table.gender) == ["female", "female"]
    assert list(table.animal_face) == ["cat", "dog"]


def test_a_photo_in_fewer_folders_than_labels_has_the_outer_ones(tmp_path: Path) -> None:
    photos(tmp_path, ["female/singer/cat/1.jpg", "male/actor/2.jpg"])
    table = read(tmp_path, label_columns=COLUMNS).set_index("path")
    assert table.loc["male/actor/2.jpg", "job"] == "actor"
    assert table.animal_face.isna().tolist() == [False, True]
    assert table.quarantine.isna().all()
