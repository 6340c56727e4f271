"""What the driver and its workers say to each other."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fdc.search.crops import CropSet
from fdc.search.feed import Balance
from fdc.search.objective import Objective
from fdc.search.targets import Kind, Scale

Status = Literal["COMPLETED", "FAILED", "PRUNED", "REFUSED"]


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

    train: CropSet
    validation: CropSet
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
class Continue:
    """To a worker that asked: go on.

    Attributes:
        total_epochs: After which epoch the schedule is to end, counted from epoch 0.
        seconds: What the next epoch may take, its validation included; null: any time.
    """

    total_epochs: int
    seconds: float | None = None


@dataclass(frozen=True)
class Stop:
    """To a worker that asked: this training is over."""


@dataclass(frozen=True)
class Ready:
    """From a worker: everything is imported.

    Attributes:
        precision: The Keras dtype policy that it trains with.
        gpu: Whether it has a GPU.
    """

    precision: str
    gpu: bool


@dataclass(frozen=True)
class Alive:
    """From a worker: a step was done."""


@dataclass(frozen=True)
class Built:
    """From a worker: the network stands.

    Attributes:
        parameters: Number of its weights.
        batch_size: Crops in a batch.
        curve: Metrics of the epochs that a checkpoint had behind it.
        best_epoch: The best of them; null where there is none.
    """

    parameters: int
    batch_size: int
    curve: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None


@dataclass(frozen=True)
class Halved:
    """From a worker: memory ran out inside the library, so that batches are half as large now."""

    batch_size: int


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
class EpochEnded:
    """From a worker, which waits for `Continue` or `Stop`: a checkpoint is written.

    Attributes:
        epoch: From 0.
        metrics: Of training and validation.
        seconds: What it took.
        improved: Whether it is the best one yet.
    """

    epoch: int
    metrics: dict[str, float]
    seconds: float
    improved: bool


@dataclass(frozen=True)
class Done:
    """From a worker: the training has ended as it was told."""


@dataclass(frozen=True)
class Exported:
    """From a worker: the files are written and agree with each other.

    Attributes:
        metrics: Of the exported network on the validation crops.
        difference: Largest difference between ONNX and Keras.
    """

    metrics: dict[str, float]
    difference: float


@dataclass(frozen=True)
class Failed:
    """From a worker that goes on: the task raised.

    Attributes:
        reason: The error in one line.
        traceback: All of it.
    """

    reason: str
    traceback: str


@dataclass(frozen=True)
class Died:
    """From the supervisor: the worker is gone, and a fresh one is in its place.

    Attributes:
        reason: What happened to it.
        output: The last lines that it wrote.
        exhausted: Whether it died because memory ran out inside the library.
        lost: Whether it went with its machine, which is no fault of what it did.
    """

    reason: str
    output: str
    exhausted: bool = False
    lost: bool = False


Order = Train | Export | Continue | Stop
Report = Ready | Alive | Built | Halved | Probed | EpochEnded | Done | Exported | Failed | Died
