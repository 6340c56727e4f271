"""Every reader is in one table, and a folder is for one of them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fdc.errors import DataError
from fdc.sources import READERS, read, recognise
from tests.sources import builders
from tests.sources.builders import photos


def test_photos_in_no_known_format_name_all_readers(tmp_path: Path) -> None:
    photos(tmp_path, ["1.jpg", "2.jpg"])
    with pytest.raises(DataError, match="no format that a reader recognises") as raised:
        read(tmp_path)
    assert all(f"\n  {name}: " in str(raised.value) for name in READERS)
    assert "--reader" in str(raised.value)


def test_an_unknown_reader(tmp_path: Path) -> None:
    photos(tmp_path, ["a/1.jpg"])
    with pytest.raises(DataError, match="Did you mean 'utkface'"):
        read(tmp_path, "utk-face")


def test_readers_describe_themselves_in_one_line() -> None:
    for name, reader in READERS.items():
        assert reader.name == name
        assert re.fullmatch(r"\S.{20,200}", reader.description)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("aihub", builders.aihub),
        ("utkface", builders.utkface),
        ("adience", builders.adience_set),
        ("fer2013", builders.fer2013_folders),
        ("ckplus", builders.ckplus),
    ],
)
def test_a_folder_is_for_one_reader(
    tmp_path: Path, name: str, write: Callable[[Path], object]
) -> None:
    write(tmp_path)
    assert recognise(tmp_path) == name
