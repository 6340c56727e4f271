"""Networks of three branches that see the same crop, as one network with one head.

ResNet50V2 (He et al. 2016, "Identity Mappings in Deep Residual Networks"), VGG-19 (Simonyan and
Zisserman 2015) and InceptionResNetV2 (Szegedy et al. 2017) side by side, as used for gender, job
and animal face with a head for each; and its forerunner, three small networks of convolutions. One
trial has one head; each of the three questions is a search of its own. No layout of the forerunner
was published, so its widths and kernels are ours.
"""

from typing import Any

from keras import applications, layers

from fdc.training.references.imagenet import without_top
from fdc.training.references.reference import Reference

KERNELS = (3, 5, 7)
"""Of the three small branches."""


def large(x: Any) -> Any:
    """Builds the means over the last maps of the three published networks."""
    networks = (applications.ResNet50V2, applications.VGG19, applications.InceptionResNetV2)
    x = layers.Concatenate()([without_top(network, x) for network in networks])
    return layers.Dropout(0.5)(x)


def small(x: Any) -> Any:
    """Builds three networks of three convolutions that differ in their kernels."""
    return layers.Concatenate()([_branch(x, kernel) for kernel in KERNELS])


def _branch(x: Any, kernel: int) -> Any:
    for width in (32, 64, 128):
        x = layers.Conv2D(width, kernel, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    return layers.GlobalAveragePooling2D()(x)


BRANCHES: dict[str, Reference] = {
    "three_cnns": Reference(
        small, side=64, weights=858_560, source="three small networks; layout ours"
    ),
    "three_networks": Reference(
        large,
        side=224,
        weights=97_925_920,
        source="ResNet50V2, VGG-19 and InceptionResNetV2 as one",
        learning_rate=1e-4,
    ),
}
"""By name."""
