"""The calls to MLflow; making one twice is the same as making it once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from fdc.tracking.connection import open_client
from fdc.tracking.location import artifact_location
from fdc.tracking.translator import RunUpdate

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput

_KEY_TAG = "fdc.key"
_METRICS_PER_BATCH = 900
_TEXTS_PER_BATCH = 90
_REFUSALS = ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "INVALID_STATE")

Item = TypeVar("Item")


class RefusedError(Exception):
    """MLflow answers, but will not take an update, now or ever."""


class MlflowWriter:
    """Makes the runs of one journal in MLflow.

    An update may be sent again, as happens where a process dies before it could note that it was:
    MLflow drops a metric point, parameter or tag that it has (the journal fixes the times), and a
    run is looked up by its key before it is created.

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
        client = open_client(self._uri)
        experiment_id = _experiment_id(client, self._experiment, self._uri)
        known = not self._is_gone(client, experiment_id)
        if not known:
            self.runs = {}
        self.experiment_id = experiment_id
        self._client = client
        return known

    def send(self, updates: Sequence[RunUpdate]) -> None:
        """Makes updates, run by run.

        Args:
            updates: In the journal's order.

        Raises:
            RefusedError: Where MLflow will not take one of them; others may have been taken.
        """
        from mlflow import MlflowException

        try:
            for key in dict.fromkeys(update.run for update in updates):
                self._send_run(key, [update for update in updates if update.run == key])
        except MlflowException as error:
            if error.error_code in _REFUSALS:
                raise RefusedError(str(error)) from error
            raise

    def _send_run(self, key: str, updates: list[RunUpdate]) -> None:
        client = self._connected()
        for update in updates:
            if update.name is not None:
                self._begin(client, update)
        if key not in self.runs:
            raise RefusedError(f"the run {key} could not be created")
        run_id = self.runs[key]
        self._send_batches(client, run_id, updates)
        for update in updates:
            if update.artifact is not None:
                self._send_artifact(client, run_id, update)
            if update.dataset is not None:
                client.log_inputs(run_id, datasets=[_dataset_input(update.dataset)])
        # A run that has ended and was taken up again since is open.
        turns = [update for update in updates if update.name is not None or update.status]
        if turns and turns[-1].status:
            client.set_terminated(run_id, turns[-1].status, turns[-1].time)

    def _send_batches(
        self, client: MlflowClient, run_id: str, updates: Sequence[RunUpdate]
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag

        metrics = [
            Metric(name, value, update.time, update.step)
            for update in updates
            for name, value in update.metrics.items()
        ]
        params = [Param(*item) for update in updates for item in update.params.items()]
        tags = {name: value for update in updates for name, value in update.tags.items()}
        for points in _batches(metrics, _METRICS_PER_BATCH):
            client.log_batch(run_id, metrics=points, synchronous=True)
        for pairs in _batches(params, _TEXTS_PER_BATCH):
            client.log_batch(run_id, params=pairs, synchronous=True)
        for items in _batches([RunTag(*item) for item in tags.items()], _TEXTS_PER_BATCH):
            client.log_batch(run_id, tags=items, synchronous=True)

    def _send_artifact(self, client: MlflowClient, run_id: str, update: RunUpdate) -> None:
        if update.file is None:
            client.log_text(run_id, update.text or "", str(update.artifact))
        else:
            folder = str(PurePosixPath(str(update.artifact)).parent)
            client.log_artifact(
                run_id, str(self._folder / update.file), None if folder == "." else folder
            )

    def _begin(self, client: MlflowClient, update: RunUpdate) -> None:
        key = update.run
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
        tags = {_KEY_TAG: unique, **update.tags}
        if update.parent:
            if update.parent not in self.runs:
                raise RefusedError(f"its parent, the run {update.parent}, could not be created")
            tags["mlflow.parentRunId"] = self.runs[update.parent]
        run = client.create_run(str(self.experiment_id), update.time, tags, update.name)
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


def _dataset_input(dataset: Mapping[str, Any]) -> DatasetInput:
    from mlflow.entities import Dataset, DatasetInput, InputTag

    name = dataset["name"]
    shown = Dataset(
        name=name,
        digest=dataset["digest"],
        source_type="local",
        source=json.dumps({"name": name}),
        profile=json.dumps(dataset["counts"]),
    )
    return DatasetInput(shown, [InputTag("mlflow.data.context", dataset["context"])])


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
