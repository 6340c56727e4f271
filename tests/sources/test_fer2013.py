import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fdc.errors import DataError
from fdc.sources import READERS, Options, read, recognise
from tests.sources.builders import fer2013_folders, fer2013_row, fer2013_table, photo

ROWS = READERS["fer2013"].rows


def test_folders(tmp_path: Path) -> None:
    paths = fer2013_folders(tmp_path)
    assert recognise(tmp_path) == "fer2013"
    table = read(tmp_path)
    assert sorted(table.path) == sorted(paths)
    assert table.published_split.value_counts().to_dict() == {
        "train": 7,
        "validation": 7,
        "test": 7,
    }
    assert set(table.emotion) == {
        "anger",
        "disgust",
        "fear",
        "happy",
        "sadness",
        "surprise",
        "neutral",
    }


def test_a_strange_folder_costs_no_other(tmp_path: Path) -> None:
    fer2013_folders(tmp_path)
    photo(tmp_path / "train" / "bored" / "1.jpg", 99, width=48, height=48)
    table = read(tmp_path, "fer2013").set_index("path")
    assert table.quarantine["train/bored/1.jpg"].startswith("unreadable label: the folder 'bored'")
    assert table.quarantine.notna().sum() == 1


def test_folders_of_bigger_photos_are_not_fer2013(tmp_path: Path) -> None:
    photo(tmp_path / "train" / "happy" / "1.jpg", width=96, height=96)
    assert recognise(tmp_path) == "folder"


def test_pixels_of_the_table_become_photos_once(tmp_path: Path) -> None:
    root, cache = tmp_path / "fer", tmp_path / "cache"
    root.mkdir()
    fer2013_table(root, ["Training", "PublicTest", "PrivateTest", "Training"])
    assert recognise(root) == "fer2013"
    table = read(root, cache=cache)
    assert list(table.published_split) == ["train", "validation", "test", "train"]
    assert list(table.emotion) == ["anger", "disgust", "fear", "happy"]
    assert os.listdir(root) == ["fer2013.csv"]
    pixels = [int(value) for value in fer2013_row(2).split(",")[1].split()]
    with Image.open(root / table.path[2]) as unpacked:
        assert np.asarray(unpacked).ravel().tolist() == pixels
    written = {path: path.stat().st_mtime_ns for path in cache.rglob("*.png")}
    assert len(written) == 4
    (tmp_path / "lost").write_bytes((root / table.path[0]).read_bytes())
    (root / table.path[0]).unlink()
    # The photo was unpacked anew, so its time is another one; nothing else is.
    again = read(root, cache=cache)
    assert again.drop(columns="file_mtime_ns").equals(table.drop(columns="file_mtime_ns"))
    again = {path: path.stat().st_mtime_ns for path in cache.rglob("*.png")}
    assert sum(again[path] == written[path] for path in written) == 3  # the lost one was made again


def test_without_a_cache_photos_lie_beside_the_table(tmp_path: Path) -> None:
    fer2013_table(tmp_path, ["Training", "PrivateTest"])
    table = read(tmp_path)
    assert all((tmp_path / path).is_file() and ".." not in path for path in table.path)


def test_columns_in_another_order_and_with_spaces(tmp_path: Path) -> None:
    emotion, pixels, usage = fer2013_row(1).split(",")
    (tmp_path / "icml_face_data.csv").write_text(
        f"emotion, Usage, pixels\n{emotion},{usage},{pixels}\n"
    )
    assert recognise(tmp_path) == "fer2013"
    assert list(read(tmp_path).emotion) == ["disgust"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7,1 2 3,Training", "emotion '7'"),
        ("x,1 2 3,Training", "emotion 'x'"),
        ("1,1 2 3,Training", "3 pixels instead of 2304"),
        ("1," + "256 " * 2304 + ",Training", "outside 0 to 255"),
        ("1," + "-1 " * 2304 + ",Training", "outside 0 to 255"),
        ("1," + "9" * 40 + " 0" * 2303 + ",Training", "outside 0 to 255"),
        ("1," + "a " * 2304 + ",Training", "invalid literal"),
        ("1,,Training", "0 pixels"),
        ("1," + "1 " * 2304 + ",Elsewhere", "usage 'Elsewhere'"),
        ("1", "1 columns instead of 3"),
        ('"1', "cannot be split"),
    ],
)
def test_a_mangled_row_costs_no_other(tmp_path: Path, row: str, reason: str) -> None:
    lines = ["emotion,pixels,Usage", fer2013_row(0), row, fer2013_row(2, "PrivateTest")]
    (tmp_path / "fer2013.csv").write_text("\n".join(lines))
    table = read(tmp_path)
    assert list(table.quarantine.isna()) == [True, False, True]
    assert table.quarantine[1].startswith("unreadable label: ")
    assert reason in table.quarantine[1]
    assert table.path[1] == "fer2013.csv:3"


@settings(max_examples=40, deadline=None)
@given(
    line=st.binary(min_size=1, max_size=60).filter(lambda line: b"\n" not in line and line.strip())
)
def test_any_bytes_in_a_row_cost_no_other(
    line: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("fer")
    good = [fer2013_row(0).encode(), fer2013_row(1).encode()]
    (root / "fer2013.csv").write_bytes(
        b"\n".join([b"emotion,pixels,Usage", good[0], line, good[1]])
    )
    rows = list(ROWS(root, Options()))
    assert [row.get("emotion") for row in (rows[0], rows[-1])] == ["anger", "disgust"]
    assert all(row["quarantine"].startswith("unreadable label: ") for row in rows[1:-1])


def test_a_disk_that_takes_no_photos_is_one_clear_error(tmp_path: Path) -> None:
    fer2013_table(tmp_path, ["Training"])
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(DataError, match="cannot be unpacked"):
        read(tmp_path, cache=tmp_path / "cache")
