"""What must hold before a search starts."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fdc.crops.view import CropView
from fdc.errors import SearchError
from fdc.tasks import AUGMENTATIONS, Task


def check(
    train: CropView,
    validation: CropView,
    task: Task,
    augmentation: Sequence[str],
) -> None:
    """Raises SearchError where crops, classes and augmentation do not make a search."""
    for name, crops in (("training", train), ("validation", validation)):
        if not len(crops):
            raise SearchError(f"There are no {name} crops.", "Give more photos.")
    if train.size != validation.size:
        raise SearchError(
            f"Training crops have {train.size} px, validation crops {validation.size} px.",
            "Take both from one store.",
        )
    if not task.is_regression:
        classes = len(task.labels)
        present = len(np.unique(train.targets))
        if classes < 2 or present < 2:
            raise SearchError(
                f"A classifier needs two classes, but {classes} are named and {present} are among "
                "the training crops.",
                "Give photos of at least two classes.",
            )
    unknown = set(augmentation) - set(AUGMENTATIONS)
    if unknown:
        raise SearchError(
            f"Unknown augmentation {sorted(unknown)}.", f"Allowed: {', '.join(AUGMENTATIONS)}."
        )
    refused = set(augmentation) & set(task.forbidden_augmentation)
    if refused:
        raise SearchError(
            f"The task forbids the augmentation {sorted(refused)}: it would change the answer.",
            "Leave it out of search.augmentation.",
        )


def check_identity(kept: Mapping[str, Any], asked: Mapping[str, Any], folder: Path) -> None:
    """Raises SearchError where a folder's search is not the one that is asked for."""
    other = [key for key in asked if kept.get(key) != asked[key]]
    if other:
        differences = ", ".join(f"{key} was {kept.get(key)}, is {asked[key]}" for key in other)
        raise SearchError(
            f"The folder {folder} belongs to another search: {differences}.",
            "Use another folder, or delete this one.",
        )


def digest(crops: CropView) -> str:
    """Short name of which crops a set holds, with which targets and weights."""
    sha = hashlib.sha256(json.dumps([crops.size, len(crops)]).encode())
    for array in (crops.positions, crops.targets, crops.weights):
        if array is not None:
            sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()[:16]
