"""Bad input gives one clear error and a non-zero exit code, and leaves what was there."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.end_to_end.conftest import SMALL, make_in

pytestmark = pytest.mark.end_to_end

WITHOUT_DETECTION = "--set prepare.face=whole --set prepare.background=none"


def photos(folder: Path, count: int, gender: int = 0) -> None:
    """Draws noise under UTKFace's names."""
    folder.mkdir(parents=True)
    noise = np.random.default_rng(7)
    for number in range(count):
        pixels = noise.integers(0, 255, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(
            folder / f"{number % 90}_{gender}_0_2017{number:013d}.jpg.chip.jpg"
        )


def missing(folder: Path) -> Path:
    return folder / "nowhere"


def empty(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def without_photos(folder: Path) -> Path:
    (folder / "texts").mkdir()
    (folder / "texts" / "notes.txt").write_text("no photo")
    return folder / "texts"


def of_one_class(folder: Path) -> Path:
    photos(folder / "women", 30, gender=1)
    return folder / "women"


def too_few(folder: Path) -> Path:
    photos(folder / "few", 1)
    return folder / "few"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (missing, "There is no folder"),
        (empty, "is empty"),
        (without_photos, "no photo"),
        (of_one_class, "have one label"),
        (too_few, "usable photos for 2 classes"),
    ],
)
def test_photos_that_cannot_be_learned_from(
    empty_project: Path, tmp_path: Path, data: Callable[[Path], Path], complaint: str
):
    folder = data(tmp_path)
    said = make_in(empty_project)("search", TASK="gender", DATA=folder, ARGS=WITHOUT_DETECTION)
    assert_one_clear_error(said, complaint)
    assert list((empty_project / "mlruns").iterdir()) == [empty_project / "mlruns" / ".gitkeep"]


def test_an_unknown_task_names_the_known_ones(empty_project: Path):
    said = make_in(empty_project)("search", TASK="gendre")
    assert_one_clear_error(said, "Did you mean 'gender'?")


def test_a_broken_experiment_tells_every_mistake(empty_project: Path):
    file = empty_project / "experiments" / "age.yaml"
    file.write_text(file.read_text().replace("tuner: greedy", "tuner: gredy\n  minuts: 3"))
    said = make_in(empty_project)("search", TASK="age")
    assert_one_clear_error(said, "Did you mean 'greedy'?")
    assert "Did you mean 'minutes'?" in said.stderr


@pytest.mark.parametrize("verb", ["search", "promote"])
def test_mlflow_that_cannot_be_used_is_told_before_anything_is_done(empty_project: Path, verb: str):
    database = {"MLFLOW_TRACKING_URI": "postgresql+psycopg://fdc:secret@127.0.0.1:1/runs"}
    said = make_in(empty_project)(verb, TASK="age", env=database)
    assert_one_clear_error(said, "MLflow at postgresql+psycopg://fdc:***@127.0.0.1:1/runs cannot")
    assert "connection refused" in said.stderr.lower()
    assert not (empty_project / "data").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_told_and_the_same_command_goes_on_once_there_is_room(
    empty_project: Path, small_disk: Path
):
    (empty_project / "data").symlink_to(small_disk)
    said = make_in(empty_project)("prepare", TASK="age", ARGS=SMALL)
    assert_one_clear_error(said, "No space left on device")
    kept = sum(1 for _ in small_disk.rglob("*.png"))
    assert kept > 0
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    said = make_in(empty_project)("prepare", TASK="age", ARGS=SMALL)
    assert said.returncode == 0, said.stderr
    assert sum(1 for _ in small_disk.rglob("*.png")) == 24 * 6


def assert_one_clear_error(said: subprocess.CompletedProcess[str], complaint: str) -> None:
    assert said.returncode != 0
    assert said.stderr.count("Error: ") == 1, said.stderr
    assert complaint.lower() in said.stderr.lower()
    assert "Traceback" not in said.stdout + said.stderr


def test_help_answers_in_under_a_second_of_processor_time(empty_project: Path):
    before = os.times()
    said = subprocess.run(
        [".venv/bin/fdc", "search", "--help"], cwd=empty_project, capture_output=True, check=True
    )
    after = os.times()
    assert b"--minutes" in said.stdout
    used = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    assert used < 1.0
