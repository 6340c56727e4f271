"""What a search is: everything that it is told, in one frozen description."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from fdc import choices
from fdc.choices import Balance, Engine, Space, Tuner
from fdc.crops.view import CropView
from fdc.errors import SearchError
from fdc.execution import memory
from fdc.execution.cpus import usable_cpus
from fdc.tasks import USUAL_AUGMENTATION, Task
from fdc.training.objective import Objective
from fdc.training.spec import TrainingSpec


@dataclass(frozen=True)
class Resources:
    """Where the trials of a search run; the same search may be taken up with others.

    Attributes:
        workers: How many trials run at once; on this machine threads are divided between them.
        engine: "local": workers are processes of this machine; "ray": they are spread over a
            cluster, whose nodes all see the search's folder and the crops.
        cpus: How many each worker takes of its node of a cluster.
        gpus: The same; a part of one lets several workers share it.
        memory_limit_gb: Of each worker, in 10^9 bytes; None: its part of what is free.
        hang_seconds: After so long without a step a worker is taken to hang.
    """

    workers: int = 1
    engine: Engine = "local"
    cpus: int = 1
    gpus: float = 0.0
    memory_limit_gb: float | None = None
    hang_seconds: float = 300.0

    @property
    def threads(self) -> int:
        """CPU threads of one worker."""
        return self.cpus if self.engine == "ray" else max(1, usable_cpus() // self.workers)


@dataclass(frozen=True)
class SearchSpec:
    """What is searched for, how, and for how long.

    Attributes:
        task: What is predicted; its classes are named.
        tuner: "greedy", "bayesian", "hyperband" or "random".
        minutes: All that the search may take, its export included; None: no limit.
        trials: How many at most; refused ones do not count.
        epochs: Of one trial at most; the winner may go on for several times as many.
        patience: Epochs without gain that end a trial; None: none do.
        batch_size: Crops in a batch at most; small sets get smaller ones.
        seed: The same seed gives the same trials, scores and winner on the CPU with one worker, as
            long as `minutes` is None.
        balance: "weights" lets rare targets count more, "sampling" draws them more often.
        augmentation: Names out of `fdc.tasks.AUGMENTATIONS`; one that the task forbids is an error.
        reserve_seconds: Part of `minutes` that is kept for the export, and for evaluation and
            registration at the caller.
        weights: Files of `fdc.weights.PRETRAINED` that trials may start from, by model.
        baselines: Whether what a trial has to beat is tried first.
        space: "default", or "reference": each published network of `fdc.training.references` that
            suits the task and the memory is one trial, whatever `tuner` and `trials` say.
        resources: Where the trials run.
    """

    task: Task
    tuner: Tuner = choices.TUNER
    minutes: float | None = choices.MINUTES
    trials: int = choices.TRIALS
    epochs: int = choices.EPOCHS
    patience: int | None = choices.PATIENCE
    batch_size: int = choices.BATCH_SIZE
    seed: int = choices.SEED
    balance: Balance = "none"
    augmentation: tuple[str, ...] = USUAL_AUGMENTATION
    reserve_seconds: float = 30.0
    weights: Mapping[str, Path] = field(default_factory=dict)
    baselines: bool = True
    space: Space = "default"
    resources: Resources = Resources()

    @property
    def objective(self) -> Objective:
        """What is optimised."""
        return Objective.of(self.task.kind)

    def identity(self, train: CropView, validation: CropView) -> dict[str, Any]:
        """What may not change between a call and the one that takes its search up."""
        described = self._own_fields() | {
            "kind": self.task.kind,
            "classes": len(self.task.labels),
            "train": _digest(train),
            "validation": _digest(validation),
        }
        for name in ("minutes", "trials", "reserve_seconds"):
            del described[name]
        return dict(json.loads(json.dumps(described)))

    def call_key(self, train: CropView, validation: CropView) -> dict[str, Any]:
        """What may not change between a call and the one that is answered with its result."""
        limits = {"minutes": self.minutes, "trials": self.trials}
        return self.identity(train, validation) | limits

    def params(self) -> dict[str, Any]:
        """All of it but the task, flat, as MLflow shows it."""
        return self._own_fields() | asdict(self.resources)

    def training(self, train: CropView, validation: CropView) -> TrainingSpec:
        """What all trials share, as the workers are told it."""
        return TrainingSpec(
            train=train,
            validation=validation,
            task=self.task,
            augmentation=self.augmentation,
            balance=self.balance,
            batch_size=self.batch_size,
            threads=self.resources.threads,
            memory_bytes=int((self.resources.memory_limit_gb or 0) * memory.GB),
            weights=self.weights,
            space=self.space,
        )

    def check(self, train: CropView, validation: CropView) -> None:
        """Raises SearchError where crops, classes and augmentation do not make a search."""
        for name, crops in (("training", train), ("validation", validation)):
            if not len(crops):
                raise SearchError(f"There are no {name} crops.", "Give more photos.")
        if train.size != validation.size:
            raise SearchError(
                f"Training crops have {train.size} px, validation crops {validation.size} px.",
                "Take both from one store.",
            )
        if not self.task.is_regression:
            classes = len(self.task.labels)
            present = len(np.unique(train.targets))
            if classes < 2 or present < 2:
                raise SearchError(
                    f"A classifier needs two classes, but {classes} are named and {present} "
                    "are among the training crops.",
                    "Give photos of at least two classes.",
                )
        try:
            self.task.check_augmentation(self.augmentation)
        except ValueError as error:
            raise SearchError(f"{error}.", "Leave it out of search.augmentation.") from None

    def _own_fields(self) -> dict[str, Any]:
        names = {each.name for each in fields(self)} - {"task", "resources", "weights"}
        own = {name: getattr(self, name) for name in sorted(names)}
        return own | {"pretrained": sorted(self.weights)}


RESOURCES = tuple(each.name for each in fields(Resources))
"""Names of the settings that say where a search runs, and not what is searched."""


def check_identity(kept: Mapping[str, Any], asked: Mapping[str, Any], folder: Path) -> None:
    """Raises SearchError where a folder's search is not the one that is asked for."""
    other = [key for key in asked if kept.get(key) != asked[key]]
    if other:
        differences = ", ".join(f"{key} was {kept.get(key)}, is {asked[key]}" for key in other)
        raise SearchError(
            f"The folder {folder} belongs to another search: {differences}.",
            "Use another folder, or delete this one.",
        )


def _digest(crops: CropView) -> str:
    """Short name of which crops a set holds, with which targets."""
    sha = hashlib.sha256(json.dumps([crops.size, len(crops)]).encode())
    for array in (crops.positions, crops.targets):
        sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()[:16]
