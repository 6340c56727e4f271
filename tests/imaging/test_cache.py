"""Answers are kept as long as their file is the same, and no fault of the disk goes unsaid."""

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fdc.errors import StoreError
from fdc.imaging import cache as caches
from fdc.imaging.cache import AnswerCache, Stamp

COLUMNS = ("name", "count")


def opened(file: Path | None, version: int = 1) -> Any:
    return closing(AnswerCache(file, COLUMNS, version))


def keep(file: Path, path: str, stamp: Stamp, answer: tuple[object, ...]) -> None:
    with opened(file) as cache:
        cache.add(path, stamp, answer)


def test_an_answer_is_found_for_the_same_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "answers.sqlite"
    keep(file, "/a", Stamp(3, 5), ("a", None))
    keep(file, "/b", Stamp(3, 5), ("b", 7))
    with opened(file) as cache:
        found = cache.find({"/a": Stamp(3, 5), "/b": Stamp(3, 6), "/c": Stamp(3, 5)})
        assert found == {"/a": ("a", None)}
        assert cache.find({"/b": Stamp(4, 5)}) == {}


def test_the_newest_answer_counts(tmp_path: Path) -> None:
    keep(tmp_path / "answers", "/a", Stamp(1, 1), ("old", 1))
    keep(tmp_path / "answers", "/a", Stamp(2, 2), ("new", 2))
    with opened(tmp_path / "answers") as cache:
        assert cache.find({"/a": Stamp(2, 2)}) == {"/a": ("new", 2)}
        assert cache.find({"/a": Stamp(1, 1)}) == {}


def test_names_that_are_not_utf8_are_kept_too(tmp_path: Path) -> None:
    path = os.fsdecode(b"/\xb1\xe8.jpg")
    keep(tmp_path / "answers", path, Stamp(1, 1), ("x", 1))
    with opened(tmp_path / "answers") as cache:
        assert cache.find({path: Stamp(1, 1)}) == {path: ("x", 1)}


def test_nothing_is_kept_without_a_file() -> None:
    with opened(None) as cache:
        for number in range(1000):
            cache.add(f"/{number}", Stamp(1, 1), ("x", 1))
        assert cache.find({"/1": Stamp(1, 1)}) == {}


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\0" + b"x" * 2000])
def test_a_damaged_file_starts_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    (tmp_path / "answers").write_bytes(content)
    with caplog.at_level(logging.WARNING), opened(tmp_path / "answers") as cache:
        assert cache.find({"/a": Stamp(1, 1)}) == {}
    assert "is damaged and starts anew" in caplog.text
    keep(tmp_path / "answers", "/a", Stamp(1, 1), ("x", 1))


def test_answers_of_another_version_are_dropped(tmp_path: Path) -> None:
    keep(tmp_path / "answers", "/a", Stamp(1, 1), ("x", 1))
    with opened(tmp_path / "answers", version=2) as cache:
        assert cache.find({"/a": Stamp(1, 1)}) == {}


def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself says that the disk is full, because the database may not grow."""
    connect = sqlite3.connect

    def small(*arguments: object, **options: object) -> sqlite3.Connection:
        database = connect(*arguments, **options)  # type: ignore[call-overload]
        database.execute("PRAGMA max_page_count = 4")
        return database

    monkeypatch.setattr(caches.sqlite3, "connect", small)
    cache = AnswerCache(tmp_path / "answers", COLUMNS, 1)
    for number in range(499):
        cache.add(f"/{number}", Stamp(1, 1), ("x" * 100, 1))
    with pytest.raises(StoreError, match="full") as raised:
        cache.add("/last", Stamp(1, 1), ("x" * 100, 1))
    assert raised.value.hint is not None


def test_a_file_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be used"):
        AnswerCache(tmp_path / "folder" / "answers", COLUMNS, 1)


def test_a_stamp_changes_with_its_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    os.utime(file, ns=(1, 1))
    assert Stamp.of(str(file)) == (3, 1)
    with file.open("rb") as reading:
        assert Stamp.of(reading.fileno()) == (3, 1)
    file.write_bytes(b"two")
    changed = Stamp.of(str(file))
    assert changed is not None
    assert changed != (3, 1)
    for nowhere in ("gone", "nul\0", "x" * 5000):
        assert Stamp.of(str(tmp_path / nowhere)) is None
