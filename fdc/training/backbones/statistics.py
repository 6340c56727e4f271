"""Features that nobody has to train: none at all, and the colours of the skin.

What they are worth with a linear head is what a network has to beat.
"""

from typing import Any

import numpy as np
from keras import layers, ops

from fdc.training.backbones.backbone import Backbone

PATCHES = {
    "left cheek": (0.50, 0.70, 0.18, 0.36),
    "right cheek": (0.50, 0.70, 0.64, 0.82),
    "nose": (0.40, 0.60, 0.42, 0.58),
    "chin": (0.80, 0.95, 0.38, 0.62),
}
"""Where an aligned crop shows skin: top, bottom, left and right, as shares of its side."""

TO_XYZ = (
    (0.4124564, 0.2126729, 0.0193339),
    (0.3575761, 0.7151522, 0.1191920),
    (0.1804375, 0.0721750, 0.9503041),
)
"""Linear sRGB to CIE XYZ (IEC 61966-2-1), by columns."""

WHITE = (0.95047, 1.0, 1.08883)
"""Of the illuminant D65."""

TO_LAB = ((0.0, 5.0, 0.0), (1.16, -5.0, 2.0), (0.0, 0.0, -2.0))
"""CIELAB's lightness, a* and b* from the cube roots of X, Y and Z, in hundreds, but for a shift
of the lightness."""


def build_constant(x: Any) -> Any:
    """Builds one feature that is always zero, (n, 1, 1, 1): a head on it knows only its bias."""
    return layers.GlobalAveragePooling2D(keepdims=True)(x)[..., :1] * 0.0


def build_skin_colour(x: Any) -> Any:
    """Builds mean and deviation of lightness, a*, b* and hue in each of `PATCHES`.

    Args:
        x: Crops (n, side, side, 3), RGB -1 to 1.

    Returns:
        (n, 1, 1, features), of which the hue is its cosine and sine.
    """
    side = x.shape[1]
    found = []
    for shares in PATCHES.values():
        top, bottom, left, right = (round(side * share) for share in shares)
        lab = _lab(x[:, top:bottom, left:right])
        chroma = lab[..., 1:]
        hue = chroma * ops.rsqrt(ops.sum(ops.square(chroma), axis=-1, keepdims=True) + 1e-6)
        values = layers.Concatenate()([lab, hue])
        mean = ops.mean(values, axis=(1, 2), keepdims=True)
        deviation = ops.sqrt(ops.mean(ops.square(values - mean), axis=(1, 2), keepdims=True) + 1e-6)
        found += [mean, deviation]
    return layers.Concatenate()(found)


def _lab(x: Any) -> Any:
    """CIELAB, in hundreds, of RGB -1 to 1."""
    rgb = ops.clip((x + 1) / 2, 0.0, 1.0)
    linear = ops.where(rgb <= 0.04045, rgb / 12.92, ops.power((rgb + 0.055) / 1.055, 2.4))
    xyz = _mixed(linear, np.divide(TO_XYZ, WHITE))
    roots = ops.where(
        xyz > (6 / 29) ** 3, ops.power(ops.maximum(xyz, 1e-6), 1 / 3), xyz * 841 / 108 + 4 / 29
    )
    return _mixed(roots, TO_LAB)


def _mixed(x: Any, matrix: Any) -> Any:
    """Every pixel's channels times a matrix of 3 x 3."""
    layer = layers.Conv2D(3, 1, use_bias=False, trainable=False, dtype="float32")
    mixed = layer(x)
    layer.set_weights([np.asarray(matrix, np.float32)[None, None]])
    return mixed


def _nothing(hp: Any) -> dict[str, Any]:
    return {}


CONSTANT = Backbone(_nothing, build_constant, proposed=False)
SKIN_COLOUR = Backbone(_nothing, build_skin_colour, proposed=False)
