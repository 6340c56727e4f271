"""How much room round a face the photos of a set can give, so that crops hold no empty pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fdc.choices import MARGIN
from fdc.faces import alignment

PHOTOS = 200
"""How many photos of a set are looked at."""

REAL = 0.97
"""Share of a crop's pixels that lie inside the photo, where nothing is missing."""

MOST = 0.9
"""Of so many of the photos, crops are to miss nothing."""

MARGINS = tuple(round(MARGIN - 0.02 * step, 2) for step in range(12))
"""From what roomy photos get to what still shows eyebrows, cheeks and chin."""

OFFSETS = (0.0, 0.04, 0.08, 0.12, 0.16, 0.2)
"""Tight photos end at the forehead, and show more below the chin."""


class Framing(NamedTuple):
    """How a crop lies around a face; see `Recipe`.

    Attributes:
        margin: width around the tight face square, as a share of its side.
        offset: how far below its centre the crop's centre lies, as a share of its side.
    """

    margin: float = MARGIN
    offset: float = 0.0


class Placed(NamedTuple):
    """Where a face lies in its photo.

    Attributes:
        width: of the upright photo, in pixels.
        height: the same.
        box: x, y, width, height of the face, in pixels.
        landmarks: (5, 2) pixels, or None.
    """

    width: int
    height: int
    box: Sequence[float]
    landmarks: NDArray[np.float64] | None


def fit(faces: Sequence[Placed]) -> Framing:
    """Finds the largest crop that the photos can fill.

    Args:
        faces: of some photos of the set.

    Returns:
        The first of `MARGINS`, with the least of `OFFSETS`, at which `MOST` of the crops are
        `REAL`; where there is none, the smallest crop that misses least.

    Example:
        >>> fit([Placed(400, 400, (150, 150, 100, 100), None)])
        Framing(margin=0.1, offset=0.0)
    """
    if not faces:
        return Framing()
    for margin in MARGINS:
        tried = [Framing(margin, offset) for offset in OFFSETS]
        full = [share_of_full(faces, framing) for framing in tried]
        for framing, share in zip(tried, full, strict=True):
            if share >= MOST:
                return framing
    return tried[int(np.argmax(full))]


def share_of_full(faces: Iterable[Placed], framing: Framing) -> float:
    """In what share of the photos a crop would miss nothing."""
    return float(np.mean([real_share(face, framing) >= REAL for face in faces]))


def real_share(face: Placed, framing: Framing) -> float:
    """What share of a crop lies inside its photo, 0 to 1."""
    if face.landmarks is None:
        to_crop = alignment.by_box(face.box, 1, *framing)
    else:
        to_crop = alignment.by_landmarks(face.landmarks, 1, *framing)
    crop = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    corners = np.array(
        [[0, 0], [face.width, 0], [face.width, face.height], [0, face.height]], np.float64
    )
    photo = alignment.apply(to_crop, corners).astype(np.float32)
    area, _ = cv2.intersectConvexConvex(crop, photo)
    return min(1.0, float(area))
