"""What a network is trained on, and how its outputs become answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

Kind = Literal["classes", "ordinal", "regression"]

SUPPORT = 101
"""How many numbers a label distribution stands on."""

SPREAD = 0.02
"""Standard deviation of a label distribution, as a share of the range of the targets."""


@dataclass(frozen=True, eq=False)
class Targets:
    """How targets become what a network learns, and its outputs the answers.

    Attributes:
        units: How many outputs the network has.
        loss: Name of the Keras loss between `encode(targets)` and the outputs.
        encode: (n,) targets to float32 (n, units).
        probabilities: Whether a softmax over the outputs comes first.
        kernel: float32 (units, 1) that turns the outputs into one number; null for classes.
        offset: What is added to that number.
    """

    units: int
    loss: Literal["crossentropy", "huber"]
    encode: Callable[[NDArray[Any]], NDArray[np.float32]]
    probabilities: bool = True
    kernel: NDArray[np.float32] | None = None
    offset: float = 0.0

    def answers(self, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turns a network's outputs (n, units) into probabilities (n, units) or numbers (n,)."""
        values = np.asarray(outputs, np.float32)
        if self.probabilities:
            values = softmax(values, axis=1)
        if self.kernel is None:
            return values
        return np.asarray(values @ self.kernel + self.offset, np.float32)[:, 0]


@dataclass(frozen=True)
class Scale:
    """Where the targets of a regression lie, in their own unit."""

    low: float
    high: float
    mean: float
    deviation: float

    @classmethod
    def of(cls, targets: NDArray[np.floating]) -> "Scale":
        """Measures the training targets."""
        return cls(
            float(targets.min()),
            float(targets.max()),
            float(targets.mean()),
            float(targets.std()) or 1.0,
        )


def classes(count: int, smoothing: float = 0.0, spread: float = 0.0) -> Targets:
    """Class indices become soft labels.

    Args:
        count: Number of classes.
        smoothing: Probability that is spread evenly over all classes (Szegedy et al. 2016,
            "Rethinking the Inception Architecture for Computer Vision").
        spread: Standard deviation, in classes, of a bell round the true one: soft labels for
            ordered classes (Diaz and Marathe 2019, "Soft Labels for Ordinal Regression").
    """
    table = np.eye(count)
    if spread > 0:
        distance = np.subtract.outer(np.arange(count), np.arange(count))
        table = np.exp(-0.5 * (distance / spread) ** 2)
        table /= table.sum(axis=1, keepdims=True)
    soft = ((1 - smoothing) * table + smoothing / count).astype(np.float32)

    def encode(targets: NDArray[Any]) -> NDArray[np.float32]:
        return soft[targets.astype(np.int64)]

    return Targets(count, "crossentropy", encode)


def distribution(scale: Scale) -> Targets:
    """Numbers become bells over their range; the mean of the predicted bell is the answer.

    Source: Gao et al. 2017, "Deep Label Distribution Learning With Label Ambiguity"; the mean is
    from Gao et al. 2018, "Age Estimation Using Expectation of Label Distribution Learning".
    """
    width = scale.high - scale.low or 1.0
    deviation = SPREAD * width
    # One deviation of room on either side, so that the mean can reach the outermost targets.
    support = np.linspace(scale.low - deviation, scale.high + deviation, SUPPORT)

    def encode(targets: NDArray[Any]) -> NDArray[np.float32]:
        bells = np.exp(-0.5 * ((targets[:, None] - support) / deviation) ** 2)
        return np.asarray(bells / bells.sum(axis=1, keepdims=True), np.float32)

    return Targets(SUPPORT, "crossentropy", encode, kernel=support.astype(np.float32)[:, None])


def scaled(scale: Scale) -> Targets:
    """Numbers are brought to mean 0 and deviation 1; one output predicts them."""

    def encode(targets: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray((targets - scale.mean) / scale.deviation, np.float32)[:, None]

    kernel = np.array([[scale.deviation]], np.float32)
    return Targets(1, "huber", encode, probabilities=False, kernel=kernel, offset=scale.mean)


def for_trial(
    kind: Kind, count: int, scale: Scale | None, hyperparameters: Mapping[str, Any]
) -> Targets:
    """The targets that a trial's hyperparameters ask for.

    Args:
        kind: What is predicted.
        count: Number of classes; 0 for a regression.
        scale: Where the targets of a regression lie.
        hyperparameters: Values of the trial; see `fdc.training.space`.
    """
    if scale is not None and kind == "regression":
        return {"distribution": distribution, "scaled": scaled}[hyperparameters["head/target"]](
            scale
        )
    spread = hyperparameters["spread"] if kind == "ordinal" else 0.0
    return classes(count, hyperparameters["label_smoothing"], spread)
