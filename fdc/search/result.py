"""What a search has come to, and the order of its trials."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fdc import files
from fdc.tasks import Direction
from fdc.tracking import TrialRecord
from fdc.training.objective import Objective

RESULT = "result.json"

FINAL = "final"
"""Id of the training in which the winner goes on."""


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
    direction: Direction
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
        """Writes it, with the call that it answers; its trials are in the journal.

        Args:
            path: The file.
            call: Settings under which a later call is the same one.
        """
        content = asdict(self) | {"call": dict(call)}
        del content["trials"]
        files.write_json(path, content)

    @classmethod
    def load(
        cls, path: Path, call: Mapping[str, Any], trials: Iterable[TrialRecord]
    ) -> "SearchResult | None":
        """Reads the result of the same call; None where there is none.

        Args:
            path: The file.
            call: As it was saved with.
            trials: Those of the journal.
        """
        content = files.read_json(path)
        if content is None or content.pop("call") != json.loads(json.dumps(dict(call))):
            return None
        for name in ("network", "keras_network"):
            if not Path(content[name]).is_file():
                return None
        for name in ("folder", "network", "keras_network"):
            content[name] = Path(content[name])
        return cls(**content, trials=list(trials))


def ranked(trials: Iterable[TrialRecord], objective: Objective) -> list[TrialRecord]:
    """The trials that have trained an epoch, best first; a failed one is not among them."""
    tried = [trial for trial in trials if trial.metrics and trial.status != "FAILED"]
    return sorted(tried, key=lambda trial: objective.cost(trial.metrics))
