"""Workers that are killed by their photos."""

import ctypes
import hashlib
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest

from fdc.crops import local
from fdc.crops.work import Job, Outcome, Photo
from fdc.errors import WeightsError
from fdc.faces.preparer import Crop, Refused
from fdc.faces.recipe import Recipe

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
class PoisonedJob(Job):
    def preparer(self) -> Poisoned:  # type: ignore[override]
        return Poisoned()


class MissingJob(Job):
    def preparer(self) -> Poisoned:  # type: ignore[override]
        raise WeightsError("u2netp.onnx is missing", "Put it there.")


class DyingJob(Job):
    def preparer(self) -> Poisoned:  # type: ignore[override]
        os.abort()


def photos(root: Path, contents: Iterable[str]) -> list[Photo]:
    made = []
    for number, content in enumerate(contents):
        data = f"{content} {number}".encode()
        (root / str(number)).write_bytes(data)
        made.append(Photo(f"key {number}", str(number), hashlib.sha256(data).hexdigest()))
    return made


def run(root: Path, contents: Iterable[str], workers: int = 2, **options: float) -> list[Outcome]:
    job = PoisonedJob(Recipe(), str(root), (), 1)
    return list(local.execute(job, photos(root, contents), workers, **options))  # type: ignore[arg-type]


def rules(outcomes: Iterable[Outcome]) -> list[str | None]:
    return [outcome.record.rule for outcome in outcomes]


def test_outcomes_come_in_order(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good"] * 40)
    assert [outcome.record.key for outcome in outcomes] == [f"key {n}" for n in range(40)]
    assert all(outcome.pixels is not None for outcome in outcomes)


@pytest.mark.parametrize(
    ("poison", "told"),
    [("segfault", "SIGSEGV"), ("kill", "want of memory"), ("abort", "SIGABRT")],
)
def test_a_poisoned_photo_costs_itself_alone(tmp_path: Path, poison: str, told: str) -> None:
    contents = ["good"] * 4 + [poison] + ["good"] * 5
    outcomes = run(tmp_path, contents)
    assert rules(outcomes) == [None] * 4 + ["crashed the worker"] + [None] * 5
    assert told in str(outcomes[4].record.reason)


def test_a_photo_that_wants_all_the_memory(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good", "memory", "good"], memory=MEMORY)
    assert rules(outcomes) == [None, "out of memory", None]


def test_a_photo_that_never_ends(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good", "sleep", "good"], seconds=2.0)
    assert rules(outcomes) == [None, "crashed the worker", None]
    assert "more than 2 s" in str(outcomes[1].record.reason)


def test_refusals_and_faults_are_outcomes(tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["refused", "fault", "good"], workers=1)
    assert rules(outcomes) == ["no face", "failed", None]
    assert outcomes[0].record.reason == "none was found"
    assert outcomes[1].record.reason == "KeyError: 'surprise'"


def test_files_that_are_gone_or_changed_are_passing(tmp_path: Path) -> None:
    made = photos(tmp_path, ["good"] * 3)
    (tmp_path / "0").unlink()
    (tmp_path / "1").write_bytes(b"good, but another photo")
    job = PoisonedJob(Recipe(), str(tmp_path), (), 1)
    outcomes = list(local.execute(job, made, 1))
    assert rules(outcomes) == ["vanished", "changed", None]
    assert [outcome.lasting for outcome in outcomes] == [False, False, True]


def test_photos_are_read_from_any_file_system(tmp_path: Path) -> None:
    made = photos(tmp_path, ["good"])
    job = PoisonedJob(Recipe(), f"file://{tmp_path}", (), 1)
    assert rules(local.execute(job, made, 1)) == [None]


def test_missing_weights_are_told_once(tmp_path: Path) -> None:
    job = MissingJob(Recipe(), str(tmp_path), (), 1)
    with pytest.raises(WeightsError, match="is missing"):
        list(local.execute(job, photos(tmp_path, ["good"] * 5), 2))


def test_workers_that_cannot_start_are_not_hired_for_ever(tmp_path: Path) -> None:
    job = DyingJob(Recipe(), str(tmp_path), (), 1)
    with pytest.raises(Exception, match="die before they begin"):
        list(local.execute(job, photos(tmp_path, ["good"] * 5), 2))


def test_no_worker_outlives_the_run(tmp_path: Path) -> None:
    job = PoisonedJob(Recipe(), str(tmp_path), (), 1)
    outcomes = local.execute(job, photos(tmp_path, ["good"] * 200), 2)
    next(outcomes)
    children = psutil.Process().children()
    workers = [child for child in children if any("spawn_main" in x for x in child.cmdline())]
    assert len(workers) == 2
    outcomes.close()  # type: ignore[attr-defined]
    assert not [worker for worker in workers if worker.is_running()]


def test_photos_are_taken_as_they_are_needed(tmp_path: Path) -> None:
    taken = 0

    def many() -> Iterable[Photo]:
        nonlocal taken
        for photo in photos(tmp_path, ["good"] * 300):
            taken += 1
            yield photo

    outcomes = local.execute(PoisonedJob(Recipe(), str(tmp_path), (), 1), many(), 1)
    next(outcomes)
    assert taken <= 40
    assert len(list(outcomes)) == 299
