"""The store that is read: crops, what is known of each photo, damage, and what may go."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fdc import manifest
from fdc.crops import store as stores
from fdc.crops.record import Record, key_of
from fdc.crops.store import CropStore, collect_garbage, keys_of
from fdc.crops.writer import CropWriter
from fdc.errors import StoreError
from tests.crops.stores import RECIPE, crop, fill


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


def test_damage_is_found(tmp_path: Path) -> None:
    fill(tmp_path, range(12))
    with (tmp_path / "crops.u8").open("r+b") as file:
        file.seek(3 * 768 + 100)
        file.write(b"xyz")
    assert CropStore(tmp_path).verify() == ["key 4"]


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
