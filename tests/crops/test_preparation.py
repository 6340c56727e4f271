"""Photos that are refused, changed, poisoned and too big; on a cluster with the same outcomes."""

import ctypes
import hashlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest

from fdc import manifest
from fdc.crops.cutting import cut_crops
from fdc.crops.preparation import Outcome, Photo, Preparation, prepare_photos
from fdc.errors import ExecutionError, WeightsError
from fdc.faces.preparer import Crop, Refused
from fdc.faces.recipe import Recipe
from tests.clusters import Nodes, nodes
from tests.crops.test_cutting import contents, row
from tests.servers import s3

MEMORY = 600 << 20


class Poisoned:
    """Prepares photos whose bytes say what is to happen."""

    def crop(self, data: bytes, box: object, landmarks: object) -> Crop:
        match data.split()[0]:
            case b"segfault":
                ctypes.string_at(0)
            case b"kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case b"memory":
                np.ones(MEMORY * 2, np.uint8)
            case b"abort":
                os.abort()
            case b"sleep":
                time.sleep(600)
            case b"refused":
                raise Refused("no face", "none was\nfound")
            case b"fault":
                raise KeyError("surprise")
        return Crop(np.full((4, 4, 3), len(data), np.uint8), None, None, 1.0, "whole")


@dataclass(frozen=True)
class PoisonedPreparation(Preparation):
    def preparer(self) -> Poisoned:  # type: ignore[override]
        return Poisoned()


class MissingPreparation(Preparation):
    def preparer(self) -> Poisoned:  # type: ignore[override]
        raise WeightsError("u2netp.onnx is missing", "Put it there.")


class DyingPreparation(Preparation):
    def preparer(self) -> Poisoned:  # type: ignore[override]
        os.abort()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Nodes]:
    """One whose nodes know where the photos' S3 is."""
    pytest.importorskip("ray")
    with s3("photos"), nodes() as made:
        yield made


def photos(root: Path, contents: Iterable[str]) -> list[Photo]:
    made = []
    for number, content in enumerate(contents):
        data = f"{content} {number}".encode()
        (root / str(number)).write_bytes(data)
        made.append(Photo(f"key {number}", str(number), hashlib.sha256(data).hexdigest()))
    return made


def run(root: Path, contents: Iterable[str], **options: Any) -> list[Outcome]:
    preparation = PoisonedPreparation(Recipe(), str(root), memory_bytes=MEMORY)
    return list(prepare_photos(preparation, photos(root, contents), workers=2, **options))


def rules(outcomes: Iterable[Outcome]) -> list[str | None]:
    return [outcome.record.rule for outcome in outcomes]


def test_outcomes_come_in_order(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good"] * 40)
    assert [outcome.record.key for outcome in outcomes] == [f"key {n}" for n in range(40)]
    assert all(outcome.pixels is not None for outcome in outcomes)


@pytest.mark.parametrize(
    ("poison", "told"),
    [("segfault", "SIGSEGV"), ("kill", "out of memory"), ("abort", "SIGABRT")],
)
def test_a_poisoned_photo_costs_itself_alone(tmp_path: Path, poison: str, told: str) -> None:
    outcomes = run(tmp_path, ["good"] * 4 + [poison] + ["good"] * 20)
    assert rules(outcomes) == [None] * 4 + ["crashed the worker"] + [None] * 20
    assert told in str(outcomes[4].record.reason)


def test_a_photo_that_wants_all_the_memory(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good", "memory", "good"])
    assert rules(outcomes) == [None, "out of memory", None]


def test_a_photo_that_never_ends(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good", "sleep", "good"], seconds=2.0)
    assert rules(outcomes) == [None, "crashed the worker", None]
    assert "more than 2 s" in str(outcomes[1].record.reason)


def test_refusals_and_faults_are_outcomes(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["refused", "fault", "good"])
    assert rules(outcomes) == ["no face", "failed", None]
    assert outcomes[0].record.reason == "none was found"
    assert outcomes[1].record.reason == "KeyError: 'surprise'"


def test_missing_weights_are_told_once(tmp_path: Path) -> None:
    preparation = MissingPreparation(Recipe(), str(tmp_path))
    with pytest.raises(WeightsError, match="is missing"):
        list(prepare_photos(preparation, photos(tmp_path, ["good"] * 5), workers=2))


def test_workers_that_cannot_start_are_not_hired_for_ever(tmp_path: Path) -> None:
    preparation = DyingPreparation(Recipe(), str(tmp_path))
    with pytest.raises(ExecutionError, match="do not start"):
        list(prepare_photos(preparation, photos(tmp_path, ["good"] * 5), workers=2))


def test_files_that_are_gone_or_changed_are_passing(tmp_path: Path) -> None:
    made = photos(tmp_path, ["good"] * 3)
    (tmp_path / "0").unlink()
    (tmp_path / "1").write_bytes(b"good, but another photo")
    outcomes = list(prepare_photos(PoisonedPreparation(Recipe(), str(tmp_path)), made, workers=1))
    assert rules(outcomes) == ["vanished", "changed", None]
    assert [outcome.lasting for outcome in outcomes] == [False, False, True]


def test_photos_are_read_from_any_file_system(tmp_path: Path) -> None:
    made = photos(tmp_path, ["good"])
    preparation = PoisonedPreparation(Recipe(), f"file://{tmp_path}")
    assert rules(prepare_photos(preparation, made, workers=1)) == [None]


def test_photos_are_taken_as_they_are_needed(tmp_path: Path) -> None:
    taken = 0

    def many() -> Iterable[Photo]:
        nonlocal taken
        for photo in photos(tmp_path, ["good"] * 300):
            taken += 1
            yield photo

    outcomes = prepare_photos(PoisonedPreparation(Recipe(), str(tmp_path)), many(), workers=1)
    next(outcomes)
    assert taken <= 40
    assert len(list(outcomes)) == 299


def test_every_outcome_is_the_local_one(cluster: Nodes, tmp_path: Path) -> None:
    contents = [*["good"] * 4, "segfault", "good", "memory", "refused", "kill", "fault", "sleep"]
    contents += ["good"] * 20
    here, there = (run(tmp_path, contents, engine=e, seconds=5.0) for e in ("local", "ray"))
    assert [outcome.record for outcome in here] == [outcome.record for outcome in there]
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
    crashed = "crashed the worker"
    refused = [crashed, None, "out of memory", "no face", crashed, "failed", crashed]
    assert rules(there) == [None] * 4 + refused + [None] * 20


def test_the_result_is_the_local_one_byte_for_byte_also_from_s3(
    cluster: Nodes, tmp_path: Path
) -> None:
    root = tmp_path / "photos"
    table = manifest.from_rows([row(root, f"얼굴/{n}.png", n) for n in range(40)], "drawn")
    files = fsspec.filesystem("s3")
    files.put(f"{root}/", "photos/faces", recursive=True)
    recipe = Recipe(size=48, detector="none")
    _, here = cut_crops(table, root, tmp_path / "local", recipe)
    for place in (root, "s3://photos/faces"):
        folder = tmp_path / str(place).replace("/", "-")
        prepared, there = cut_crops(table, place, folder, recipe, engine="ray")
        assert prepared["quarantine"].isna().all()
        assert contents(there) == contents(here)
