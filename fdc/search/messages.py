"""The commands that the scheduler sends to workers, and the events that they answer with."""

from dataclasses import dataclass, field

from fdc.execution.protocol import Died, Ready
from fdc.training.spec import ExportCommand, ExportResult, ProbeResult, TrainCommand


@dataclass(frozen=True)
class Continue:
    """To a worker that asked: go on.

    Attributes:
        total_epochs: After which epoch the schedule is to end, counted from epoch 0.
        seconds: What the next epoch may take, its validation included; None: any time.
    """

    total_epochs: int
    seconds: float | None = None


@dataclass(frozen=True)
class Stop:
    """To a worker that asked: this training is over."""


@dataclass(frozen=True)
class Built:
    """From a worker: the network stands.

    Attributes:
        parameters: Number of its weights.
        batch_size: Crops in a batch.
        curve: Metrics of the epochs that a checkpoint had behind it.
        best_epoch: The best of them; None where there is none.
    """

    parameters: int
    batch_size: int
    curve: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None


@dataclass(frozen=True)
class BatchSizeReduced:
    """From a worker: memory ran out inside the library, so that batches are half as large now."""

    batch_size: int


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
class Failed:
    """From a worker that goes on: the task raised.

    Attributes:
        reason: The error in one line.
        traceback: All of it.
    """

    reason: str
    traceback: str


Command = TrainCommand | ExportCommand | Continue | Stop
WorkerEvent = (
    Ready
    | Built
    | BatchSizeReduced
    | ProbeResult
    | EpochEnded
    | Done
    | ExportResult
    | Failed
    | Died
)
