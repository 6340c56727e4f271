"""Whether the model is as sure as it may be."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from fdc.metrics import Floats

BINS = 15

_SMALLEST_PROBABILITY = 1e-7


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


def fit_temperature(truth: npt.ArrayLike, probabilities: npt.ArrayLike) -> float:
    """Finds the temperature that makes probabilities most likely.

    Args:
        truth: (n,) class indices of photos that are in neither training nor test.
        probabilities: (n, classes) of these photos.

    Returns:
        Above 1 where the model was too sure, below 1 where it was not sure enough.
    """
    indices = np.asarray(truth, dtype=np.int64)
    rows = np.arange(len(indices))

    def loss(log_temperature: float) -> float:
        tempered = apply_temperature(probabilities, float(np.exp(log_temperature)))
        return float(-np.log(np.clip(tempered[rows, indices], _SMALLEST_PROBABILITY, 1)).mean())

    found = optimize.minimize_scalar(loss, bounds=(np.log(0.05), np.log(20)), method="bounded")
    return float(np.exp(found.x))


def apply_temperature(probabilities: npt.ArrayLike, temperature: float) -> Floats:
    """Makes probabilities less or more sure; the order of the classes stays.

    Args:
        probabilities: (n, classes).
        temperature: As `fit_temperature` finds it.

    Returns:
        (n, classes) probabilities.
    """
    clipped = np.clip(np.asarray(probabilities, np.float64), _SMALLEST_PROBABILITY, 1)
    return np.asarray(special.softmax(np.log(clipped) / temperature, axis=1), dtype=np.float64)
