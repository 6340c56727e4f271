"""What a photo looks like in 64 bits, by which near copies are found."""

from __future__ import annotations

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

_SIDE = 32
"""Pixels of the square from which `imagehash.phash` takes its 8 x 8 lowest frequencies."""

DECODED_SIDE = 4 * _SIDE
"""A JPEG may be decoded at a reduced scale down to this shorter side.

A reduced photo is too wide by a part of a pixel, on one side. Down to 64 pixels that takes one
mirrored copy in seven farther than 2 bits from its original, down to 128 one in thirty.
"""


def perceptual_hashes(pixels: NDArray[np.uint8]) -> tuple[str, str]:
    """Perceptual hashes of a photo and of its mirror image.

    Args:
        pixels: uint8 RGB, shape (height, width, 3).

    Returns:
        Two times 16 hex digits. Photos that look alike differ in few of the 64 bits.

    Example:
        >>> dark_left = np.repeat([[[0], [255]]], 3, axis=2).astype(np.uint8)
        >>> one, mirrored = perceptual_hashes(dark_left)
        >>> perceptual_hashes(dark_left[:, ::-1]) == (mirrored, one)
        True
    """
    small = Image.fromarray(pixels).convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    straight, mirrored = (
        # What `str` gives for a hash, in a twentieth of the time.
        np.packbits(imagehash.phash(image).hash).tobytes().hex()
        for image in (small, ImageOps.mirror(small))
    )
    return straight, mirrored
