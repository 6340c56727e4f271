import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.errors import DataError
from fdc.sample import dataset as sample
from fdc.sample.dataset import draw, plan_photos
from fdc.sample.drawing import Identity, Scene, aged, render
from fdc.sample.drawing.camera import Pose
from fdc.sample.drawing.camera import sample as heights_at
from fdc.sample.drawing.canvas import Grid
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


def somebody(seed: int = 0, gender: str = "female", tone: str = "warm") -> Identity:
    return Identity.draw(np.random.default_rng(seed), gender, tone)


def portrait(age: float, seed: int = 0, **who: str):
    rng = np.random.default_rng((seed, 1))
    seen = aged(somebody(seed, **who), age, rng)
    return render(seen, Scene.draw(rng, 320, 400), 320, 400, film=False)


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
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    alone = draw(tmp_path / "alone", **enough)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert contents(draw(tmp_path / "together", **enough)) == contents(alone)


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
        "import os\nfrom pathlib import Path\nfrom fdc.sample.dataset import draw\n"
        "os.cpu_count = lambda: 2\n"
        f"if __name__ == '__main__':\n    draw(Path({str(folder / 'sample')!r}), 60, 10)\n"
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


@pytest.mark.parametrize("gender", ["female", "male"])
def test_a_life_goes_one_way(gender: str) -> None:
    life = [aged(somebody(3, gender), age, np.random.default_rng(0)) for age in range(0, 81, 5)]
    for trait in ("growth", "elder", "grey", "recession", "wrinkles", "sag", "stubble"):
        values = [getattr(at, trait) for at in life]
        assert values == sorted(values), trait
    assert life[0].grey == life[0].wrinkles == 0.0
    assert life[-1].grey > 0.7
    assert life[-1].wrinkles > 0.8
    # Children have large eyes and short faces.
    proportions = [at.mouth_y / at.eye_width for at in life[:5]]
    assert proportions == sorted(proportions)


@settings(max_examples=40, deadline=None)
@given(
    yaw=st.floats(-0.34, 0.34),
    pitch=st.floats(-0.13, 0.13),
    roll=st.floats(-0.2, 0.2),
    x=st.floats(-0.5, 0.5),
    y=st.floats(-0.3, 0.8),
)
def test_landmarks_go_where_the_pixels_go(
    yaw: float, pitch: float, roll: float, x: float, y: float
) -> None:
    grid = Grid.over(-1.5, -1.5, 1.5, 1.5, 100.0)
    relief = 0.9 * np.sqrt(np.clip(1.6 - grid.x**2 - grid.y**2, 0.0, None)).astype(np.float32)
    pose = Pose(yaw, pitch, roll, 70.0, (150.0, 160.0))
    point = np.array([[x, y]], np.float32)
    column, row = pose.project(point, heights_at(grid, relief, point))[0]
    u, v = pose.maps(grid, relief, 320, 400)
    seen = [
        cv2.remap(axis, np.float32([[column]]), np.float32([[row]]), cv2.INTER_LINEAR)[0, 0]
        for axis in (u, v)
    ]
    assert np.allclose(seen, grid.pixels(point)[0], atol=1.5)


@pytest.mark.parametrize("age", [1, 30, 75])
def test_eye_landmarks_lie_on_dark_irises(age: int) -> None:
    drawn = portrait(age, seed=11)
    grey = cv2.cvtColor(drawn.pixels, cv2.COLOR_RGB2GRAY)
    soft = cv2.GaussianBlur(grey, (0, 0), 2.0)
    _, left, right, mouth_left, mouth_right = drawn.landmarks
    for eye, mouth in ((left, mouth_left), (right, mouth_right)):
        cheek = 0.5 * (eye + mouth)
        darkness = [int(soft[round(float(y)), round(float(x))]) for x, y in (eye, cheek)]
        assert darkness[0] < darkness[1] - 20


def test_undertones_differ_in_colour_and_old_hair_in_lightness() -> None:
    def mean(at: str, age: float, **who: str) -> np.ndarray:
        drawn = portrait(age, **who)
        nose, left, right, *_ = drawn.landmarks
        apart = right[0] - left[0]
        x, y = nose if at == "nose" else (nose[0], left[1] - 1.45 * apart)
        patch = drawn.pixels[int(y) - 5 : int(y) + 5, int(x) - 5 : int(x) + 5]
        return patch.reshape(-1, 3).mean(axis=0)

    for seed in range(3):
        warm, cool = (mean("nose", 30, seed=seed, tone=tone) for tone in ("warm", "cool"))
        assert warm[2] / warm[0] < cool[2] / cool[0] - 0.05
    assert mean("hair", 78, seed=1).mean() > mean("hair", 25, seed=1).mean() + 40


def test_yunet_finds_the_faces_where_the_labels_say(shared: Path) -> None:
    weights = shared / "models" / "face_detection_yunet_2023mar.onnx"
    # YuNet's points are surest where the face is about 200 pixels wide.
    larger = 1.5
    size = (round(320 * larger), round(400 * larger))
    detector = cv2.FaceDetectorYN.create(str(weights), "", size, 0.6)
    distances = []
    people = 24
    for seed in range(people):
        drawn = portrait(age=3.4 * seed, seed=seed, gender="male" if seed % 2 else "female")
        faces = detector.detect(cv2.resize(drawn.pixels[..., ::-1].copy(), size))[1]
        if faces is None:
            continue
        # Its order: right eye of the person, which is the left one in the photo, left eye, nose …
        theirs = faces[0][4:14].reshape(5, 2)[[2, 0, 1, 3, 4]] / larger
        apart = np.linalg.norm(drawn.landmarks[2] - drawn.landmarks[1])
        # Eyes stand about 29 pixels apart in a crop of 128.
        distances.append(np.linalg.norm(theirs - drawn.landmarks, axis=1) / apart * 29.0)
    assert len(distances) / people >= 0.95
    assert np.median(distances) < 2.0
    assert np.mean(distances, axis=1).max() < 4.0
