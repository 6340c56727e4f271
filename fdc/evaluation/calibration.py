"""Whether the model is as sure as it may be."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fdc.metrics import Floats

BINS = 15


@dataclass(frozen=True)
class Reliability:
    """How often answers are right, by how sure the model was.

    Attributes:
        confidence: (bins,) mean probability of the answer; bins without answers are left out.
        accuracy: (bins,) share of right answers.
        photos: (bins,) number of answers.
        error: Expected calibration error: the mean distance of the two, weighted by photos.
    """

    confidence: Floats
    accuracy: Floats
    photos: npt.NDArray[np.int64]
    error: float


def reliability(
    truth: npt.ArrayLike, probabilities: npt.ArrayLike, bins: int = BINS
) -> Reliability:
    """Compares confidence with accuracy (Guo et al. 2017, "On calibration of modern networks").

    Args:
        truth: (n,) class indices.
        probabilities: (n, classes).
        bins: How many bins of equal width the confidence is cut into.

    Returns:
        The curve and the expected calibration error.

    Example:
        >>> found = reliability([0, 0], [[0.75, 0.25], [0.25, 0.75]])
        >>> found.accuracy.tolist(), found.photos.tolist(), found.error
        ([0.5], [2], 0.25)
    """
    chances = np.asarray(probabilities, dtype=np.float64)
    confidence = chances.max(axis=1)
    right = chances.argmax(axis=1) == np.asarray(truth)
    places = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    photos = np.bincount(places, minlength=bins)
    used = photos > 0
    mean_confidence = np.bincount(places, confidence, bins)[used] / photos[used]
    accuracy = np.bincount(places, right, bins)[used] / photos[used]
    error = float(np.average(np.abs(accuracy - mean_confidence), weights=photos[used]))
    return Reliability(mean_confidence, accuracy, photos[used], error)
