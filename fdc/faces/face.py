"""What a face in a photo is: a box, five points, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fdc.faces import alignment

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels."""


@dataclass(frozen=True)
class Face:
    """A face in a photo.

    Attributes:
        box: x, y, width, height in pixels.
        landmarks: (5, 2) pixels, in the order of `choices.LANDMARKS`; None where only a box
            is known.
        confidence: 0..1; 1 for an annotation.
        found_by: "annotation", "yunet" or "mtcnn".
    """

    box: Box
    landmarks: NDArray[np.float64] | None
    confidence: float
    found_by: str

    @property
    def side(self) -> float:
        """Side of the square of the box's area, in pixels."""
        return float(np.sqrt(self.box[2] * self.box[3]))

    def rescaled(self, scale: float) -> Face:
        """The same face in a photo of which this one is `scale` times the size."""
        return replace(
            self,
            box=box_of([number / scale for number in self.box]),
            landmarks=None if self.landmarks is None else self.landmarks / scale,
        )


def annotated(box: Sequence[float] | None, landmarks: Sequence[float] | None) -> Face | None:
    """The face that a data set's annotation describes.

    Args:
        box: x, y, width, height in pixels of the upright photo.
        landmarks: ten numbers, x and y of five points.

    Returns:
        The face; None where there is no annotation.
    """
    if landmarks is not None:
        points = alignment.ordered(np.asarray(landmarks, dtype=np.float64))
        if box is None:
            box = _box_around(points)
        return Face(box_of(box), points, 1.0, "annotation")
    return None if box is None else Face(box_of(box), None, 1.0, "annotation")


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes.

    Example:
        >>> round(overlap((0, 0, 10, 10), (5, 0, 10, 10)), 3)
        0.333
    """
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right = min(one[0] + one[2], other[0] + other[2])
    bottom = min(one[1] + one[3], other[1] + other[3])
    common = max(0.0, right - left) * max(0.0, bottom - top)
    return common / max(one[2] * one[3] + other[2] * other[3] - common, 1e-9)


def box_of(box: Sequence[float]) -> Box:
    """Four plain numbers, whatever they were."""
    x, y, width, height = (float(number) for number in box)
    return x, y, width, height


def _box_around(points: NDArray[np.float64]) -> Box:
    to_square = alignment.inverse(alignment.by_landmarks(points, 1, 0.0))
    side = alignment.scale_of(to_square)
    x, y = alignment.apply(to_square, np.array([[0.5, 0.5]]))[0]
    return float(x - side / 2), float(y - side / 2), side, side
