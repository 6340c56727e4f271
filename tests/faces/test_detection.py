"""Detectors behind one interface."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from fdc import sources
from fdc.errors import WeightsError
from fdc.faces import alignment, detection
from fdc.faces.detection import Detector, find_faces
from fdc.faces.face import overlap
from fdc.faces.recipe import Recipe
from fdc.imaging import decoding
from fdc.sample import dataset as sample


@pytest.fixture(scope="module")
def yunet(weights_folder: Path) -> Detector:
    detector = detection.open_detector(Recipe(detector="yunet"), [weights_folder], 1)
    assert detector is not None
    return detector


def test_yunet_finds_a_real_face_at_any_size(yunet: Detector, portraits: list[Path]) -> None:
    image = decoding.decode(portraits[0].read_bytes())
    [found] = find_faces(yunet, image)[:1]
    assert found.found_by == "yunet"
    assert found.landmarks is not None
    left, right, nose, mouth_left, mouth_right = found.landmarks
    assert left[0] < right[0]
    assert mouth_left[0] < mouth_right[0]
    assert left[1] < nose[1] < mouth_left[1]
    small = detection._resized(image, 150 / max(image.shape[:2]))
    again = find_faces(yunet, small)[0].rescaled(150 / max(image.shape[:2]))
    assert overlap(found.box, again.box) > 0.7


@pytest.mark.parametrize("turn", [-30, -15, 15, 30])
def test_a_turned_face_is_aligned_as_if_it_were_not(
    yunet: Detector, portraits: list[Path], turn: int
) -> None:
    """Where the eyes of the upright photo end, when the turned one is what YuNet sees."""
    apart = []
    for path in portraits[:8]:
        image = decoding.decode(path.read_bytes(), at_least=480)
        found = find_faces(yunet, image)
        face = yunet.refine(image, found[0])
        assert face.landmarks is not None
        height, width = image.shape[:2]
        x, y, w, h = face.box
        matrix = cv2.getRotationMatrix2D((x + w / 2, y + h / 2), turn, 1.0)
        turned = np.asarray(
            cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
        )
        again = max(find_faces(yunet, turned), key=lambda one: overlap(one.box, face.box))
        again = yunet.refine(turned, again)
        assert again.landmarks is not None
        eyes = face.landmarks[:2]
        one = alignment.apply(alignment.by_landmarks(face.landmarks, 128, 0.2), eyes)
        moved = alignment.apply(matrix, eyes)
        other = alignment.apply(alignment.by_landmarks(again.landmarks, 128, 0.2), moved)
        apart.append(np.abs(one - other).max())
    assert max(apart) < 2


@pytest.mark.parametrize("folder", ["utkface", "fer2013/train/happy", "ckplus48/happy"])
def test_yunet_finds_faces_that_fill_the_photo(yunet: Detector, shared: Path, folder: str) -> None:
    paths = sorted((shared / "data" / folder).iterdir())[:40]
    found = [bool(find_faces(yunet, decoding.decode(path.read_bytes()))) for path in paths]
    assert np.mean(found) >= 0.9


def test_no_face_is_found_in_noise(yunet: Detector) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    assert find_faces(yunet, noise) == []


def test_yunet_agrees_with_the_annotation_of_the_drawn_sample(
    yunet: Detector, tmp_path: Path
) -> None:
    sample.draw(tmp_path, subjects=3, photos=4)
    table = sources.read(tmp_path)
    apart = []
    for path, landmarks in zip(table["path"], table["landmarks"], strict=True):
        image = decoding.decode((tmp_path / path).read_bytes())
        face = yunet.refine(image, find_faces(yunet, image)[0])
        assert face.landmarks is not None
        truth = alignment.ordered(landmarks)
        matrix = alignment.by_landmarks(truth, 128, 0.2)
        moved = [alignment.apply(matrix, points[:2]) for points in (truth, face.landmarks)]
        apart.append(np.hypot(*(moved[0] - moved[1]).T).mean())
    assert np.median(apart) < 4


def test_mtcnn_agrees_with_yunet(yunet: Detector, portraits: list[Path]) -> None:
    mtcnn = detection.open_detector(Recipe(detector="mtcnn"), [], 1)
    assert mtcnn is not None
    image = decoding.decode(portraits[0].read_bytes(), at_least=400)
    one, other = find_faces(yunet, image)[0], find_faces(mtcnn, image)[0]
    assert other.found_by == "mtcnn"
    assert overlap(one.box, other.box) > 0.5
    assert one.landmarks is not None
    assert other.landmarks is not None
    assert np.abs(one.landmarks - other.landmarks).max() < 0.12 * one.side
    assert find_faces(mtcnn, np.zeros((200, 200, 3), np.uint8)) == []


def test_without_weights_another_detector_is_named() -> None:
    with pytest.raises(WeightsError, match="mtcnn"):
        detection.open_detector(Recipe(detector_weights="0" * 64), [], 1)
    assert detection.open_detector(Recipe(detector="none"), [], 1) is None
    assert detection.open_detector(Recipe(face="whole"), [], 1) is None
