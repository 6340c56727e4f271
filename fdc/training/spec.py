"""What a worker is told to train or to export, and what comes of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fdc.crops.view import CropView
from fdc.training.feed import Balance
from fdc.training.objective import Objective
from fdc.training.targets import Kind, Scale


@dataclass(frozen=True)
class Settings:
    """To a fresh worker: what all trials share.

    Attributes:
        train: What is trained on.
        validation: What is measured on.
        kind: What is predicted.
        classes: Number of classes; 0 for a regression.
        scale: Where the targets of a regression lie.
        objective: What is optimised.
        augmentation: Names of the variations of training crops.
        balance: How rare targets are treated.
        batch_size: Crops in a batch, at most.
        threads: CPU threads of the worker.
        memory_bytes: What the worker may use; 0: its part of what is free where it runs.
    """

    train: CropView
    validation: CropView
    kind: Kind
    classes: int
    scale: Scale | None
    objective: Objective
    augmentation: tuple[str, ...]
    balance: Balance
    batch_size: int
    threads: int
    memory_bytes: int


@dataclass(frozen=True)
class Train:
    """To a worker: train this, from its last checkpoint if there is one.

    Attributes:
        folder: Where its checkpoints lie.
        hyperparameters: Values by name.
        seed: Of the trial.
        start: A checkpoint whose weights the first epoch starts from; null: fresh ones.
        first_epoch: The number of that epoch.
        batch_size: Crops in a batch; null: what fits the set, or what the last checkpoint had.
    """

    folder: Path
    hyperparameters: dict[str, Any]
    seed: int
    start: Path | None = None
    first_epoch: int = 0
    batch_size: int | None = None


@dataclass(frozen=True)
class Export:
    """To a worker: write the network of a checkpoint into a folder.

    Attributes:
        folder: Where `network.onnx` and `network.keras` go.
        checkpoint: Its weights.
        hyperparameters: What built it.
        flip: Whether the exported network answers with the mean over a crop and its mirror image.
    """

    folder: Path
    checkpoint: Path
    hyperparameters: dict[str, Any]
    flip: bool


@dataclass(frozen=True)
class Probed:
    """From a worker, which waits for `Continue` or `Stop`: real steps were timed.

    Attributes:
        step_seconds: One training step, once warm.
        epoch_seconds: What an epoch will take, its validation included.
        validation_seconds: The validation's part of it.
    """

    step_seconds: float
    epoch_seconds: float
    validation_seconds: float


@dataclass(frozen=True)
class Exported:
    """From a worker: the files are written and agree with each other.

    Attributes:
        metrics: Of the exported network on the validation crops.
        difference: Largest difference between ONNX and Keras.
    """

    metrics: dict[str, float]
    difference: float
