"""A person put on a set colour, with no rim of what was behind."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def composite(image: Pixels, mask: NDArray[np.uint8], colour: Sequence[int]) -> Pixels:
    """Put the person on a colour.

    Where the mask is soft, the pixel is a mixture of person and old background. The person's own
    colour there is estimated by blur fusion (Forte and Pitié, "Approximate fast foreground colour
    estimation", ICIP 2021, https://arxiv.org/abs/2006.14970), so that no rim of the old background
    stays; and it is blended with straight alpha, so that no rim gets dark.

    Args:
        image: uint8 RGB (height, width, 3).
        mask: uint8 (height, width); 255 is the person.
        colour: RGB, 0..255.

    Returns:
        uint8 RGB; where the mask is 255 the pixels are those of the image.
    """
    alpha = mask.astype(np.float32)[..., None] / np.float32(255)
    person = _person_colours(image.astype(np.float32), alpha)
    blended = alpha * person + (1 - alpha) * np.asarray(colour, dtype=np.float32)
    result = np.clip(np.rint(blended), 0, 255).astype(np.uint8)
    solid = mask == 255
    result[solid] = image[solid]
    return result


def _person_colours(image: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    person = _mean_around(image, alpha)
    behind = _mean_around(image, 1 - alpha)
    better = person + alpha * (image - alpha * person - (1 - alpha) * behind)
    return np.asarray(np.clip(better, 0, 255), dtype=np.float32)


def _mean_around(image: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    # The eighth power, so that mixed pixels hardly count where there are pure ones.
    square = weight * weight
    fourth = square * square
    sure = fourth * fourth + np.float32(1e-4) * weight
    width = max(3, image.shape[0] // 4)
    total = cv2.blur(sure * image, (width, width))
    share = cv2.blur(sure, (width, width))[..., None]
    return np.asarray(total / (share + 1e-7), dtype=np.float32)
