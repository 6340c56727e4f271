"""Manifests to stores, with faces that are drawn and annotated."""

import hashlib
import logging
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest

from fdc import manifest
from fdc.crops import cutting
from fdc.crops.cutting import cut_crops
from fdc.crops.preparation import Preparation, fetch
from fdc.crops.store import CropStore, keys_of
from fdc.crops.writer import CropWriter
from fdc.errors import ExecutionError, StoreError
from fdc.faces.recipe import Recipe
from fdc.imaging.cache import Stamp
from tests.faces.drawing import draw
from tests.waiting import wait_until_gone

RECIPE = Recipe(size=48, detector="none")
FILES = ("crops.u8", "journal.jsonl", "index.parquet", "recipe.json")
KILLS = int(os.environ.get("FDC_KILLS", "4"))


def row(root: Path, name: str, seed: int, eyes: float = 30.0) -> dict[str, object]:
    face = draw(200, 200, eyes=eyes, seed=seed)
    data = face.encoded()
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data)
    image_id = hashlib.sha256(data).hexdigest()
    return {"path": name, "image_id": image_id, "box": face.box, "landmarks": face.landmarks}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("사진 (photos)")


@pytest.fixture(scope="module")
def table(root: Path) -> pd.DataFrame:
    rows = [row(root, f"한국/face {number}.png", number) for number in range(12)]
    rows.append({**rows[0], "path": "copy.png"})
    (root / "copy.png").write_bytes((root / "한국/face 0.png").read_bytes())
    text = b"no photo"
    (root / "text.jpg").write_bytes(text)
    rows.insert(5, {"path": "text.jpg", "image_id": hashlib.sha256(text).hexdigest()})
    return manifest.from_rows(rows, "drawn")


def contents(store: CropStore) -> dict[str, bytes]:
    return {name: (store.folder / name).read_bytes() for name in FILES}


def test_every_photo_ends_as_a_crop_or_in_quarantine(
    table: pd.DataFrame, root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    prepared, store = cut_crops(table, root, tmp_path, RECIPE, workers=2)
    assert len(prepared) == len(table)
    assert manifest.quarantine_counts(prepared) == {"undecodable": 1}
    assert store.folder == tmp_path / RECIPE.fingerprint
    assert store.count == 12  # the copy shares its crop
    manifest.validate(prepared)
    crops = prepared["crop"]
    assert crops.isna().sum() == 1
    assert crops.iloc[0] == crops.iloc[-1] == 0
    assert crops.iloc[:5].tolist() == [0, 1, 2, 3, 4]
    told = capfd.readouterr().err
    assert "Preparing photos: 13 of 13" in told
    assert "1 undecodable" in told


def test_a_second_run_does_nothing_twice(table: pd.DataFrame, root: Path, tmp_path: Path) -> None:
    first, store = cut_crops(table, root, tmp_path, RECIPE, workers=1)
    before = contents(store)
    changed = (store.folder / "crops.u8").stat().st_mtime_ns
    again, store = cut_crops(table, root, tmp_path, RECIPE, workers=1)
    assert contents(store) == before
    assert (store.folder / "crops.u8").stat().st_mtime_ns == changed
    pd.testing.assert_frame_equal(first, again)


def test_crops_do_not_depend_on_the_workers(
    table: pd.DataFrame, root: Path, tmp_path: Path
) -> None:
    _, one = cut_crops(table, root, tmp_path / "one", RECIPE, workers=1)
    _, three = cut_crops(table, root, tmp_path / "three", RECIPE, workers=3)
    assert contents(one) == contents(three)


def test_rows_in_quarantine_are_left_alone(table: pd.DataFrame, root: Path, tmp_path: Path) -> None:
    mask = table["path"].str.startswith("한국")
    aside = manifest.set_aside(table, mask, "too small", "a test")
    prepared, store = cut_crops(aside, root, tmp_path, RECIPE, workers=1)
    assert store.count == 1
    assert manifest.quarantine_counts(prepared) == {"too small": 12, "undecodable": 1}


def test_vanished_and_changed_photos(table: pd.DataFrame, tmp_path: Path) -> None:
    root, stores = tmp_path / "photos", tmp_path / "stores"
    rows = [row(root, f"{number}.png", 100 + number) for number in range(4)]
    (root / "2.png").unlink()
    prepared, store = cut_crops(manifest.from_rows(rows, "drawn"), root, stores, RECIPE, workers=1)
    assert prepared["quarantine"].iloc[2] == "vanished: there is no file any more"
    assert store.count == 3

    new = row(root, "1.png", 500, eyes=40)
    row(root, "2.png", 102)
    prepared, store = cut_crops(manifest.from_rows(rows, "drawn"), root, stores, RECIPE, workers=1)
    assert prepared["quarantine"].isna().all()  # 1.png is known by its content, 2.png is back
    rows[1] = new
    (root / "3.png").unlink()
    prepared, store = cut_crops(manifest.from_rows(rows, "drawn"), root, stores, RECIPE, workers=1)
    assert store.count == 5
    assert prepared["crop"].tolist()[1] == 4
    assert prepared["quarantine"].dropna().index.tolist() == [3]

    (root / "0.png").write_bytes(b"changed since")
    fresh, _ = cut_crops(manifest.from_rows(rows[:1], "drawn"), root, tmp_path / "new", RECIPE)
    assert fresh["quarantine"].iloc[0].startswith("changed: ")


def test_a_file_is_hashed_again_only_where_it_may_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that still has the stamp of its inspection is believed to be the one that it was."""
    root = tmp_path / "photos"
    rows = [row(root, f"{number}.png", 300 + number) for number in range(3)]
    stamps = [Stamp.of(str(root / "0.png")), Stamp.of(str(root / "1.png")), None]
    (root / "1.png").write_bytes(draw(200, 200, seed=999).encoded())
    os.utime(root / "1.png", ns=(5, 5))
    table = manifest.from_rows(rows, "drawn")
    for number, column in enumerate(("file_size", "file_mtime_ns")):
        table[column] = pd.array([stamp and stamp[number] for stamp in stamps], "Int64")
    photos = list(cutting._photos(table, keys_of(table)))
    read = Preparation(RECIPE, str(root)).reader()
    hashed: list[bytes] = []
    sha256 = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", lambda data: (hashed.append(data), sha256(data))[1])
    fetched = [fetch(read, photo) for photo in photos]
    monkeypatch.undo()
    assert hashed == [(root / "1.png").read_bytes(), (root / "2.png").read_bytes()]
    assert [isinstance(data, bytes) for data in fetched] == [True, False, True]
    prepared, _ = cut_crops(table, root, tmp_path / "stores", RECIPE, workers=1)
    assert prepared["quarantine"].dropna().index.tolist() == [1]
    assert prepared["quarantine"][1].startswith("changed: ")


def test_another_recipe_makes_another_store_and_says_so(
    table: pd.DataFrame, root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    few = table.iloc[:2]
    with caplog.at_level(logging.WARNING, "fdc"):
        cut_crops(few, root, tmp_path, RECIPE, workers=1)
        assert caplog.records == []
        other = RECIPE.model_copy(update={"size": 32})
        _, store = cut_crops(few, root, tmp_path, other, workers=1)
    assert "size: 48 -> 32" in caplog.text
    assert store.crops.shape == (2, 32, 32, 3)
    assert CropStore(tmp_path / RECIPE.fingerprint).count == 2


def test_two_at_once(table: pd.DataFrame, root: Path, tmp_path: Path) -> None:
    folder = tmp_path / RECIPE.fingerprint
    with CropWriter(folder, RECIPE), pytest.raises(StoreError, match="is being written by"):
        cut_crops(table, root, tmp_path, RECIPE, workers=1)


def test_an_unknown_engine(table: pd.DataFrame, root: Path, tmp_path: Path) -> None:
    with pytest.raises(ExecutionError, match="no engine 'spark'"):
        cut_crops(table, root, tmp_path, RECIPE, engine="spark")


def test_photos_from_any_file_system(table: pd.DataFrame, root: Path, tmp_path: Path) -> None:
    _, local = cut_crops(table, root, tmp_path / "local", RECIPE, workers=1)
    _, remote = cut_crops(table, f"file://{root}", tmp_path / "remote", RECIPE, workers=1)
    assert contents(local) == contents(remote)


SCRIPT = """
import sys
from pathlib import Path
from fdc import manifest
from fdc.crops.cutting import cut_crops
from fdc.faces.recipe import Recipe
table, root, stores = (Path(argument) for argument in sys.argv[1:4])
recipe = Recipe.model_validate_json(sys.argv[4])
cut_crops(manifest.read(table), root, stores, recipe, workers=2)
"""


@pytest.fixture
def command(table: pd.DataFrame, root: Path, tmp_path: Path) -> list[str]:
    rows = [row(root, f"many/{number}.png", 1000 + number) for number in range(150)]
    many = pd.concat([table, manifest.from_rows(rows, "drawn")], ignore_index=True)
    manifest.write(many, tmp_path / "manifest.parquet")
    (tmp_path / "script.py").write_text(SCRIPT)
    arguments = [tmp_path / "manifest.parquet", root, tmp_path / "stores"]
    return [
        sys.executable,
        str(tmp_path / "script.py"),
        *map(str, arguments),
        RECIPE.model_dump_json(),
    ]


def test_kills_at_random_moments(command: list[str], root: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    many = manifest.read(tmp_path / "manifest.parquet")
    began = time.monotonic()
    _, whole = cut_crops(many, root, tmp_path / "uninterrupted", RECIPE, workers=2)
    takes = time.monotonic() - began
    rng = random.Random(7)
    journal = tmp_path / "stores" / RECIPE.fingerprint / "journal.jsonl"
    lines: list[bytes] = []
    for _ in range(KILLS):
        process = subprocess.Popen(
            command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
        )
        # Half of them once it has begun to write, so that they meet it at work.
        until = time.monotonic() + rng.uniform(0.2, 1.5) * takes
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        workers = _workers(process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until_gone(workers)
        now = journal.read_bytes().splitlines() if journal.exists() else []
        assert now[: max(0, len(lines) - 1)] == lines[: max(0, len(lines) - 1)]
        lines = now
    subprocess.run(command, env=environment, check=True, capture_output=True)
    store = CropStore(journal.parent)
    assert contents(store) == contents(whole)
    assert store.verify() == []


def test_an_interrupt_leaves_a_store_and_no_process(command: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whatever a shell starts in the background ignores it, these tests included.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    journal = tmp_path / "stores" / RECIPE.fingerprint / "journal.jsonl"
    while not journal.exists() or journal.stat().st_size < 1000:
        assert process.poll() is None
        time.sleep(0.01)
    workers = _workers(process)
    assert len(workers) == 2
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, told = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in told
    assert told.count("Traceback") == 1  # its own; no worker has anything to say
    store = CropStore(journal.parent)
    assert 0 < store.count < 160
    assert store.verify() == []
    assert (journal.parent / "index.parquet").exists()
    wait_until_gone(workers)


def _workers(process: subprocess.Popen[Any]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def test_crops_show_the_faces(table: pd.DataFrame, root: Path, tmp_path: Path) -> None:
    _, store = cut_crops(table.iloc[:3], root, tmp_path, RECIPE, workers=1)
    middle = np.asarray(store.crops[:, 22:26, 22:26]).reshape(3, -1, 3).mean(axis=1)
    assert np.abs(middle - (200, 160, 130)).max() < 6
