"""What a reference is: a network as others published it, to be trained on the same split."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from fdc.tasks import Kind
from fdc.training.backbones.backbone import Backbone
from fdc.training.spec import PUBLISHED

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in a grey photo (ITU-R BT.601)."""

CLASSES: tuple[Kind, ...] = ("classes", "ordinal")
NUMBERS: tuple[Kind, ...] = ("regression",)

AS_PUBLISHED: Mapping[str, Any] = {
    "head/dropout": 0.0,
    "head/label_smoothing": 0.0,
    "head/spread": 0.0,
    "head/target": "scaled",
    "mixup": 0.0,
}
"""What the search would add to a network by itself is left out."""


@dataclass(frozen=True)
class Reference:
    """A published network but for its last layer, which is the task's own head.

    Attributes:
        build: From crops (n, side, side, channels), -1 to 1, to features.
        side: At which it sees a crop, in pixels.
        weights: How many it has before the head.
        source: Where it was published.
        published: What it is said to have reached there, and on what; None: nothing that can be
            compared was found.
        kinds: Of the tasks that it is for.
        grey: Whether it sees one channel of grey instead of RGB.
        optimizer: Makes the Keras optimizer from its `learning_rate`.
        learning_rate: Its peak.
    """

    build: Callable[[Any], Any]
    side: int
    weights: int
    source: str
    published: str | None = None
    kinds: tuple[Kind, ...] = CLASSES
    grey: bool = False
    optimizer: Callable[..., Any] = keras.optimizers.Adam
    learning_rate: float = 1e-3

    @property
    def backbone(self) -> Backbone:
        """The same as a family that a search may choose."""
        return Backbone(_nothing, self._from_crops, most_weights=self.weights, pooling="flatten")

    def made_optimizer(self) -> Any:
        """A new optimizer."""
        return self.optimizer(learning_rate=self.learning_rate)

    def point(self, name: str) -> dict[str, Any]:
        """The hyperparameters of its trial.

        Args:
            name: The reference's.
        """
        optimizer = self.made_optimizer().name
        return {
            "network/family": name,
            **AS_PUBLISHED,
            "optimizer": optimizer,
            "learning_rate": self.learning_rate,
            PUBLISHED: self.published or "no figure",
        }

    def _from_crops(self, crops: Any) -> Any:
        x = crops
        if x.shape[1] != self.side:
            # Keras' layer for it has `training=True` by default, which reaches the layers after it
            # in an export.
            x = ops.image.resize(x, (self.side, self.side))
        return self.build(_grey(x) if self.grey else x)


def _nothing(hp: Any) -> dict[str, Any]:
    return {}


def _grey(x: Any) -> Any:
    red, green, blue = LUMA
    return red * x[..., 0:1] + green * x[..., 1:2] + blue * x[..., 2:3]
