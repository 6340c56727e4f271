import hashlib
import os
import signal
import sqlite3
import threading
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageOps

from fdc.imaging import inspection
from fdc.imaging.inspection import MISSING, inspect, inspect_file
from fdc.imaging.perceptual_hash import perceptual_hashes
from tests.damage import UNDECODABLE, encoded, picture, turned_by_exif, write_damaged


def bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def inspect_or_die(path: str) -> inspection.Inspected:
    """Stands for a decoder that takes its process with it."""
    if "deadly" in path:
        os.kill(os.getpid(), signal.SIGKILL)
    return inspect_file(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(encoded(picture(number), "JPEG"))
    return folder


def test_every_kind_of_damage_gets_an_error_and_stops_nothing(tmp_path: Path) -> None:
    expected = write_damaged(tmp_path)
    table = inspect([tmp_path / name for name in expected])
    assert len(table) == len(expected)
    for (name, rule), row in zip(expected.items(), table.itertuples(), strict=True):
        if rule == UNDECODABLE:
            assert len(row.error) > 10, name
            assert row.image_id == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        elif name == "link to nowhere.jpg":
            assert row.error == MISSING
        else:
            assert table.error.isna()[row.Index], (name, row.error)
            assert len(row.perceptual_hash) == len(row.perceptual_hash_mirrored) == 16
    sizes = dict(zip(expected, zip(table.width, table.height, strict=True), strict=True))
    assert sizes["wide.jpg"] == sizes["wide.png"] == (12_000, 90)
    assert {sizes[f"exif turned {turn}.jpg"] for turn in range(1, 9)} == {(120, 160)}


def test_the_hash_is_imagehash_s_own(folder: Path) -> None:
    for path in folder.iterdir():
        with Image.open(path) as photo:
            straight = str(imagehash.phash(photo))
            mirrored = str(imagehash.phash(ImageOps.mirror(photo)))
        assert perceptual_hashes(np.asarray(Image.open(path))) == (straight, mirrored)
        seen = inspect_file(str(path))  # decoded at half the size
        assert bits(str(seen.perceptual_hash), straight) <= 2
        assert bits(str(seen.perceptual_hash_mirrored), mirrored) <= 2


def test_a_mirror_image_is_found_by_the_mirrored_hash(tmp_path: Path) -> None:
    original, mirror = tmp_path / "a.png", tmp_path / "b.png"
    original.write_bytes(encoded(picture(3), "PNG"))
    mirror.write_bytes(encoded(ImageOps.mirror(picture(3)), "PNG"))
    one, other = inspect_file(str(original)), inspect_file(str(mirror))
    assert bits(str(one.perceptual_hash_mirrored), str(other.perceptual_hash)) <= 2
    assert bits(str(one.perceptual_hash), str(other.perceptual_hash)) > 10


@pytest.mark.parametrize("side", range(200, 420, 11))
def test_a_mirrored_jpeg_is_near_at_any_size(tmp_path: Path, side: int) -> None:
    photo = picture(0, side, side)
    (tmp_path / "a.jpg").write_bytes(encoded(photo, "JPEG", quality=90))
    (tmp_path / "b.jpg").write_bytes(encoded(ImageOps.mirror(photo), "JPEG", quality=90))
    one, other = inspect_file(str(tmp_path / "a.jpg")), inspect_file(str(tmp_path / "b.jpg"))
    assert bits(str(one.perceptual_hash_mirrored), str(other.perceptual_hash)) <= 2


@pytest.mark.parametrize("turn", range(2, 9))
def test_a_photo_turned_by_exif_looks_like_the_upright_one(tmp_path: Path, turn: int) -> None:
    (tmp_path / "upright.jpg").write_bytes(encoded(picture(), "JPEG", quality=95))
    (tmp_path / "turned.jpg").write_bytes(turned_by_exif(picture(), turn))
    one, other = (
        inspect_file(str(tmp_path / "upright.jpg")),
        inspect_file(str(tmp_path / "turned.jpg")),
    )
    assert one.image_id != other.image_id
    assert bits(str(one.perceptual_hash), str(other.perceptual_hash)) <= 4


@pytest.mark.parametrize(("scale", "quality"), [(1.0, 50), (0.6, 80), (2.0, 80), (8.0, 85)])
def test_a_copy_of_another_size_is_near(tmp_path: Path, scale: float, quality: int) -> None:
    copy = picture().resize((int(120 * scale), int(160 * scale)), Image.Resampling.BICUBIC)
    (tmp_path / "a.jpg").write_bytes(encoded(picture(), "JPEG"))
    (tmp_path / "b.jpg").write_bytes(encoded(copy, "JPEG", quality=quality))
    one, other = inspect_file(str(tmp_path / "a.jpg")), inspect_file(str(tmp_path / "b.jpg"))
    assert bits(str(one.perceptual_hash), str(other.perceptual_hash)) <= 4


def test_rows_follow_the_paths_whatever_their_order(folder: Path) -> None:
    names = ["5.jpg", "0.jpg", "gone.jpg", "5.jpg", "3.jpg"]
    table = inspect([folder / name for name in names], workers=3)
    expected = [inspect_file(str(folder / name)).image_id for name in names]
    assert list(table.image_id.astype(object).where(table.image_id.notna(), None)) == expected
    assert table.error.notna().tolist() == [False, False, True, False, False]


def test_processes_see_what_threads_see(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bad.jpg").write_bytes(b"bad")
    paths = sorted(folder.iterdir()) * 20
    expected = inspect(paths, workers=2)
    monkeypatch.setattr(inspection, "_WORTH_PROCESSES", 1)
    assert inspect(paths, workers=2).equals(expected)


def test_a_photo_that_ends_its_process_stops_nothing(folder: Path) -> None:
    paths = [str(folder / f"{number % 6}.jpg") for number in range(100)]
    for number in (0, 40, 41, 99):
        paths[number] = "deadly"
    answers = list(inspection._in_processes(inspect_or_die, paths, 2))
    died = [number for number, answer in enumerate(answers) if answer.error]
    assert died == [0, 40, 41, 99]
    assert all("ends the process" in str(answers[number].error) for number in died)
    assert [answer for answer in answers if not answer.error] == [
        inspect_file(path) for path in paths if path != "deadly"
    ]


def test_no_paths_at_all() -> None:
    table = inspect([])
    assert len(table) == 0
    assert list(table) == [*inspection.Inspected._fields, "file_size", "file_mtime_ns"]


def test_the_stamp_of_each_file_comes_with_it(folder: Path) -> None:
    os.utime(folder / "0.jpg", ns=(7, 7))
    table = inspect([folder / "0.jpg", folder / "gone.jpg"])
    assert table.file_size[0] == (folder / "0.jpg").stat().st_size
    assert table.file_mtime_ns[0] == 7
    assert table[["file_size", "file_mtime_ns"]].isna().all(axis=1).tolist() == [False, True]


@pytest.mark.parametrize("name", ["gone.jpg", "x" * 5000, "nul\0.jpg", "0.jpg/inner.jpg"])
def test_paths_that_lead_nowhere(folder: Path, name: str) -> None:
    assert list(inspect([folder / name], folder / "cache").error) == [MISSING]


def test_a_folder_is_no_photo(folder: Path) -> None:
    table = inspect([folder], folder / "cache")
    assert table.error[0].startswith("the file cannot be read: ")
    assert table.image_id.isna().all()


def test_each_file_is_read_once_ever(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, lock = [], threading.Lock()

    def counted(path: str) -> inspection.Inspected:
        with lock:
            read.append(Path(path).name)
        return inspect_file(path)

    monkeypatch.setattr(inspection, "inspect_file", counted)
    (folder / "bad.jpg").write_bytes(b"bad")
    paths = sorted(folder.iterdir())
    first = inspect(paths * 2, tmp_path / "cache")
    assert sorted(read) == [path.name for path in paths]
    assert inspect(paths * 2, tmp_path / "cache").equals(first)
    assert len(read) == len(paths)
    (folder / "0.jpg").write_bytes(encoded(picture(50), "JPEG"))
    os.utime(folder / "1.jpg", ns=(1, 1))
    inspect(paths, tmp_path / "cache")
    assert sorted(read[len(paths) :]) == ["0.jpg", "1.jpg"]


def test_the_cache_forgets_what_has_changed(folder: Path, tmp_path: Path) -> None:
    path = folder / "0.jpg"
    before = inspect([path], tmp_path / "cache")
    path.write_bytes(b"no photo any more")
    after = inspect([path], tmp_path / "cache")
    assert before.image_id[0] != after.image_id[0]
    assert after.error.notna().all()
    path.unlink()
    assert list(inspect([path], tmp_path / "cache").error) == [MISSING]


def test_an_interrupted_run_keeps_what_it_has_seen(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(path: str) -> inspection.Inspected:
        if path.endswith("4.jpg"):
            raise KeyboardInterrupt
        return inspect_file(path)

    monkeypatch.setattr(inspection, "inspect_file", interrupted)
    paths = sorted(folder.iterdir())
    with pytest.raises(KeyboardInterrupt):
        inspect(paths, tmp_path / "cache", workers=1)
    with sqlite3.connect(tmp_path / "cache" / inspection.CACHE_NAME) as database:
        assert database.execute("SELECT count(*) FROM answers").fetchone() == (4,)


def test_byte_identical_photos_of_a_real_set_are_found(shared: Path, tmp_path: Path) -> None:
    """Against an independent `sha256sum | sort | uniq`."""
    paths = sorted((shared / "data" / "utkface").iterdir())
    table = inspect(paths, tmp_path)
    (tmp_path / "names").write_bytes(b"\0".join(os.fsencode(path) for path in paths))
    command = f"xargs -0 sha256sum < {tmp_path / 'names'} | cut -c1-64 | sort | uniq -cd"
    counted = os.popen(command).read().split()
    groups = dict(zip(counted[1::2], map(int, counted[::2]), strict=True))
    ours = table.image_id.value_counts()
    assert ours[ours > 1].to_dict() == groups
    assert len(groups) > 0
    assert table.error.isna().all()
