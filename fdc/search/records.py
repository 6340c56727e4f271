"""What a search knows about its trials, and keeps on disk so that a kill costs nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from fdc import files
from fdc.search.messages import Status
from fdc.training.objective import Objective

STATE = "state.json"
RESULT = "result.json"

FINAL = "final"
"""Id of the training in which the winner goes on."""


@dataclass
class TrialRecord:
    """One trial.

    Attributes:
        id: Unique in the search; "final" is the winner, trained on.
        number: Counts the trials from 0.
        hyperparameters: Values by name.
        seed: Of its weights and batches.
        status: Null while it runs, or was interrupted.
        reason: Why it failed, was refused, was pruned or ended early.
        first_epoch: Number of its first epoch; not 0 where it goes on from another trial.
        curve: Metrics by epoch.
        best_epoch: Index into the curve.
        parameters: Number of the network's weights.
        batch_size: Crops in a batch.
        predicted_epoch_seconds: What the probe predicted.
        epoch_seconds: What its epochs took, all in all, by their number.
        seconds: What it took from start to end.
        resource: Share of a full trial that it may use up; under 1 in Hyperband's early rounds.
        continues: The trial whose weights it started from.
        traceback: Of a failure.
    """

    id: str
    number: int
    hyperparameters: dict[str, Any]
    seed: int
    status: Status | None = None
    reason: str | None = None
    first_epoch: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None
    parameters: int | None = None
    batch_size: int | None = None
    predicted_epoch_seconds: float | None = None
    epoch_seconds: float | None = None
    seconds: float = 0.0
    resource: float = 1.0
    continues: str | None = None
    traceback: str | None = None

    @property
    def metrics(self) -> dict[str, float]:
        """Those of its best epoch; empty where there is none."""
        return {} if self.best_epoch is None else self.curve[self.best_epoch]

    @property
    def pace(self) -> float | None:
        """Seconds of an epoch: as measured, else as predicted; null before both."""
        if self.epoch_seconds is None or not self.curve:
            return self.predicted_epoch_seconds
        return self.epoch_seconds / len(self.curve)

    @property
    def start_seconds(self) -> float | None:
        """What building and tracing its network took; null while it runs."""
        if self.status is None or self.epoch_seconds is None:
            return None
        return max(0.0, self.seconds - self.epoch_seconds)

    @property
    def next_epoch(self) -> int:
        """Number of the epoch that comes next."""
        return self.first_epoch + len(self.curve)


@dataclass(frozen=True)
class SearchResult:
    """What a search has come to.

    Attributes:
        folder: Where everything lies.
        network: The winner: ONNX, float32 crops (n, size, size, 3) RGB 0 to 255 in, probabilities
            (n, classes) or numbers (n,) out.
        keras_network: The same for Keras.
        best_trial: Id of the winner; "final" where training on has made it better.
        objective: The metric that was optimised.
        direction: "max" or "min".
        score: The winner's value of it, on the validation crops, without the mirror image.
        validation: Metrics of the exported network on the validation crops.
        trials: Every trial, in the order of their numbers.
        seconds: What the search took, restarts included.
        interrupted: Whether it was stopped; the same call then goes on with it.
        peak_worker_gb: Most anonymous memory that a worker used.
    """

    folder: Path
    network: Path
    keras_network: Path
    best_trial: str
    objective: str
    direction: Literal["min", "max"]
    score: float
    validation: dict[str, float]
    trials: list[TrialRecord]
    seconds: float
    interrupted: bool
    peak_worker_gb: float

    @property
    def best(self) -> TrialRecord:
        """The winner's record."""
        return next(trial for trial in self.trials if trial.id == self.best_trial)

    def save(self, path: Path, call: Mapping[str, Any]) -> None:
        """Writes it, with the call that it answers.

        Args:
            path: The file.
            call: Settings under which a later call is the same one.
        """
        content = asdict(self) | {"call": dict(call)}
        write_json(path, content)

    @classmethod
    def load(cls, path: Path, call: Mapping[str, Any]) -> "SearchResult | None":
        """Reads the result of the same call; null where there is none."""
        content = read_json(path)
        if content is None or content.pop("call") != json.loads(json.dumps(dict(call))):
            return None
        for name in ("network", "keras_network"):
            if not Path(content[name]).is_file():
                return None
        for name in ("folder", "network", "keras_network"):
            content[name] = Path(content[name])
        content["trials"] = [TrialRecord(**trial) for trial in content["trials"]]
        return cls(**content)


@dataclass
class State:
    """All that a search must remember.

    Attributes:
        path: The file that holds it.
        objective: What is optimised.
        identity: What may not change between a call and the one that takes it up.
        seconds: What earlier sessions took.
        oracle: State of KerasTuner's oracle and its trials.
        trials: Records by id, in the order of their start.
    """

    path: Path
    objective: Objective
    identity: dict[str, Any]
    seconds: float = 0.0
    oracle: dict[str, Any] | None = None
    trials: dict[str, TrialRecord] = field(default_factory=dict)

    def save(self) -> None:
        """Writes it whole or not at all."""
        content = {
            "identity": self.identity,
            "seconds": self.seconds,
            "oracle": self.oracle,
            "trials": [asdict(trial) for trial in self.trials.values()],
        }
        write_json(self.path, content)

    def load(self) -> bool:
        """Reads what an earlier session has left, if there is anything."""
        content = read_json(self.path)
        if content is None:
            return False
        self.identity = content["identity"]
        self.seconds = content["seconds"]
        self.oracle = content["oracle"]
        self.trials = {trial["id"]: TrialRecord(**trial) for trial in content["trials"]}
        return True

    def ranked(self) -> list[TrialRecord]:
        """The trials that have trained an epoch, best first; a failed one is not among them."""
        tried = [t for t in self.trials.values() if t.metrics and t.status != "FAILED"]
        return sorted(tried, key=lambda trial: self.objective.cost(trial.metrics))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes a JSON file whole or not at all."""
    files.write_text(path, json.dumps(content, default=str))


def read_json(path: Path) -> dict[str, Any] | None:
    """Reads a JSON file; null where there is none."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
