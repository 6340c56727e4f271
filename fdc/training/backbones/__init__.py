"""What comes before a network's head: families of networks, one entry each in one table."""

from fdc.training.backbones.backbone import Backbone
from fdc.training.backbones.staged import PLAIN, RESIDUAL, SEPARABLE

__all__ = ["BACKBONES", "Backbone"]

BACKBONES: dict[str, Backbone] = {
    "residual": RESIDUAL,
    "plain": PLAIN,
    "separable": SEPARABLE,
}
"""By the name that the hyperparameter `network/family` has."""
