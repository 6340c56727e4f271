"""What a face or a crop tells about its own quality, for the rules on turned and blurred faces."""

import numpy as np

from fdc.choices import LANDMARKS

_AT_A_TIME = 512
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601: what each of red, green and blue adds to brightness."""


def turn(landmarks: np.ndarray) -> np.ndarray:
    """How far faces look aside: the nose off the middle of the eyes, along the line of the eyes.

    A face that is only tilted, or that looks up or down, has none.

    Args:
        landmarks: Float of shape (faces, 10): x1, y1 … x5, y5 in the order of
            `choices.LANDMARKS`, in pixels; NaN where unknown.

    Returns:
        float64 of shape (faces,), in eye distances: about 0 for a frontal face, 0.5 where the nose
        stands under an eye. NaN where unknown.

    Example:
        >>> turn(np.array([[10.0, 20, 30, 20, 20, 30, 12, 40, 28, 40]])).tolist()
        [0.0]
    """
    points = dict(zip(LANDMARKS, np.hsplit(landmarks, len(LANDMARKS)), strict=True))
    left, right, nose = points["left_eye"], points["right_eye"], points["nose"]
    eyes = right - left
    squared = (eyes**2).sum(axis=1)
    along = ((nose - (left + right) / 2) * eyes).sum(axis=1)
    return np.asarray(np.abs(along) / np.where(squared > 0, squared, np.nan))


def sharpness(crops: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """How much detail crops have: the variance of their Laplacian (Pech-Pacheco et al., 2000).

    It grows with the contrast of a photo and with the size of its crop, so that a threshold holds
    for crops of one recipe.

    Args:
        crops: uint8 RGB of shape (n, size, size, 3), such as a store's memory map.
        positions: Rows of `crops` to look at, int of shape (photos,).

    Returns:
        float64 of shape (photos,), in squared grey levels of 0 to 255.
    """
    found = np.empty(len(positions))
    for start in range(0, len(positions), _AT_A_TIME):
        grey = crops[positions[start : start + _AT_A_TIME]] @ _LUMA
        around = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
        found[start : start + len(grey)] = (around - 4 * grey[:, 1:-1, 1:-1]).var(axis=(1, 2))
    return found
