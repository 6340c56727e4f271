"""Heads: what one task asks of a network, from its last layers to its answers, decided once.

A head knows its outputs, its layers and its loss, how targets become what the outputs learn
(`encode`), and how outputs become answers, in NumPy (`decode`) and as layers of an exported
network (`decoding_layers`). A network of several tasks has a list of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from fdc.tasks import Task
from fdc.training.scale import Scale

SUPPORT_POINTS = 101
"""How many numbers a label distribution stands on."""

LABEL_DEVIATION = 0.02
"""Standard deviation of a label distribution, as a share of the range of the targets."""


class Head(ABC):
    """The end of a network, for one task.

    Attributes:
        units: How many outputs the network has.
        dropout: Share of the features that training hides from the last layer.
        span: How far apart two answers can lie: 1 for probabilities, else in the targets' unit.
    """

    def __init__(self, units: int, dropout: float, span: float) -> None:
        self.units = units
        self.dropout = dropout
        self.span = span

    def layers(self, features: Any) -> Any:
        """Adds the last layers to a network.

        Args:
            features: Keras tensor (n, features).

        Returns:
            Keras tensor (n, units), float32: logits, or scaled numbers.
        """
        features = keras.layers.Dropout(self.dropout)(features)
        return keras.layers.Dense(self.units, dtype="float32", name="head")(features)

    @abstractmethod
    def loss(self) -> Any:
        """The Keras loss between `encode(targets)` and the outputs."""

    @abstractmethod
    def encode(self, targets: NDArray[Any]) -> NDArray[np.float32]:
        """Turns targets (n,) into what the outputs learn: float32 (n, units)."""

    @abstractmethod
    def decode(self, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turns outputs (n, units) into answers: probabilities (n, units) or numbers (n,)."""

    @abstractmethod
    def decoding_layers(self, outputs: Any) -> Any:
        """The same as `decode`, from a Keras tensor to a Keras tensor."""


class ClassHead(Head):
    """One logit per class, for two classes too, learnt from soft labels.

    Args:
        classes: How many there are.
        dropout: See `Head`.
        label_smoothing: Probability that is spread evenly over all classes (Szegedy et al. 2016,
            "Rethinking the Inception Architecture for Computer Vision").
        spread: Standard deviation, in classes, of a bell round the true one: soft labels for
            ordered classes (Diaz and Marathe 2019, "Soft Labels for Ordinal Regression").
    """

    def __init__(
        self, classes: int, dropout: float = 0.0, label_smoothing: float = 0.0, spread: float = 0.0
    ) -> None:
        super().__init__(classes, dropout, span=1.0)
        labels = np.eye(classes)
        if spread > 0:
            distance = np.subtract.outer(np.arange(classes), np.arange(classes))
            labels = np.exp(-0.5 * (distance / spread) ** 2)
            labels /= labels.sum(axis=1, keepdims=True)
        soft = (1 - label_smoothing) * labels + label_smoothing / classes
        self._soft_labels = soft.astype(np.float32)

    def loss(self) -> Any:
        """Cross-entropy."""
        return keras.losses.CategoricalCrossentropy(from_logits=True)

    def encode(self, targets: NDArray[Any]) -> NDArray[np.float32]:
        """Turns class indices into soft labels."""
        return self._soft_labels[targets.astype(np.int64)]

    def decode(self, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turns logits into probabilities."""
        return np.asarray(softmax(np.asarray(outputs, np.float32), axis=1))

    def decoding_layers(self, outputs: Any) -> Any:
        """Turns logits into probabilities."""
        return keras.layers.Softmax()(outputs)


class DistributionHead(Head):
    """Numbers become bells over their range; the mean of the predicted bell is the answer.

    Source: Gao et al. 2017, "Deep Label Distribution Learning With Label Ambiguity"; the mean is
    from Gao et al. 2018, "Age Estimation Using Expectation of Label Distribution Learning".

    Args:
        scale: Where the targets lie.
        dropout: See `Head`.
    """

    def __init__(self, scale: Scale, dropout: float = 0.0) -> None:
        super().__init__(SUPPORT_POINTS, dropout, scale.span)
        self._deviation = LABEL_DEVIATION * scale.span
        # One deviation of room on either side, so that the mean can reach the outermost targets.
        ends = scale.low - self._deviation, scale.high + self._deviation
        self._support = np.linspace(*ends, SUPPORT_POINTS)

    def loss(self) -> Any:
        """Cross-entropy between two distributions."""
        return keras.losses.CategoricalCrossentropy(from_logits=True)

    def encode(self, targets: NDArray[Any]) -> NDArray[np.float32]:
        """Turns numbers into bells round them."""
        bells = np.exp(-0.5 * ((targets[:, None] - self._support) / self._deviation) ** 2)
        return np.asarray(bells / bells.sum(axis=1, keepdims=True), np.float32)

    def decode(self, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turns logits into the mean of their distribution."""
        probabilities = softmax(np.asarray(outputs, np.float32), axis=1)
        return np.asarray(probabilities @ self._support.astype(np.float32))

    def decoding_layers(self, outputs: Any) -> Any:
        """Turns logits into the mean of their distribution."""
        mean = keras.layers.Dense(1, use_bias=False, trainable=False, name="expected_value")
        numbers = mean(keras.layers.Softmax()(outputs))
        mean.set_weights([self._support.astype(np.float32)[:, None]])
        return keras.layers.Reshape(())(numbers)


class ScaledHead(Head):
    """Numbers are brought to mean 0 and deviation 1; one output predicts them.

    Args:
        scale: Where the targets lie.
        dropout: See `Head`.
    """

    def __init__(self, scale: Scale, dropout: float = 0.0) -> None:
        super().__init__(1, dropout, scale.span)
        self._scale = scale

    def loss(self) -> Any:
        """Squared for small errors, absolute for large ones."""
        return keras.losses.Huber()

    def encode(self, targets: NDArray[Any]) -> NDArray[np.float32]:
        """Scales numbers."""
        scaled = (targets - self._scale.mean) / self._scale.deviation
        return np.asarray(scaled, np.float32)[:, None]

    def decode(self, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scales outputs back."""
        scaled = np.asarray(outputs, np.float32)[:, 0]
        return np.asarray(scaled * self._scale.deviation + self._scale.mean, np.float32)

    def decoding_layers(self, outputs: Any) -> Any:
        """Scales outputs back."""
        numbers = keras.layers.Rescaling(self._scale.deviation, offset=self._scale.mean)(outputs)
        return keras.layers.Reshape(())(numbers)


NUMBER_HEADS: dict[str, Callable[[Scale, float], Head]] = {
    "distribution": DistributionHead,
    "scaled": ScaledHead,
}
"""How a number can be learnt."""


def choose_head(hp: Any, task: Task, scale: Scale | None) -> Head:
    """Declares a head's hyperparameters, and makes the head that their values ask for.

    Args:
        hp: KerasTuner's HyperParameters.
        task: What is predicted; its classes are named.
        scale: Where the training targets of a regression lie; None for classes.
    """
    dropout = hp.Choice("dropout", [0.0, 0.25, 0.5], default=0.25)
    if scale is not None:
        target = hp.Choice("target", list(NUMBER_HEADS), default="distribution")
        return NUMBER_HEADS[target](scale, dropout)
    label_smoothing = hp.Choice("label_smoothing", [0.0, 0.1], default=0.1)
    spread = 0.0
    if task.kind == "ordinal":
        spread = hp.Choice("spread", [0.0, 0.4, 0.8], default=0.4)
    return ClassHead(len(task.labels), dropout, label_smoothing, spread)
