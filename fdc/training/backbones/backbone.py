"""What a family of backbones is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Backbone:
    """A family of networks for small crops.

    Attributes:
        choose: Declares the family's hyperparameters, and returns their values by name. Families
            with the same function share their hyperparameters.
        build: From crops (n, side, side, 3), -1 to 1, to features (n, height, width, channels);
            takes the values as keywords, and the file as `weights` where it needs one.
        smallest_side: Of crops that the family takes as they are, in pixels.
        most_weights: Of its largest network, roughly; 0: few enough for every worker.
        weights: The model of `fdc.weights.PRETRAINED` that it starts from; None: from scratch.
        pooling: What becomes of the features: their mean over height and width, or all of them.
        proposed: Whether a search may propose it; else it only serves as a baseline.
    """

    choose: Callable[[Any], dict[str, Any]]
    build: Callable[..., Any]
    smallest_side: int = 0
    most_weights: int = 0
    weights: str | None = None
    pooling: Literal["mean", "flatten"] = "mean"
    proposed: bool = True
