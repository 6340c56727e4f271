"""What is said to MLflow, and that saying it twice is the same as saying it once."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fdc.tracking.journal import Event
from fdc.tracking.location import artifact_location, database_file, quiet_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient

_KEY_TAG = "fdc.key"
_METRICS_PER_BATCH = 900
_TEXTS_PER_BATCH = 90
_REFUSALS = ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "INVALID_STATE")

Item = TypeVar("Item")


class RefusedError(Exception):
    """MLflow answers, but will not take an event, now or ever."""


class Delivery:
    """Tells MLflow the events of one journal.

    An event may be delivered again, as happens where a process dies before it could note that it
    was: MLflow drops a metric point, parameter or tag that it has (the journal fixes the times),
    and a run is looked up by its key before it is created.

    Args:
        uri: MLflow's tracking URI.
        experiment: Name of the experiment; created where absent.
        identity: Of the journal; makes the runs' keys unique.
        folder: The journal's, where the files lie.

    Attributes:
        experiment_id: MLflow's id of the experiment.
        runs: MLflow's ids of the runs by key.
    """

    def __init__(self, uri: str, experiment: str, identity: str, folder: Path) -> None:
        self.experiment_id: str | None = None
        self.runs: dict[str, str] = {}
        self._uri = uri
        self._experiment = experiment
        self._identity = identity
        self._folder = folder
        self._client: MlflowClient | None = None

    def connect(self) -> bool:
        """Opens the connection where it is not open yet.

        Returns:
            False where MLflow has lost the runs, or never had them: all has to be told anew.
        """
        if self._client is not None:
            return True
        quiet_mlflow()
        client = _open_client(self._uri)
        experiment_id = _experiment_id(client, self._experiment, self._uri)
        known = not self._is_gone(client, experiment_id)
        if not known:
            self.runs = {}
        self.experiment_id = experiment_id
        self._client = client
        return known

    def send(self, events: list[Event]) -> None:
        """Delivers events, by run.

        Args:
            events: In the journal's order.

        Raises:
            RefusedError: Where MLflow will not take one of them; others may have been taken.
        """
        from mlflow import MlflowException

        keys = dict.fromkeys(event["run"] for event in events if event["run"])
        try:
            for key in keys:
                self._send_run(key, [event for event in events if event["run"] == key])
        except MlflowException as error:
            if error.error_code in _REFUSALS:
                raise RefusedError(str(error)) from error
            raise

    def _send_run(self, key: str, events: list[Event]) -> None:
        client = self._connected()
        for event in events:
            if event["kind"] == "begin":
                self._begin(client, key, event)
        if key not in self.runs:
            raise RefusedError(f"the run {key} could not be created")
        run_id = self.runs[key]
        life = [event for event in events if event["kind"] in ("begin", "end")]
        self._send_batches(client, run_id, events)
        for event in events:
            if event["kind"] == "file":
                path = self._folder / event["file"]
                client.log_artifact(run_id, str(path), event["folder"] or None)
            elif event["kind"] == "dataset":
                client.log_inputs(run_id, datasets=[_dataset_input(event)])
            elif event["kind"] == "end" and event is life[-1]:
                client.set_terminated(run_id, event["status"], event["time"])

    def _send_batches(self, client: MlflowClient, run_id: str, events: list[Event]) -> None:
        from mlflow.entities import Metric, Param, RunTag

        metrics = [
            Metric(name, value, event["time"], event["step"])
            for event in events
            if event["kind"] == "metrics"
            for name, value in event["values"].items()
        ]
        params = [
            Param(name, value)
            for event in events
            if event["kind"] == "params"
            for name, value in event["values"].items()
        ]
        tags = {
            name: value
            for event in events
            if event["kind"] in ("begin", "tags")
            for name, value in event["values"].items()
        }
        for batch in _parts(metrics, _METRICS_PER_BATCH):
            client.log_batch(run_id, metrics=batch, synchronous=True)
        for pairs in _parts(params, _TEXTS_PER_BATCH):
            client.log_batch(run_id, params=pairs, synchronous=True)
        for items in _parts(list(tags.items()), _TEXTS_PER_BATCH):
            client.log_batch(run_id, tags=[RunTag(*item) for item in items], synchronous=True)

    def _begin(self, client: MlflowClient, key: str, event: Event) -> None:
        if key in self.runs:
            client.update_run(self.runs[key], status="RUNNING")
            return
        unique = f"{self._identity}/{key}"
        found = client.search_runs(
            [str(self.experiment_id)], f"tags.`{_KEY_TAG}` = '{unique}'", max_results=1
        )
        if found:
            self.runs[key] = found[0].info.run_id
            return
        tags = {_KEY_TAG: unique, **event["values"]}
        if event["parent"]:
            tags["mlflow.parentRunId"] = self.runs[event["parent"]]
        run = client.create_run(str(self.experiment_id), event["time"], tags, event["name"])
        self.runs[key] = run.info.run_id

    def _is_gone(self, client: MlflowClient, experiment: str) -> bool:
        """Whether the runs of this journal were deleted from MLflow, or never were there."""
        from mlflow import MlflowException

        if self.experiment_id not in (None, experiment):
            return True
        for run_id in list(self.runs.values())[:1]:
            try:
                return bool(client.get_run(run_id).info.lifecycle_stage == "deleted")
            except MlflowException as error:
                if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                    return True
                raise
        return False

    def _connected(self) -> MlflowClient:
        if self._client is None:
            raise RuntimeError("connect first")
        return self._client


def _open_client(uri: str) -> MlflowClient:
    from filelock import FileLock
    from mlflow import MlflowClient

    logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
    database = database_file(uri)
    if database is None:
        return MlflowClient(uri)
    database.parent.mkdir(parents=True, exist_ok=True)
    # Two processes that both make the tables of a new database break it.
    with FileLock(database.with_name(database.name + ".lock")):
        client = MlflowClient(uri)
        client.search_experiments(max_results=1)
    return client


_EXPERIMENT = {"mlflow.experimentKind": "custom_model_development"}
"""Opens MLflow's pages for training runs, not those for language models."""


def _experiment_id(client: MlflowClient, name: str, uri: str) -> str:
    from mlflow import MlflowException

    for _ in range(2):
        experiment = client.get_experiment_by_name(name)
        if experiment is not None:
            if experiment.lifecycle_stage == "deleted":
                client.restore_experiment(experiment.experiment_id)
            return str(experiment.experiment_id)
        try:
            return str(
                client.create_experiment(name, artifact_location(uri, name), tags=_EXPERIMENT)
            )
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
    raise RuntimeError(f"MLflow neither finds nor creates the experiment {name}")


def _dataset_input(event: Event) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    dataset = Dataset(
        name=event["name"],
        digest=event["digest"],
        source_type="local",
        source=json.dumps({"name": event["name"]}),
        profile=json.dumps(event["counts"]),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", event["context"])])


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
