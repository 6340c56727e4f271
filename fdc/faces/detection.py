"""Who finds a face: each detector gives a box, five points and a confidence."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from fdc import weights
from fdc.choices import LANDMARKS
from fdc.faces import alignment
from fdc.faces.face import Face, box_of
from fdc.faces.recipe import Recipe
from fdc.quiet import native_stderr_hidden

# A face is looked at again at this side, so many times at most, until less than this many degrees
# are left.
_LOOK_SIDE, _LOOKS, _STILL = 320, 4, 1.0

Pixels = NDArray[np.uint8]


class Detector(Protocol):
    """Finds faces."""

    def find(self, image: Pixels) -> list[Face]:
        """Faces in a photo.

        Args:
            image: uint8 RGB (height, width, 3).

        Returns:
            The faces, largest first.
        """
        ...

    def refine(self, image: Pixels, face: Face) -> Face:
        """The same face, its points as sharp as this detector can see them.

        Args:
            image: uint8 RGB (height, width, 3).
            face: one that it found, in pixels of the image.
        """
        ...


class YuNet:
    """YuNet (Wu et al., "YuNet: A tiny millisecond-level face detector", MIR 20, 2023).

    Args:
        path: its ONNX file.
        threshold: least confidence.
    """

    def __init__(self, path: Path, threshold: float) -> None:
        with _quiet_opencv():
            self._net = cv2.FaceDetectorYN.create(str(path), "", (320, 320), threshold)

    def find(self, image: Pixels) -> list[Face]:
        """Faces in a photo, largest first."""
        height, width = image.shape[:2]
        self._net.setInputSize((width, height))
        _, rows = self._net.detect(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        return _largest_first(
            Face(
                (float(row[0]), float(row[1]), float(row[2]), float(row[3])),
                alignment.ordered(row[4:14]),
                float(row[14]),
                "yunet",
            )
            for row in (() if rows is None else rows)
        )

    def refine(self, image: Pixels, face: Face) -> Face:
        """The same face, looked at upright and large until it stands still.

        YuNet sees little of a turn: of 30 degrees it reports none where a face is 60 px wide, 10
        at 110 px, 22 at 220 px. So the face is aligned by the points known so far and looked at
        again in a square that it fills, until those points say that it is upright.
        """
        for _ in range(_LOOKS):
            assert face.landmarks is not None
            upright = alignment.by_landmarks(face.landmarks, _LOOK_SIDE, 0.0)
            samples = alignment.samples_for(upright)
            fine = alignment.warp(image, upright, _LOOK_SIDE, samples, (128, 128, 128))
            seen = self.find(alignment.shrink(fine, samples))
            if not seen or seen[0].landmarks is None or seen[0].side < _LOOK_SIDE / 3:
                return face
            points = alignment.apply(alignment.inverse(upright), seen[0].landmarks)
            face = replace(face, landmarks=points)
            left = alignment.by_landmarks(seen[0].landmarks, _LOOK_SIDE, 0.0)
            if abs(alignment.turn_of(left)) < _STILL:
                break
        return face


class Mtcnn:
    """MTCNN (Zhang et al., IEEE SPL 23(10), 2016) as the package `mtcnn` ships it.

    It imports TensorFlow: seconds and half a gigabyte in every process that uses it.

    Args:
        threshold: least confidence.
        threads: threads for one photo.
    """

    def __init__(self, threshold: float, threads: int) -> None:
        self._threshold = threshold
        self._threads = threads

    @cached_property
    def _net(self) -> Any:
        # Loaded with the first photo that needs it: annotated ones never do.
        with native_stderr_hidden():
            import mtcnn
            import tensorflow as tf

            # TensorFlow refuses once it runs, as in a process that has trained before.
            with contextlib.suppress(RuntimeError):
                tf.config.threading.set_intra_op_parallelism_threads(self._threads)
                tf.config.threading.set_inter_op_parallelism_threads(1)
            return mtcnn.MTCNN()

    def find(self, image: Pixels) -> list[Face]:
        """Faces in a photo, largest first."""
        found = self._net.detect_faces(image, threshold_onet=self._threshold)
        return _largest_first(
            Face(
                box_of(face["box"]),
                alignment.ordered([xy for name in LANDMARKS for xy in face["keypoints"][name]]),
                float(face["confidence"]),
                "mtcnn",
            )
            for face in found or ()
        )

    def refine(self, image: Pixels, face: Face) -> Face:
        """The same face: MTCNN's last network has looked closely already."""
        return face


def open_detector(recipe: Recipe, folders: Sequence[Path | str], threads: int) -> Detector | None:
    """Make the detector that a recipe names.

    Args:
        recipe: its detector, weights and threshold are used.
        folders: where weights may lie, before the cache folder.
        threads: threads for one photo.

    Raises:
        WeightsError: YuNet's weights are missing or are not those of the recipe.
    """
    if recipe.face == "whole" or recipe.detector == "none":
        return None
    if recipe.detector == "mtcnn":
        return Mtcnn(recipe.threshold, threads)
    path, _ = weights.require("yunet", folders, sha256=recipe.detector_weights)
    return YuNet(path, recipe.threshold)


def packages(recipe: Recipe) -> tuple[str, ...]:
    """The packages that a recipe's detector imports and no other does."""
    finds = recipe.face == "detect"
    return ("mtcnn", "tensorflow") if finds and recipe.detector == "mtcnn" else ()


SIDES = (320, 640, 160)
"""Longest sides, in pixels, at which a photo is searched until it shows a face.

At 320 a portrait shows its face, at 640 the small face in a wide photo; at 160 a crop that is
nothing but face comes down to a size that detectors were trained on.
"""


def find_faces(detector: Detector, image: Pixels, sides: Sequence[int] = SIDES) -> list[Face]:
    """Find faces of any size, up to a photo that is nothing but face.

    Args:
        detector: who looks.
        image: uint8 RGB (height, width, 3).
        sides: longest sides at which it looks, until it finds something.

    Returns:
        The faces in pixels of `image`, largest first.
    """
    for side in sides:
        scale = side / max(image.shape[:2])
        found = detector.find(_resized(image, scale))
        if found:
            return [face.rescaled(scale) for face in found]
    return []


def _resized(image: Pixels, scale: float) -> Pixels:
    if scale == 1.0:
        return image
    height, width = image.shape[:2]
    to = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, to, interpolation=how), dtype=np.uint8)


def _largest_first(faces: Iterator[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: -face.side)


@contextlib.contextmanager
def _quiet_opencv() -> Iterator[None]:
    """OpenCV 5 warns that its new graph engine takes no target whenever a YuNet is made."""
    before = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
