"""What a worker is told to train or to export, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fdc.choices import Balance, Space
from fdc.crops.view import CropView
from fdc.inference.network import NETWORK
from fdc.tasks import Task
from fdc.training.objective import Objective
from fdc.training.scale import Scale

PUBLISHED = "fdc.published"
"""The hyperparameter of a reference that says what was published of it, for a person to compare."""


@dataclass(frozen=True)
class TrainingSpec:
    """To a fresh worker: what all trials share.

    Attributes:
        train: What is trained on.
        validation: What is measured on.
        task: What is predicted; its classes are named.
        augmentation: Names of the variations that training crops may get.
        balance: How rare targets are treated.
        batch_size: Crops in a batch, at most.
        threads: CPU threads of the worker.
        memory_bytes: What the worker may use; 0: its part of what is free where it runs.
        weights: Files of `fdc.weights.PRETRAINED` that networks may start from, by model.
        space: Which networks may be proposed.
    """

    train: CropView
    validation: CropView
    task: Task
    augmentation: tuple[str, ...]
    balance: Balance
    batch_size: int
    threads: int
    memory_bytes: int
    weights: Mapping[str, Path] = field(default_factory=dict)
    space: Space = "default"

    @property
    def objective(self) -> Objective:
        """What is optimised."""
        return Objective.of(self.task.kind)

    @property
    def scale(self) -> Scale | None:
        """Where the training targets of a regression lie; None for classes.

        Raises:
            DataError: The targets are no numbers that could be learnt.
        """
        return Scale.of(self.train.targets) if self.task.is_regression else None


@dataclass(frozen=True)
class TrainCommand:
    """To a worker: train this, from its last checkpoint if there is one.

    Attributes:
        folder: Where its checkpoints lie.
        hyperparameters: Values by name.
        seed: Of the trial.
        start: A checkpoint whose weights the first epoch starts from; None: fresh ones.
        first_epoch: The number of that epoch.
        batch_size: Crops in a batch; None: what fits the set, or what the last checkpoint had.
        feature_seconds: Where the head alone is trained, by a solver instead of epochs: what the
            features of the training crops may take; None: all of the network is trained.
    """

    folder: Path
    hyperparameters: dict[str, Any]
    seed: int
    start: Path | None = None
    first_epoch: int = 0
    batch_size: int | None = None
    feature_seconds: float | None = None


@dataclass(frozen=True)
class ExportCommand:
    """To a worker: write the network of a checkpoint into a folder.

    Attributes:
        folder: Where the files of the network go.
        checkpoint: Its weights.
        hyperparameters: What built it.
        flip: Whether the exported network answers with the mean over a crop and its mirror image.
    """

    folder: Path
    checkpoint: Path
    hyperparameters: dict[str, Any]
    flip: bool

    @property
    def onnx(self) -> Path:
        """The file for whoever asks the network."""
        return self.folder / NETWORK

    @property
    def keras(self) -> Path:
        """The file for whoever goes on in Keras."""
        return self.folder / "network.keras"


@dataclass(frozen=True)
class ProbeResult:
    """From a worker, which waits for `Continue` or `Stop`: real steps were timed.

    Attributes:
        epoch_seconds: What an epoch will take, its validation included.
        validation_seconds: The validation's part of it.
    """

    epoch_seconds: float
    validation_seconds: float


@dataclass(frozen=True)
class ExportResult:
    """From a worker: the files are written and agree with each other.

    Attributes:
        metrics: Of the exported network on the validation crops.
        difference: Largest difference between ONNX and Keras, in probability or in the task's unit.
    """

    metrics: dict[str, float]
    difference: float
