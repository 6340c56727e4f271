"""Eyes and mouth to a fixed place: similarity transforms, and one antialiased warp."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from fdc.choices import LANDMARKS

Matrix = NDArray[np.float64]
Pixels = NDArray[np.uint8]

# Where ArcFace (Deng et al., 2019, https://arxiv.org/abs/1801.07698) puts the points in its 112 px
# square, made symmetric, so that a mirrored photo gives the mirrored crop.
_TEMPLATE = {
    "left_eye": (38.38, 51.60),
    "right_eye": (73.62, 51.60),
    "nose": (56.0, 71.74),
    "mouth_left": (41.41, 92.28),
    "mouth_right": (70.59, 92.28),
}
_POINTS = np.array([_TEMPLATE[name] for name in LANDMARKS], dtype=np.float64) / 112.0
_PAIRS = [
    (LANDMARKS.index(left), LANDMARKS.index(right))
    for left, right in (("left_eye", "right_eye"), ("mouth_left", "mouth_right"))
]
# The tip of the nose moves most when a head turns and annotators disagree on it most.
_USED = [index for index, name in enumerate(LANDMARKS) if name != "nose"]
# YuNet's box, on upright faces, is as large as ArcFace's square, and stands this share of its
# height above it.
_DOWN_OF_BOX = 0.03


def canonical(size: int, margin: float, offset: float = 0.0) -> NDArray[np.float64]:
    """Where the five points stand in a crop.

    Args:
        size: side of the crop in pixels.
        margin: width around the tight face square, as a share of its side; under 0 inside it.
        offset: how far below that square's centre the crop's centre lies, as a share of its side.

    Returns:
        (5, 2) x and y in pixels, in the order of `choices.LANDMARKS`.

    Example:
        >>> left_eye, right_eye, *_ = canonical(128, margin=0.3)
        >>> bool(left_eye[0] < right_eye[0]), bool(left_eye[1] == right_eye[1])
        (True, True)
    """
    return (_POINTS + margin - (0, offset)) / (1 + 2 * margin) * size


def ordered(landmarks: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Five points with the left ones, as seen in the image, first.

    Args:
        landmarks: ten numbers x1, y1 … x5, y5 in the order of `choices.LANDMARKS`, but for left and
            right.

    Returns:
        (5, 2) points; each pair's smaller x first.

    Example:
        >>> ordered([60, 10, 20, 11, 40, 30, 25, 50, 55, 50])[:2].tolist()
        [[20.0, 11.0], [60.0, 10.0]]
    """
    points = np.asarray(landmarks, dtype=np.float64).reshape(5, 2).copy()
    for first, second in _PAIRS:
        if points[first, 0] > points[second, 0]:
            points[[first, second]] = points[[second, first]]
    return points


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> Matrix:
    """The turn, scale and shift that bring points closest to others in the least-squares sense.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns"
    (IEEE PAMI 13(4), 1991), in two dimensions and without reflection.

    Args:
        source: (n, 2) points.
        target: (n, 2) points.

    Returns:
        (2, 3) matrix from source to target.

    Raises:
        ValueError: the source points coincide.

    Example:
        >>> source = np.array([[0.0, 0.0], [1.0, 0.0]])
        >>> turn_and_shift = similarity(source, 2 * source + 3)
        >>> np.allclose(turn_and_shift, [[2, 0, 3], [0, 2, 3]])
        True
    """
    centre, goal = source.mean(axis=0), target.mean(axis=0)
    # In the complex plane a similarity is one multiplication, and its least squares a quotient.
    moved = (source - centre) @ np.array([1, 1j])
    wanted = (target - goal) @ np.array([1, 1j])
    spread = float(np.sum(np.abs(moved) ** 2))
    if spread < 1e-12:
        raise ValueError("the landmarks coincide")
    factor = complex(np.sum(wanted * np.conj(moved)) / spread)
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([turn, goal - turn @ centre])


def by_landmarks(
    landmarks: NDArray[np.float64], size: int, margin: float, offset: float = 0.0
) -> Matrix:
    """Matrix from the photo to a crop whose eyes and mouth stand at their canonical places.

    Args:
        landmarks: (5, 2) pixels of the photo, ordered.
        size: side of the crop in pixels.
        margin: see `canonical`.
        offset: see `canonical`.
    """
    return similarity(landmarks[_USED], canonical(size, margin, offset)[_USED])


def by_box(box: Sequence[float], size: int, margin: float, offset: float = 0.0) -> Matrix:
    """Matrix from the photo to a crop around a face's box; it shifts and scales, never turns.

    Args:
        box: x, y, width, height of the face in pixels of the photo.
        size: side of the crop in pixels.
        margin: see `canonical`.
        offset: see `canonical`.
    """
    x, y, width, height = box
    tight = math.sqrt(width * height)
    scale = size / (tight * (1 + 2 * margin))
    centre_x, centre_y = x + width / 2, y + height * (0.5 + _DOWN_OF_BOX) + tight * offset
    return np.array(
        [[scale, 0, size / 2 - scale * centre_x], [0, scale, size / 2 - scale * centre_y]]
    )


def scale_of(matrix: Matrix) -> float:
    """Crop pixels per photo pixel."""
    return float(np.hypot(matrix[0, 0], matrix[1, 0]))


def turn_of(matrix: Matrix) -> float:
    """Degrees by which it turns, clockwise as seen in the image."""
    return math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))


def compose(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that does `inner` first and `outer` then."""
    square = np.vstack([inner, [0, 0, 1]])
    return np.asarray(outer @ square, dtype=np.float64)


def rescaled(matrix: Matrix, x: float, y: float) -> Matrix:
    """The same map for a source that was shrunk by x and y (each target pixels per old pixel).

    Coordinates are continuous: the first pixel reaches from 0 to 1.
    """
    return compose(matrix, np.array([[1 / x, 0, 0], [0, 1 / y, 0]]))


def shifted(matrix: Matrix, x: float, y: float) -> Matrix:
    """The same map for a source that was cut at x, y."""
    return compose(matrix, np.array([[1.0, 0, x], [0, 1.0, y]]))


def inverse(matrix: Matrix) -> Matrix:
    """The map back."""
    turn = np.linalg.inv(matrix[:, :2])
    return np.column_stack([turn, -turn @ matrix[:, 2]])


def apply(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move (n, 2) points."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def warp(image: Pixels, matrix: Matrix, size: int, samples: int, fill: Sequence[int]) -> Pixels:
    """Sample an image on a grid that is several times finer than the crop.

    The mean over samples x samples blocks (`shrink`) is then an area-correct crop in one
    interpolation: every pixel sees all that it covers, however the face was turned.

    Args:
        image: uint8 (height, width) or (height, width, 3).
        matrix: (2, 3) from the image to the crop, continuous coordinates.
        size: side of the crop in pixels.
        samples: samples per crop pixel in each direction.
        fill: what lies outside the image, one value per channel.

    Returns:
        uint8 (size * samples, size * samples[, 3]).
    """
    fine = matrix * samples
    # OpenCV counts from pixel centres: the middle of the first pixel is 0 instead of a half.
    fine[:, 2] += fine[:, :2] @ (0.5, 0.5) - 0.5
    return np.asarray(
        cv2.warpAffine(
            image,
            fine,
            (size * samples, size * samples),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=tuple(fill),
        ),
        dtype=np.uint8,
    )


def samples_for(matrix: Matrix) -> int:
    """How many samples per crop pixel see every pixel of the image."""
    return min(max(1, math.ceil(1 / scale_of(matrix) - 0.05)), 16)


def shrink(fine: Pixels, samples: int) -> Pixels:
    """Mean over blocks of samples x samples pixels."""
    if samples == 1:
        return fine
    side = fine.shape[0] // samples
    return np.asarray(cv2.resize(fine, (side, side), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def fit(image: Pixels, size: int, fill: Sequence[int]) -> Pixels:
    """The whole image in a square, centred, its proportions kept.

    Args:
        image: uint8 (height, width, 3).
        size: side of the square in pixels.
        fill: what lies outside the image.
    """
    height, width = image.shape[:2]
    scale = size / max(height, width)
    across, down = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    left, top = (size - across) // 2, (size - down) // 2
    square = np.empty((size, size, 3), dtype=np.uint8)
    square[:] = fill
    square[top : top + down, left : left + across] = cv2.resize(
        image, (across, down), interpolation=how
    )
    return square
