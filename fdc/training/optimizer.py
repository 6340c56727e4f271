"""AdamW, and the schedule of its learning rate."""

import math
from typing import Any

import keras

from fdc.training.backbones import TRUNK

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises to its peak."""


def choose_trunk_rate(hp: Any) -> float:
    """Declares at which part of the learning rate a trunk learns; 1 where there is none."""
    return float(hp.Choice("trunk_rate", [0.1, 0.3, 1.0], default=0.3) or 1.0)


def choose_optimizer(hp: Any, trunk_rate: float) -> Any:
    """Declares the optimizer's hyperparameters, and makes it.

    Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".

    Args:
        hp: KerasTuner's HyperParameters.
        trunk_rate: Part of the learning rate at which a trunk learns.

    Returns:
        A Keras optimizer whose learning rate is the peak of `learning_rate`.
    """
    optimizer = TrunkAdamW(
        trunk_rate,
        learning_rate=hp.Choice("learning_rate", [5e-4, 1e-3, 2e-3, 4e-3], default=2e-3),
        weight_decay=hp.Choice("weight_decay", [0.01, 0.05, 0.1], default=0.05),
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


class TrunkAdamW(keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW in which a trunk learns at a part of the rate.

    Args:
        trunk_rate: The part.
        **kwargs: Of Keras' AdamW.
    """

    def __init__(self, trunk_rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._trunk_rate = trunk_rate

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Moves one variable."""
        # TensorFlow hands over its own variable, which has its path as its name.
        name = getattr(variable, "path", variable.name)
        rate = self._trunk_rate if TRUNK in name else 1.0
        super().update_step(gradient, variable, learning_rate * rate)


def learning_rate(peak: float, progress: float) -> float:
    """The rate at one step: a cosine after a linear warm-up.

    Source: Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts".

    Args:
        peak: Highest rate.
        progress: Share of the steps that are done, 0 to 1.
    """
    if progress < WARM_UP:
        return peak * progress / WARM_UP
    done = min(1.0, (progress - WARM_UP) / (1 - WARM_UP))
    return peak * 0.5 * (1 + math.cos(math.pi * done))
