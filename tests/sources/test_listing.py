import os
from pathlib import Path

import pytest

from fdc.errors import DataError
from fdc.sources.listing import files_below, photos_below, published_split
from tests.damage import encoded, picture
from tests.sources.builders import photos


def test_photos_are_listed_sorted_at_any_depth_and_in_any_case(tmp_path: Path) -> None:
    names = ["b/2.PNG", "b/10.jpeg", "a/x.WebP", "z.JPG", "유아 (1).jpg"]
    photos(tmp_path, names)
    (tmp_path / "notes.txt").write_text("no photo")
    assert list(photos_below(tmp_path)) == [
        "z.JPG",
        "유아 (1).jpg",
        "a/x.WebP",
        "b/10.jpeg",
        "b/2.PNG",
    ]


def test_a_photo_without_a_known_suffix_is_told_by_its_bytes(tmp_path: Path) -> None:
    for name, format in (("a", "JPEG"), ("b.large", "PNG"), ("c.x", "WEBP"), ("d.tmp", "GIF")):
        (tmp_path / name).write_bytes(encoded(picture(), format))
    (tmp_path / "e.tmp").write_bytes(b"something else")
    (tmp_path / "f.csv").write_bytes(encoded(picture(), "JPEG"))
    assert list(photos_below(tmp_path)) == ["a", "b.large", "c.x", "d.tmp"]


def test_hidden_files_and_folders_of_archives_are_left_out(tmp_path: Path) -> None:
    photos(tmp_path, ["a.jpg", "._a.jpg", "__MACOSX/a.jpg", ".cache/b.jpg"])
    assert list(files_below(tmp_path)) == ["a.jpg"]


def test_links_to_folders_are_followed_but_never_in_a_circle(tmp_path: Path) -> None:
    photos(tmp_path, ["elsewhere/happy/1.jpg", "data/sad/1.jpg"])
    (tmp_path / "data" / "happy").symlink_to(tmp_path / "elsewhere" / "happy")
    (tmp_path / "data" / "sad" / "back").symlink_to(tmp_path / "data")
    assert list(photos_below(tmp_path / "data")) == ["happy/1.jpg", "sad/1.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o000)
    with pytest.raises(DataError, match="locked cannot be read"):
        list(files_below(tmp_path))


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train/happy/1.jpg", "train"),
        ("data/Val/happy/1.jpg", "validation"),
        ("Testing/1.jpg", "test"),
        ("happy/test.jpg", None),
        ("trainer/1.jpg", None),
    ],
)
def test_split_of_a_path(path: str, split: str | None) -> None:
    assert published_split(path) == split
