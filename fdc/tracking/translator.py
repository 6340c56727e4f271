"""What each event of the journal changes in MLflow's runs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fdc.tracking.journal import Event
from fdc.tracking.trial_history import apply_event
from fdc.tracking.trials import RUN_STATUS, RunStatus, TrialRecord

PARENT = "search"
"""Key of the parent run; a trial's is `trial-` and its id."""

_LONGEST_VALUE = 6000
_NOT_IN_A_NAME = re.compile(r"[^\w\-. :/]")


@dataclass(frozen=True)
class RunUpdate:
    """What is to change in one run; names and values are such that MLflow takes them.

    Attributes:
        run: The run's key.
        time: In milliseconds since 1970.
        name: Where it is not None, the run is created under it, or opened again.
        parent: Key of the run that a new one belongs to.
        params: Parameters by name.
        tags: Tags by name.
        metrics: Points of curves by name.
        step: Where on the curves they are.
        artifact: Path of an artifact in the run.
        file: The artifact's content, as a path relative to the journal's folder.
        text: The artifact's content where it is not in a file.
        dataset: Name, digest, counts and context of a dataset.
        status: Where it is not None, the run ends with it.
    """

    run: str
    time: int
    name: str | None = None
    parent: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    step: int = 0
    artifact: str | None = None
    file: str | None = None
    text: str | None = None
    dataset: dict[str, Any] | None = None
    status: RunStatus | None = None


class Translator:
    """Makes updates of MLflow's runs out of the events of one journal, read from its beginning.

    What a search that was taken up tells anew, MLflow is not told twice.
    """

    def __init__(self) -> None:
        self._trials: dict[str, TrialRecord] = {}
        self._params: dict[str, dict[str, str]] = {}
        self._next_epoch: dict[str, int] = {}
        self._results: dict[str, dict[str, float]] = {}
        self._tables: list[str] = []

    def translate(self, event: Event) -> list[RunUpdate]:
        """Says what an event changes.

        Args:
            event: The one behind that of the last call.

        Returns:
            Updates in the order in which they are to be made; MLflow may refuse one and take the
            next.
        """
        apply_event(self._trials, event)
        if "trial" in event:
            return self._of_trial(self._trials[event["trial"]], event)
        time = event["time"]
        match event["kind"]:
            case "run_began":
                return [RunUpdate(PARENT, time, name=event["name"], tags=_texts(event["tags"]))]
            case "params":
                return self._params_of(PARENT, time, event["values"])
            case "tags":
                return [RunUpdate(PARENT, time, tags=_texts(event["values"]))]
            case "metrics":
                metrics = _numbers(event["values"])
                return [RunUpdate(PARENT, time, metrics=metrics, step=event["step"])]
            case "artifact":
                return self._artifact_of(event)
            case "dataset":
                return [RunUpdate(PARENT, time, dataset=event["dataset"])]
            case "run_ended":
                return [*self._killed(time), RunUpdate(PARENT, time, status=event["status"])]
        return []

    def _of_trial(self, trial: TrialRecord, event: Event) -> list[RunUpdate]:
        key, time = _key(trial), event["time"]
        match event["kind"]:
            case "trial_began":
                tags = {
                    "fdc.trial_id": trial.id,
                    "fdc.role": trial.role,
                    "fdc.status": "RUNNING",
                    "fdc.reason": "",
                }
                name = _run_name(trial)
                params = trial.hyperparameters | {"seed": trial.seed, "number": trial.number}
                if trial.continues is not None:
                    params["continues"] = trial.continues
                began = RunUpdate(key, time, name=name, parent=PARENT, tags=tags)
                return [began, *self._params_of(key, time, params)]
            case "epoch_ended" if event["epoch"] >= self._next_epoch.get(key, 0):
                self._next_epoch[key] = event["epoch"] + 1
                metrics = _numbers(event["metrics"])
                return [RunUpdate(key, time, metrics=metrics, step=event["epoch"])]
            case "trial_ended" if trial.status is not None:
                return [*self._result_of(trial, time), _end_of(trial, time)]
        return []

    def _params_of(self, key: str, time: int, params: Mapping[str, Any]) -> list[RunUpdate]:
        """MLflow lets no parameter change: one that has is a tag."""
        known = self._params.setdefault(key, {})
        values = _texts(params)
        new = {name: text for name, text in values.items() if name not in known}
        changed = {
            f"fdc.resumed_with.{name}": text
            for name, text in values.items()
            if known.get(name, text) != text
        }
        known.update(new)
        updates = [RunUpdate(key, time, params=new)] if new else []
        return updates + ([RunUpdate(key, time, tags=changed)] if changed else [])

    def _artifact_of(self, event: Event) -> list[RunUpdate]:
        time, path = event["time"], event["path"]
        updates = [RunUpdate(PARENT, time, artifact=path, file=event["file"])]
        if event["table"]:
            self._tables = [*dict.fromkeys([*self._tables, path])]
            shown = json.dumps([{"path": path, "type": "table"} for path in self._tables])
            updates.append(RunUpdate(PARENT, time, tags={"mlflow.loggedArtifacts": shown}))
        return updates

    def _result_of(self, trial: TrialRecord, time: int) -> list[RunUpdate]:
        """Below `result/`, so that the curves keep one point per epoch."""
        result = {f"result/{name}": value for name, value in _numbers(trial.metrics).items()}
        result["seconds"] = trial.seconds
        if trial.parameters is not None:
            result["parameters"] = trial.parameters
        if self._results.get(trial.id) == result:
            return []
        self._results[trial.id] = result
        return [RunUpdate(_key(trial), time, metrics=result)]

    def _killed(self, time: int) -> list[RunUpdate]:
        tags = {"fdc.status": "KILLED"}
        return [
            RunUpdate(_key(trial), time, tags=tags, status="KILLED")
            for trial in self._trials.values()
            if trial.status is None
        ]


def _end_of(trial: TrialRecord, time: int) -> RunUpdate:
    assert trial.status is not None
    return RunUpdate(
        _key(trial),
        time,
        tags=_texts({"fdc.status": trial.status, "fdc.reason": trial.reason or ""}),
        artifact="traceback.txt" if trial.traceback else None,
        text=trial.traceback,
        status=RUN_STATUS[trial.status],
    )


def _run_name(trial: TrialRecord) -> str:
    match trial.role:
        case "trial":
            return f"trial {trial.number:03d}"
        case "baseline":
            return f"baseline {trial.id}"
    return "final"


def _key(trial: TrialRecord) -> str:
    return f"trial-{trial.id}"


def _name(name: str) -> str:
    return _NOT_IN_A_NAME.sub("_", name)


def _numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {_name(name): float(value) for name, value in metrics.items()}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {_name(name): str(value)[:_LONGEST_VALUE] for name, value in values.items()}
