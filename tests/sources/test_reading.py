from pathlib import Path

import pytest

from fdc import manifest
from fdc.errors import DataError
from fdc.sources import read, recognise
from tests.damage import encoded, picture, write_damaged
from tests.sources.builders import aihub, photos, table, utkface


def test_every_kind_of_damage_ends_in_its_own_row(tmp_path: Path) -> None:
    expected = write_damaged(tmp_path / "damaged")
    photos(tmp_path / "sound", [f"{n}.jpg" for n in range(200 - len(expected))])
    found = read(tmp_path, workers=2)
    assert len(found) == 200
    rules = found.quarantine.str.split(": ").str[0].fillna("sound")
    told = {path.split("/", 1)[1]: rule for path, rule in zip(found.path, rules, strict=True)}
    for name, rule in expected.items():
        printable = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        assert told.pop(printable) == (rule or "sound")
    assert set(told.values()) == {"sound"}
    manifest.write(found, tmp_path / "manifest.parquet")
    assert len(manifest.read(tmp_path / "manifest.parquet")) == 200


def test_the_looks_of_photos_come_with_the_manifest(tmp_path: Path) -> None:
    photos(tmp_path, ["a/1.jpg", "b/2.jpg"])
    found = read(tmp_path)
    assert found.image_id.str.fullmatch("[0-9a-f]{64}").all()
    assert found.perceptual_hash.str.fullmatch("[0-9a-f]{16}").all()
    assert (found.perceptual_hash != found.perceptual_hash_mirrored).all()
    assert list(found.width) == [120, 120]
    assert list(found.height) == [160, 160]


@pytest.mark.parametrize(
    ("pattern", "subjects"),
    [(r"(?P<subject>p\d+)_", ["p1", "p2", None]), (r"^(?P<subject>[^/]+)/", ["a", "a", "b"])],
)
def test_a_pattern_names_the_subject(
    tmp_path: Path, pattern: str, subjects: list[str | None]
) -> None:
    photos(tmp_path, ["a/p1_1.jpg", "a/p2_1.jpg", "b/x.jpg"])
    found = read(tmp_path, subject_pattern=pattern)
    named = [f"{tmp_path.name}:{subject}" if subject else "" for subject in subjects]
    assert list(found.subject.fillna("")) == named


def test_a_pattern_goes_before_the_dataset(tmp_path: Path) -> None:
    aihub(tmp_path, people=1)
    found = read(tmp_path, subject_pattern=r"/\d+_\d+_(?P<subject>\d\d)_")
    assert set(found.subject) == {"aihub:06", "aihub:25", "aihub:61"}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", "no regular expression"),
        (r"(\d+)", "no group named subject"),
        (r"(?P<subject>nobody)", "fits none of 2 paths"),
    ],
)
def test_a_bad_pattern_is_one_clear_error(tmp_path: Path, pattern: str, message: str) -> None:
    photos(tmp_path, ["a/1.jpg", "b/2.jpg"])
    with pytest.raises(DataError, match=message) as raised:
        read(tmp_path, subject_pattern=pattern)
    assert "(?P<subject>" in str(raised.value)


def test_data_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder"):
        read(tmp_path / "nowhere")


def test_data_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(encoded(picture(), "JPEG"))
    with pytest.raises(DataError, match="is a file, not a folder"):
        read(tmp_path / "photo.jpg")


def test_data_that_is_empty(tmp_path: Path) -> None:
    (tmp_path / "also" / "empty").mkdir(parents=True)
    with pytest.raises(DataError, match="is empty"):
        read(tmp_path)


@pytest.mark.parametrize("reader", ["auto", "folder", "utkface", "ckplus", "adience", "aihub"])
def test_data_without_photos(tmp_path: Path, reader: str) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    with pytest.raises(DataError, match="There are no photos"):
        read(tmp_path, reader)


def test_the_drawn_sample_is_told_by_its_marker(tmp_path: Path) -> None:
    from fdc.sources import sample as drawn

    aihub(tmp_path)
    assert recognise(tmp_path) == "aihub"
    (tmp_path / drawn.MARKER).write_text("{}")
    assert recognise(tmp_path) == "sample"
    found = read(tmp_path)
    assert set(found.source) == {"sample"}
    assert found.subject.str.startswith("sample:").all()


def test_the_order_of_rows_is_the_same_every_time(tmp_path: Path) -> None:
    utkface(tmp_path, 30)
    assert read(tmp_path, workers=1).equals(read(tmp_path, workers=4))


def test_a_second_run_reads_no_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos(tmp_path / "data", ["a/1.jpg", "b/2.jpg", "b/3.jpg"])
    table(tmp_path / "data" / "notes.csv", [["x"], ["y"]])
    first = read(tmp_path / "data", cache=tmp_path / "cache")
    monkeypatch.setattr(
        "fdc.imaging.inspection.inspect_file", lambda path: pytest.fail(f"{path} was read again")
    )
    assert read(tmp_path / "data", cache=tmp_path / "cache").equals(first)
