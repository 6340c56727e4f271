"""What is left after any kill, any loss of power and a full disk, and who may write."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.crops import writer as writers
from fdc.crops.store import CropStore
from fdc.crops.writer import CropWriter
from fdc.errors import StoreError
from fdc.faces.recipe import Recipe
from tests.crops.stores import RECIPE, contents, fill


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    fill(folder, range(12))
    return contents(folder)


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
