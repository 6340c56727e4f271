"""Of which part of a photo a mask is made, and why a mask cannot be right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fdc.faces.face import Box

_ASIDE, _ABOVE, _BELOW = 1.5, 1.2, 1.7
"""How far the cut reaches from the middle of the face, in sides of the face's square."""

HEIGHT = _ABOVE + _BELOW
"""Of the whole cut, in the same unit."""


def head_and_shoulders(
    box: Box, side: float, width: int, height: int
) -> tuple[int, int, int, int] | None:
    """The part of a photo that a mask is made of.

    Args:
        box: The face's, in pixels of the photo.
        side: Of the face's square, see `Face.side`.
        width: Of the photo.
        height: Of the photo.

    Returns:
        Left, top, right, bottom in whole pixels; None where the face lies outside the photo.

    Example:
        >>> head_and_shoulders((100, 100, 40, 40), 40.0, 400, 400)
        (60, 72, 180, 188)
    """
    x, y, w, h = box
    middle, centre = x + w / 2, y + h / 2
    left, right = max(0, round(middle - _ASIDE * side)), min(width, round(middle + _ASIDE * side))
    top, bottom = max(0, round(centre - _ABOVE * side)), min(height, round(centre + _BELOW * side))
    return None if right - left < 2 or bottom - top < 2 else (left, top, right, bottom)


def implausibility(
    mask: NDArray[np.uint8],
    width: int,
    height: int,
    face: Sequence[float],
    *,
    least_foreground: float,
    most_foreground: float,
) -> str | None:
    """Why a mask cannot be right.

    Args:
        mask: uint8, 255 is the person; of any size.
        width: Of the cut that it is a mask of.
        height: Of that cut.
        face: x, y, width, height of the face in pixels of the cut.
        least_foreground: Share of the face that it covers at least.
        most_foreground: Share of the cut that it covers at most.

    Returns:
        A reason for a person to read; None where it can be right.
    """
    across, down = mask.shape[1] / width, mask.shape[0] / height
    x, y, w, h = face
    down_to = [max(0, round((y + part * h) * down)) for part in (0.1, 0.9)]
    across_to = [max(0, round((x + part * w) * across)) for part in (0.1, 0.9)]
    within = mask[slice(*down_to), slice(*across_to)]
    covered = float(np.mean(within >= 128)) if within.size else 0.0
    share = float(np.mean(mask >= 128))
    if covered < least_foreground:
        return f"it covers {covered:.0%} of the face"
    if share > most_foreground:
        return f"it covers {share:.0%} of head, shoulders and what is behind them"
    return None
