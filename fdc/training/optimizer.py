"""AdamW, and the schedule of its learning rate."""

import math
from typing import Any

import keras

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises to its peak."""


def choose_optimizer(hp: Any) -> Any:
    """Declares the optimizer's hyperparameters, and makes it.

    Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".

    Args:
        hp: KerasTuner's HyperParameters.

    Returns:
        A Keras optimizer whose learning rate is the peak of `learning_rate`.
    """
    optimizer = keras.optimizers.AdamW(
        learning_rate=hp.Choice("learning_rate", [5e-4, 1e-3, 2e-3, 4e-3], default=2e-3),
        weight_decay=hp.Choice("weight_decay", [0.01, 0.05, 0.1], default=0.05),
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


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
