import os
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.errors import DataError
from fdc.sources import read, recognise
from tests.sources.builders import photo, photos, table


def test_labels_csv_as_personal_colour_has_it(tmp_path: Path) -> None:
    names = ["spring/유아 (1).jpg", "winter/a b.png"]
    photos(tmp_path, names)
    table(
        tmp_path / "labels.csv",
        [["path", "tone", "season"], [names[0], "warm", "spring"], [names[1], "cool", "winter"]],
    )
    assert recognise(tmp_path) == "table"
    found = read(tmp_path)
    assert list(found.path) == names
    assert list(found.tone) == ["warm", "cool"]
    assert list(found.season) == ["spring", "winter"]
    assert set(found.source) == {tmp_path.name}


def test_photos_below_images_as_lfw_has_them(tmp_path: Path) -> None:
    photos(tmp_path / "images", ["A_0001.jpg", "B_0001.jpg"])
    table(
        tmp_path / "labels.csv",
        [
            ["image", "emotion", "gender", "subject"],
            ["A_0001.jpg", "happiness", "male", "A"],
            ["B_0001.jpg", "anger", "", "B"],
        ],
    )
    found = read(tmp_path)
    assert list(found.path) == ["images/A_0001.jpg", "images/B_0001.jpg"]
    assert list(found.emotion) == ["happy", "anger"]
    assert list(found.gender.isna()) == [False, True]
    assert list(found.subject) == [f"{tmp_path.name}:A", f"{tmp_path.name}:B"]
    assert found.quarantine.isna().all()


@pytest.mark.parametrize("column", ["path", "Image", "FILE", "filename", "image_path"])
@pytest.mark.parametrize("suffix", ["csv", "TSV"])
def test_names_of_the_path_column(tmp_path: Path, column: str, suffix: str) -> None:
    photo(tmp_path / "a.jpg")
    rows = [["age", column], ["31", "a.jpg"]]
    table(tmp_path / f"people.{suffix}", rows, "\t" if suffix == "TSV" else ";")
    assert list(read(tmp_path).age) == [31]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    photo(tmp_path / "사진 (1).jpg")
    table(tmp_path / "표.csv", [["path", "gender"], ["사진 (1).jpg", "여"]], encoding=encoding)
    found = read(tmp_path)
    assert list(found.gender) == ["female"]
    assert found.quarantine.isna().all()


@pytest.mark.parametrize(
    "written",
    [
        "photos/사진 A.JPG",
        "./photos/사진 A.JPG",
        "photos\\사진 A.JPG",
        "Photos/사진 a.jpg",
        "photos/사진 A",
        unicodedata.normalize("NFD", "photos/사진 A.JPG"),
    ],
)
def test_paths_written_on_another_machine(tmp_path: Path, written: str) -> None:
    photo(tmp_path / "photos" / "사진 A.JPG")
    table(tmp_path / "labels.csv", [["path", "age"], [written, "3"]])
    found = read(tmp_path)
    assert list(found.path) == ["photos/사진 A.JPG"]


def test_a_name_in_decomposed_korean_on_disk(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "사진.jpg")
    photo(tmp_path / decomposed)
    table(tmp_path / "labels.csv", [["path", "age"], ["사진.jpg", "3"]])
    assert list(read(tmp_path).path) == [decomposed]


def test_known_columns_by_other_names_and_taken_names(tmp_path: Path) -> None:
    photos(tmp_path, ["a.jpg", "b.jpg"])
    header = ["path", "Sex", "identity", "fold", "split", "year", "width", "group", "Shape"]
    table(
        tmp_path / "labels.csv",
        [
            header,
            ["a.jpg", "F", "p1", "3", "train", "1999", "w", "g", "oval"],
            ["b.jpg", "", "", "", "test", "", "", "", ""],
        ],
    )
    found = read(tmp_path)
    assert list(found.gender.fillna("")) == ["female", ""]
    assert list(found.subject.fillna("")) == [f"{tmp_path.name}:p1", ""]
    assert list(found.published_fold.fillna(-1)) == [3, -1]
    assert list(found.published_split) == ["train", "test"]
    assert list(found.captured_year.fillna(-1)) == [1999, -1]
    assert list(found.width) == [120, 120]
    assert found.width_in_table[0] == "w"
    assert found.group_in_table[0] == "g"
    assert found.group.isna().all()
    assert found.Shape[0] == "oval"


def test_tables_that_are_named_as_splits(tmp_path: Path) -> None:
    photos(tmp_path, ["a.jpg", "b.jpg", "c.jpg"])
    for name, path in (("train", "a.jpg"), ("val", "b.jpg"), ("test", "c.jpg")):
        table(tmp_path / f"{name}.csv", [["path", "age"], [path, "3"]])
    found = read(tmp_path).set_index("path")
    assert dict(found.published_split) == {"a.jpg": "train", "b.jpg": "validation", "c.jpg": "test"}


def test_several_tables(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")
    for name in ("one", "two"):
        table(tmp_path / f"{name}.csv", [["path", "age"], ["a.jpg", "3"]])
    with pytest.raises(DataError, match=r"one\.csv, two\.csv"):
        recognise(tmp_path)
    table(tmp_path / "labels.csv", [["path", "age"], ["a.jpg", "4"]])
    assert list(read(tmp_path).age) == [4]


def test_a_table_without_a_path_column_is_named_by_force(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")
    table(tmp_path / "labels.csv", [["age"], ["4"]])
    with pytest.raises(DataError, match="no CSV or TSV file with a path column"):
        read(tmp_path, "table")


def test_missing_photos_are_set_aside_unless_all_are(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")
    rows = [["path", "age"], ["a.jpg", "3"], ["gone.jpg", "4"]]
    table(tmp_path / "labels.csv", rows)
    found = read(tmp_path)
    assert list(found.quarantine.fillna("")) == ["", "missing file: there is no photo gone.jpg"]
    (tmp_path / "a.jpg").unlink()
    with pytest.raises(DataError, match="None of 2 photos is there"):
        read(tmp_path)


def test_a_photo_that_is_listed_twice(tmp_path: Path) -> None:
    photos(tmp_path, ["a.jpg", "b.jpg", "c.jpg"])
    rows = [["path", "tone"], ["a.jpg", "warm"], ["a.jpg", "warm"], ["b.jpg", "warm"]]
    table(tmp_path / "labels.csv", [*rows, ["b.jpg", "cool"], ["c.jpg", "cool"]])
    found = read(tmp_path)
    assert list(found.path) == ["a.jpg", "a.jpg#1", "b.jpg", "b.jpg#3", "c.jpg"]
    assert list(found.quarantine.fillna("")) == [
        "",
        "listed twice: a.jpg has a row already",
        "listed twice: b.jpg has rows with different labels",
        "listed twice: b.jpg has rows with different labels",
        "",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a.jpg", "1 columns instead of 3"),
        ("a.jpg,3,f,extra", "4 columns instead of 3"),
        ('"a.jpg,3,f', "cannot be split"),
        (",3,f", "names no photo"),
        ("a.jpg,old,f", "age 'old'"),
        ("a.jpg,3,robot", "gender 'robot'"),
    ],
)
def test_mangled_rows_are_set_aside_with_their_reason(
    tmp_path: Path, line: str, reason: str
) -> None:
    photos(tmp_path, ["a.jpg", "b.jpg"])
    (tmp_path / "labels.csv").write_text(f"path,age,gender\n{line}\nb.jpg,4,m\n")
    found = read(tmp_path)
    assert list(found.quarantine.isna()) == [False, True]
    assert found.quarantine[0].startswith("unreadable label: ")
    assert reason in found.quarantine[0]


@settings(max_examples=40, deadline=None)
@given(
    line=st.one_of(
        st.binary(min_size=1, max_size=60).filter(lambda line: b"\n" not in line),
        st.tuples(st.text(max_size=400), st.text(max_size=5)).map(
            lambda cells: ",".join(cells).replace("\n", "").encode("utf-8", "replace")
        ),
        st.just(b"../../../../etc/hostname,3"),
        st.just(b"\x00.jpg,3"),
        st.just(b"x" * 5000 + b",3"),
        st.just(b'"' * 7),
    )
)
def test_any_bytes_in_a_row_cost_no_other(line: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        photo(root / "a.jpg", 1, width=16, height=16)
        photo(root / "사진.jpg", 2, width=16, height=16)
        text = b"\n".join([b"path,age", b"a.jpg,31", line, "사진.jpg,5".encode()])
        (root / "labels.csv").write_bytes(text)
        found = read(root)
        good = found[found.path.isin(["a.jpg", "사진.jpg"])]
        assert list(good.age) == [31, 5]
        assert good.quarantine.isna().all()
        assert len(found) == 2 + bool(line.strip())
        assert found.quarantine.notna().sum() == len(found) - 2


def test_rows_survive_parquet(tmp_path: Path) -> None:
    from fdc import manifest

    photos(tmp_path, ["a.jpg", "b.jpg"])
    rows = [["path", "age", "shape"], ["a.jpg", "3", "oval"], ["b.jpg", "", ""]]
    table(tmp_path / "labels.csv", rows)
    found = read(tmp_path)
    manifest.write(found, tmp_path / "manifest.parquet")
    assert manifest.digest(manifest.read(tmp_path / "manifest.parquet")) == manifest.digest(found)
    assert os.path.getsize(tmp_path / "manifest.parquet") > 0
