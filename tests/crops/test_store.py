"""The store: what is written, what is left after any kill, and who may write."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc import manifest
from fdc.crops import store as stores
from fdc.crops import writer as writers
from fdc.crops.record import Record, key_of
from fdc.crops.store import CropStore, collect_garbage, keys_of
from fdc.crops.writer import CropWriter
from fdc.errors import StoreError
from fdc.faces.recipe import Recipe

RECIPE = Recipe(size=16)
FILES = ("crops.u8", "journal.jsonl", "index.parquet", "recipe.json")


def crop(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)


def add(writer: CropWriter, number: int) -> None:
    key = f"key {number}"
    if number % 4 == 3:
        writer.add(Record(key, "no face", "none was found"))
    else:
        box = [1.0, 2.0, 3.0, float(number)]
        writer.add(Record(key, notes=("noted",), box=box, confidence=0.5), crop(number))


def fill(folder: Path, numbers: range) -> None:
    with CropWriter(folder, RECIPE) as writer:
        for number in numbers:
            if f"key {number}" not in writer.done:
                add(writer, number)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    fill(folder, range(12))
    return contents(folder)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    fill(tmp_path, range(12))
    store = CropStore(tmp_path)
    assert (store.count, store.size, store.fingerprint) == (9, 16, RECIPE.fingerprint)
    assert store.crops.shape == (9, 16, 16, 3)
    assert np.array_equal(store.crops[3], crop(4))
    assert store.index["position"].tolist()[:5] == [0, 1, 2, pd.NA, 3]
    assert store.index["rule"].dropna().unique().tolist() == ["no face"]
    assert list(store.index["box"][5]) == [1.0, 2.0, 3.0, 5.0]
    assert store.verify() == []
    with pytest.raises(ValueError, match="read-only"):
        store.crops[0, 0, 0, 0] = 1


def test_an_empty_store_is_a_store(tmp_path: Path) -> None:
    fill(tmp_path, range(0))
    assert CropStore(tmp_path).crops.shape == (0, 16, 16, 3)


def test_positions_follow_the_manifest(tmp_path: Path) -> None:
    ids = [f"{number:064x}" for number in range(3)]
    rows = [
        {"path": "a", "image_id": ids[0]},
        {"path": "b", "image_id": ids[1], "box": [1, 2, 3, 4]},
        {"path": "c", "image_id": ids[2]},
        {"path": "copy of a", "image_id": ids[0]},
        {"path": "d"},
    ]
    table = manifest.from_rows(rows, "test").set_index(pd.Index([7, 5, 3, 2, 1]))
    with CropWriter(tmp_path, RECIPE) as writer:
        writer.add(Record(key_of(ids[1], [1, 2, 3, 4], None)), crop(0))
        writer.add(Record(key_of(ids[0], None, None), landmarks=list(range(10))), crop(1))
        writer.add(Record(key_of(ids[2], None, None), "no face", "none"))
    store = CropStore(tmp_path)
    keys = keys_of(table)
    positions = store.find(keys)["position"]
    assert positions.dropna().to_dict() == {7: 1, 5: 0, 2: 1}
    assert positions.index.tolist() == [7, 5, 3, 2, 1]
    assert positions.dtype == "Int64"
    assert keys.isna().tolist() == [False] * 4 + [True]
    assert store.find(keys)["rule"].tolist()[2] == "no face"
    landmarks = store.landmarks(positions)
    assert landmarks.index.tolist() == [7, 5, 3, 2, 1]
    assert landmarks.notna().tolist() == [True, False, False, True, False]
    assert list(landmarks[7]) == list(landmarks[2]) == list(range(10))


def test_another_annotation_is_another_photo() -> None:
    keys = {
        key_of("a", None, None),
        key_of("b", None, None),
        key_of("a", [1, 2, 3, 4], None),
        key_of("a", None, [1] * 10),
        key_of("a", [1, 2, 3, 4.5], None),
    }
    assert len(keys) == 5
    assert key_of("a", (1, 2, 3, 4), None) == key_of("a", np.array([1.0, 2, 3, 4]), None)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_kill_at_any_byte_leaves_a_store_that_ends_the_same(
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
    uninterrupted: dict[str, bytes],
) -> None:
    """A photo's crop is written before its line, so any such pair of lengths can be left."""
    folder = tmp_path_factory.mktemp("killed")
    journal, crops = uninterrupted["journal.jsonl"], uninterrupted["crops.u8"]
    told = data.draw(st.integers(0, len(journal)))
    whole = journal[:told].count(b'"rule":null') if told else 0
    written = data.draw(st.integers(min(whole * 768, len(crops)), len(crops)))
    (folder / "recipe.json").write_bytes(uninterrupted["recipe.json"])
    (folder / "journal.jsonl").write_bytes(journal[:told])
    (folder / "crops.u8").write_bytes(crops[:written])
    reader = CropStore(folder)
    assert reader.verify() == []
    assert reader.crops.shape[0] == reader.count
    fill(folder, range(12))
    assert contents(folder) == uninterrupted


def test_lost_power_costs_only_the_last_rows(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    fill(tmp_path, range(12))
    with (tmp_path / "crops.u8").open("r+b") as file:
        file.seek(7 * 768)
        file.write(bytes(2 * 768))  # promised by the journal, never written
    with CropWriter(tmp_path, RECIPE) as writer:
        assert writer.count == 7
        assert "key 8" in writer.done
        assert "key 9" not in writer.done
    fill(tmp_path, range(12))
    assert contents(tmp_path) == uninterrupted


def test_damage_is_found(tmp_path: Path) -> None:
    fill(tmp_path, range(12))
    with (tmp_path / "crops.u8").open("r+b") as file:
        file.seek(3 * 768 + 100)
        file.write(b"xyz")
    assert CropStore(tmp_path).verify() == ["key 4"]


def test_the_table_is_made_again_from_the_journal(tmp_path: Path) -> None:
    fill(tmp_path, range(5))
    before = (tmp_path / "index.parquet").read_bytes()
    fill(tmp_path, range(9))
    (tmp_path / "index.parquet").write_bytes(before)  # as after a kill
    assert len(CropStore(tmp_path).index) == 9
    (tmp_path / "index.parquet").write_bytes(b"torn")
    assert len(CropStore(tmp_path).index) == 9


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    with CropWriter(tmp_path, RECIPE):
        with pytest.raises(StoreError, match=rf"written by process {os.getpid()} on "):
            fill(tmp_path, range(1))
        code = (
            "import sys; from pathlib import Path; from fdc.crops.writer import CropWriter;"
            "from fdc.faces.recipe import Recipe;"
            "CropWriter(Path(sys.argv[1]), Recipe(size=16)).__enter__()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True
        )
        assert done.returncode != 0
        assert f"process {os.getpid()}" in done.stderr
    fill(tmp_path, range(1))
    assert not (tmp_path / "holder.json").exists()


def test_crops_of_another_recipe_are_refused(tmp_path: Path) -> None:
    fill(tmp_path, range(2))
    with pytest.raises(StoreError, match="another recipe"), CropWriter(tmp_path, Recipe(size=32)):
        pass


def test_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no crop store"):
        CropStore(tmp_path)
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(StoreError, match=r"recipe\.json cannot be read"):
        CropStore(tmp_path)


def test_garbage_collection_keeps_what_is_in_use(tmp_path: Path) -> None:
    for name in ("kept", "old", "busy"):
        fill(tmp_path / name, range(3))
    (tmp_path / "no store").mkdir()
    with CropWriter(tmp_path / "busy", RECIPE):
        removed = collect_garbage(tmp_path, keep={"kept"})
    assert [(path.name, size > 3 * 768) for path, size in removed] == [("old", True)]
    assert [path.name for path in stores.stores(tmp_path)] == ["busy", "kept"]
    assert (tmp_path / "no store").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    folder = small_disk / "store"
    with pytest.raises(StoreError, match=r"full: at least .* MB more"):
        fill(folder, range(400))
    store = CropStore(folder)
    kept = store.count
    assert kept > 20
    assert store.verify() == []
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    fill(folder, range(400))
    assert CropStore(folder).count == 300
    assert CropStore(folder).verify() == []
    assert np.array_equal(CropStore(folder).crops[kept - 1], store.crops[kept - 1])


def test_a_full_disk_without_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, wherever nothing can be mounted: the tenth write meets a full disk."""
    real, left = writers._write_all, [19]

    def write(file: int, data: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.write(file, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file, data)

    monkeypatch.setattr(writers, "_write_all", write)
    with pytest.raises(StoreError, match=r"full: at least .* MB more"):
        fill(tmp_path, range(12))
    monkeypatch.undo()
    assert CropStore(tmp_path).verify() == []
    lines = (tmp_path / "journal.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["key"] for line in lines] == [f"key {n}" for n in range(9)]


def test_room_is_asked_for_before_the_work(small_disk: Path) -> None:
    with CropWriter(small_disk / "store", RECIPE) as writer:
        with pytest.raises(StoreError, match=r"0\.\d MB free; up to .* MB are needed"):
            writer.require_room(1000)
        writer.require_room(0)
