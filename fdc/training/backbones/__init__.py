"""What comes before a network's head: families of networks, one entry each in one table."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from keras import layers

from fdc.training.backbones import autokeras_blocks, dlib_networks, staged, statistics
from fdc.training.backbones.backbone import Backbone

__all__ = ["BACKBONES", "TRUNK", "Backbone", "choose_backbone", "fitting"]

TRUNK = dlib_networks.TRUNK

BACKBONES: dict[str, Backbone] = {
    "residual": staged.RESIDUAL,
    "plain": staged.PLAIN,
    "separable": staged.SEPARABLE,
    "conv": autokeras_blocks.CONV,
    "resnet": autokeras_blocks.RESNET,
    "xception": autokeras_blocks.XCEPTION,
    "efficientnet": autokeras_blocks.EFFICIENTNET,
    "dlib_face": dlib_networks.FACE,
    "dlib_age": dlib_networks.AGE,
    "dlib_gender": dlib_networks.GENDER,
    "skin_colour": statistics.SKIN_COLOUR,
    "constant": statistics.CONSTANT,
}
"""By the name that the hyperparameter `network/family` has, of which the first is the default. Each
module names its sources."""

BYTES_PER_WEIGHT = 32
"""Weight, gradient and two moments in float32, and the copies of a checkpoint while it is made."""

SHARE_FOR_WEIGHTS = 0.5
"""Of a worker's memory; the rest is for libraries and what a batch needs."""


def fitting(
    side: int,
    memory_bytes: int,
    weights: Collection[str] = (),
    table: Mapping[str, Backbone] = BACKBONES,
) -> list[str]:
    """The families that are worth proposing; whether one fits the budget, its probe tells.

    Args:
        side: Of the crops, in pixels.
        memory_bytes: What a worker may use; 0: not known.
        weights: The models of `fdc.weights.PRETRAINED` that are at hand.
        table: Out of which families.

    Example:
        >>> fitting(64, 8_000_000_000)
        ['residual', 'plain', 'separable', 'conv', 'resnet', 'efficientnet']
    """
    most_weights = SHARE_FOR_WEIGHTS * memory_bytes / BYTES_PER_WEIGHT or float("inf")
    return [
        name
        for name, family in table.items()
        if family.proposed
        and side >= family.smallest_side
        and family.most_weights <= most_weights
        and (family.weights is None or family.weights in weights)
    ]


def choose_backbone(
    hp: Any,
    proposed: Sequence[str],
    weights: Mapping[str, Path],
    table: Mapping[str, Backbone] = BACKBONES,
) -> Callable[[Any], Any]:
    """Declares the hyperparameters of all families, and returns how to build the one chosen.

    Args:
        hp: KerasTuner's HyperParameters.
        proposed: Names of the families that may be chosen.
        weights: Files of `fdc.weights.PRETRAINED`.
        table: Where the families are.

    Returns:
        From crops (n, side, side, 3), -1 to 1, to features (n, features), float32.
    """
    chosen = hp.Choice("family", list(proposed))
    # A baseline, and what a worker with less memory than its driver is told, are not proposed.
    families = {name: table[name] for name in dict.fromkeys((*proposed, chosen))}
    values: dict[str, Any] = {}
    for choose in dict.fromkeys(family.choose for family in families.values()):
        names = [name for name, family in families.items() if family.choose is choose]
        with hp.conditional_scope("family", names):
            declared = choose(hp)
        if chosen in names:
            values = declared
    family = table[chosen]
    if family.weights is not None:
        values = {**values, "weights": weights[family.weights]}
    return partial(_pooled, family, values)


def _pooled(family: Backbone, values: Mapping[str, Any], crops: Any) -> Any:
    features = family.build(crops, **values)
    if family.pooling == "flatten":
        return layers.Flatten(dtype="float32")(features)
    return layers.GlobalAveragePooling2D(dtype="float32")(features)
