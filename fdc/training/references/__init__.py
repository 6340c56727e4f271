"""Networks that others published, in Keras 3, from scratch: trials of a search of their own.

`search.space: reference` trains each that suits the task, on the same split and in the same
leaderboard as the baselines, its published figure beside ours.
"""

from fdc.tasks import Kind
from fdc.training.references.branches import BRANCHES
from fdc.training.references.imagenet import IMAGENET
from fdc.training.references.inception_resnet import INCEPTION_RESNET
from fdc.training.references.levi_hassner import LEVI_HASSNER
from fdc.training.references.reference import Reference
from fdc.training.references.small import SMALL

__all__ = ["REFERENCES", "Reference", "suitable"]

REFERENCES: dict[str, Reference] = dict(
    sorted(
        {**SMALL, **BRANCHES, **LEVI_HASSNER, **INCEPTION_RESNET, **IMAGENET}.items(),
        key=lambda item: item[1].weights,
    )
)
"""By the name that the hyperparameter `network/family` has, those with few weights first. Each
module names its sources."""


def suitable(kind: Kind) -> list[str]:
    """Names of the references for a kind of task, those with few weights first.

    Example:
        >>> suitable("regression")[:2], "inception_resnet_v1" in suitable("classes")
        (['efficientnet_b0', 'resnet34'], False)
    """
    return [name for name, reference in REFERENCES.items() if kind in reference.kinds]
