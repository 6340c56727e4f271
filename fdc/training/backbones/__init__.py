"""What comes before a network's head: families of networks, one entry each in one table."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from fdc.training.backbones import autokeras_blocks, staged
from fdc.training.backbones.backbone import Backbone

__all__ = ["BACKBONES", "Backbone", "choose_backbone", "fitting"]

BACKBONES: dict[str, Backbone] = {
    "residual": staged.RESIDUAL,
    "plain": staged.PLAIN,
    "separable": staged.SEPARABLE,
    "conv": autokeras_blocks.CONV,
    "resnet": autokeras_blocks.RESNET,
    "xception": autokeras_blocks.XCEPTION,
    "efficientnet": autokeras_blocks.EFFICIENTNET,
}
"""By the name that the hyperparameter `network/family` has, of which the first is the default. Each
module names its sources."""

BYTES_PER_WEIGHT = 32
"""Weight, gradient and two moments in float32, and the copies of a checkpoint while it is made."""

SHARE_FOR_WEIGHTS = 0.5
"""Of a worker's memory; the rest is for libraries and what a batch needs."""


def fitting(side: int, memory_bytes: int) -> list[str]:
    """The families that are worth proposing; whether one fits the budget, its probe tells.

    Args:
        side: Of the crops, in pixels.
        memory_bytes: What a worker may use; 0: not known.

    Example:
        >>> fitting(64, 8_000_000_000)
        ['residual', 'plain', 'separable', 'conv', 'resnet', 'efficientnet']
    """
    most_weights = SHARE_FOR_WEIGHTS * memory_bytes / BYTES_PER_WEIGHT or float("inf")
    return [
        name
        for name, family in BACKBONES.items()
        if side >= family.smallest_side and family.most_weights <= most_weights
    ]


def choose_backbone(hp: Any, proposed: Sequence[str]) -> Callable[[Any], Any]:
    """Declares the hyperparameters of all families, and returns how to build the one chosen.

    Args:
        hp: KerasTuner's HyperParameters.
        proposed: Names of the families that may be chosen.

    Returns:
        From crops (n, side, side, 3), -1 to 1, to features (n, height, width, channels).
    """
    chosen = hp.Choice("family", list(proposed))
    # A worker with less memory than its driver builds what it is told, and may be refused.
    families = {name: BACKBONES[name] for name in dict.fromkeys((*proposed, chosen))}
    values: dict[str, Any] = {}
    for choose in dict.fromkeys(family.choose for family in families.values()):
        names = [name for name, family in families.items() if family.choose is choose]
        with hp.conditional_scope("family", names):
            declared = choose(hp)
        if chosen in names:
            values = declared
    return partial(BACKBONES[chosen].build, **values)
