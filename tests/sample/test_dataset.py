import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.errors import DataError
from fdc.execution.mapping import map_ordered
from fdc.sample import dataset as sample
from fdc.sample.dataset import draw, plan_photos
from tests.waiting import wait_until

SMALL = {"subjects": 2, "photos": 3, "seed": 5}


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("images", "labels")
        for path in sorted((root / folder).iterdir())
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(tmp_path_factory.mktemp("sample") / "sample", **SMALL)


def test_each_photo_has_its_label(drawn: Path) -> None:
    photos = {path.stem for path in (drawn / "images").glob("*.png")}
    labels = {path.stem for path in (drawn / "labels").glob("*.json")}
    assert len(photos) == 6
    assert photos == labels


def test_labels_are_in_the_ai_hubs_format(drawn: Path) -> None:
    for path in (drawn / "labels").iterdir():
        label = json.loads(path.read_text())
        photo = cv2.imread(str(drawn / "images" / f"{label['filename']}.{label['format']}"))
        assert label["filename"] == path.stem
        assert photo.shape == (label["height"], label["width"], 3) == (400, 320, 3)
        assert 0 <= label["age_past"] <= label["age_now"]
        assert label["birth"] + label["age_past"] <= 2023
        assert label["birth"] + label["age_now"] == 2023
        assert label["gender"] in ("female", "male")
        assert label["tone"] in ("warm", "cool")
        assert label["device"] in ("film", "digital")
        assert path.stem.endswith("F" if label["device"] == "film" else "D")

        (face,) = label["annotation"]
        nose, left_eye, right_eye, left_mouth, right_mouth = face["landmark"]
        assert left_eye[0] < nose[0] < right_eye[0]
        assert left_mouth[0] < right_mouth[0]
        assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
        box = face["box"]
        for x, y in face["landmark"]:
            assert box["x"] < x < box["x"] + box["w"]
            assert box["y"] < y < box["y"] + box["h"]


def test_the_bytes_do_not_depend_on_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = {"subjects": 4, "photos": 9, "seed": 5}
    workers = []

    def counted(*args: Any, **options: Any) -> Iterator[Any]:
        workers.append(options["workers"])
        return map_ordered(*args, **options)

    monkeypatch.setattr(sample, "map_ordered", counted)
    monkeypatch.setattr(sample, "usable_cpus", lambda: 1)
    alone = draw(tmp_path / "alone", **enough)
    assert workers == []
    monkeypatch.setattr(sample, "usable_cpus", lambda: 2)
    assert contents(draw(tmp_path / "together", **enough)) == contents(alone)
    assert workers == [2]


def test_another_seed_gives_other_bytes(drawn: Path, tmp_path: Path) -> None:
    other = draw(tmp_path / "other", **{**SMALL, "seed": 6})
    assert not set(contents(other).values()) & set(contents(drawn).values())


def test_more_people_leave_the_first_ones_as_they_are(drawn: Path) -> None:
    few, more = plan_photos(2, 3, 5), plan_photos(4, 3, 5)
    assert more[: len(few)] == few


def test_a_complete_sample_is_not_drawn_again(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "render", lambda *_: pytest.fail("drew again"))
    assert draw(drawn, **SMALL) == drawn


def test_what_is_missing_is_drawn_and_nothing_else(drawn: Path, tmp_path: Path) -> None:
    root = draw(tmp_path, **SMALL)
    whole = contents(root)
    (root / "images" / sorted(os.listdir(root / "images"))[0]).unlink()
    (root / "labels" / sorted(os.listdir(root / "labels"))[3]).unlink()
    (root / "images" / "0001.png.unfinished").write_bytes(b"cut off")
    kept = {path: path.stat().st_mtime_ns for path in root.glob("*/*[FD].*")}
    assert draw(root, **SMALL) == root
    assert contents(root) == whole
    again = [path.stem for path, time_ns in kept.items() if path.stat().st_mtime_ns != time_ns]
    # Each of the two photos had one file left of two.
    assert len(again) == 2


def test_a_killed_draw_is_completed(tmp_path: Path) -> None:
    root, many = tmp_path / "sample", {"subjects": 3, "photos": 5, "seed": 5}
    script = (
        "from pathlib import Path; from fdc.sample.dataset import draw; "
        f"draw(Path({str(root)!r}), **{many})"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    wait_until(lambda: len(list(root.glob("labels/*.json"))) >= 3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    early = contents(root)
    assert 3 <= len(early) < 30

    draw(root, **many)
    finished = contents(root)
    whole = {name: data for name, data in early.items() if not name.endswith(".unfinished")}
    assert whole.items() <= finished.items()
    assert len(finished) == 30
    assert finished == contents(draw(tmp_path / "again", **many))


def start_drawing(folder: Path) -> subprocess.Popen[str]:
    """Draws on two cores in a script of its own, in a group of processes of its own."""
    script = folder / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom fdc.sample import dataset\n"
        "dataset.usable_cpus = lambda: 2\n"
        f"if __name__ == '__main__':\n    dataset.draw(Path({str(folder / 'sample')!r}), 60, 10)\n"
    )
    return subprocess.Popen(
        [sys.executable, script],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whatever a shell starts in the background ignores it, these tests included.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_nobody_draws_on_for_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = start_drawing(tmp_path)
    wait_until(lambda: list(tmp_path.glob("sample/labels/*.json")))
    children = psutil.Process(parent.pid).children(recursive=True)
    assert len(children) >= 2
    parent.kill()
    parent.communicate()
    _, left = psutil.wait_procs(children, timeout=120)
    assert not left


@pytest.mark.parametrize("early", [True, False])
def test_ctrl_c_ends_the_drawing_at_once(tmp_path: Path, early: bool) -> None:
    parent = start_drawing(tmp_path)
    us = psutil.Process(parent.pid)
    wait_until(lambda: us.children() if early else list(tmp_path.glob("sample/labels/*.json")))
    children = us.children(recursive=True)
    os.killpg(parent.pid, signal.SIGINT)
    told = parent.communicate(timeout=60)[1]
    assert told.count("Traceback") == 1  # its own; the command line tells it in one sentence
    assert told.splitlines()[-1] == "KeyboardInterrupt"
    _, left = psutil.wait_procs(children, timeout=120)
    assert not left
    assert not list(tmp_path.glob("sample/*/*.unfinished"))


def test_other_arguments_replace_the_sample(tmp_path: Path) -> None:
    root = draw(tmp_path, subjects=1, photos=2, seed=1)
    (root / "images" / "notes.txt").write_text("mine")
    before = contents(root)
    after = contents(draw(root, subjects=1, photos=3, seed=2))
    assert len(after) == 7
    assert set(before) & set(after) == {"images/notes.txt"}


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.png").write_bytes(b"precious")
    with pytest.raises(DataError, match=r"holiday\.png"):
        draw(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.png"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DataError, match="file"):
        draw(tmp_path / "file", **SMALL)


def test_a_full_disk_is_a_data_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name.endswith(".png.unfinished"):
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="No space left"):
        draw(tmp_path, **SMALL)
    monkeypatch.undo()
    assert len(contents(draw(tmp_path, **SMALL))) == 12


@pytest.mark.parametrize("wrong", [{"subjects": 0}, {"photos": 0}])
def test_nobody_cannot_be_drawn(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        draw(tmp_path, **(SMALL | wrong))


@settings(max_examples=25, deadline=None)
@given(subjects=st.integers(1, 12), photos=st.integers(1, 30), seed=st.integers(0, 2**31))
def test_plans_are_plausible(subjects: int, photos: int, seed: int) -> None:
    plan = plan_photos(subjects, photos, seed)
    assert len({photo.name for photo in plan}) == len(plan) == subjects * photos
    for subject in range(1, subjects + 1):
        own = [photo for photo in plan if photo.subject == subject]
        ages = [photo.age for photo in own]
        assert len({(photo.identity, photo.birth) for photo in own}) == 1
        assert ages == sorted(ages)
        assert 0 <= ages[0] <= ages[-1] <= min(2023 - own[0].birth, 80)
        if photos <= ages[-1]:
            assert len(set(ages)) == photos
    for photo in plan:
        year = photo.birth + photo.age
        assert year <= 2023
        assert photo.film or year > 1988
        assert not photo.film or year < 2012


def test_the_default_plan_is_balanced() -> None:
    plan = plan_photos(60, 10, 71415)
    decades = Counter(min(photo.age // 10, 6) for photo in plan)
    assert set(decades) == set(range(7))
    assert max(decades.values()) < 1.4 * min(decades.values())
    people = {photo.subject: photo.identity for photo in plan}.values()
    kinds = Counter((who.gender, who.tone) for who in people)
    assert set(kinds.values()) == {15}
    films = sum(photo.film for photo in plan)
    assert 0.35 < films / len(plan) < 0.65
