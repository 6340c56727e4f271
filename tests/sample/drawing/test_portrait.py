"""Photos whose annotation lies where it says."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.sample.drawing.people import portrait


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


def test_the_same_arguments_give_the_same_photo() -> None:
    one, other = portrait(40, seed=3), portrait(40, seed=3)
    assert np.array_equal(one.pixels, other.pixels)
    assert one.box == other.box
