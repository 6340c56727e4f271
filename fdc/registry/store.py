"""The door to MLflow's model registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode
from sqlalchemy.exc import SQLAlchemyError

from fdc import tracking
from fdc.errors import RegistryError
from fdc.tracking.location import database_file

PREFIX = "fdc-"
"""Begins the names of experiments and registered models; the task's name follows."""

CHAMPION = "champion"
TAG = "fdc."
"""Begins the tags of versions and models that fdc sets."""


@dataclass(frozen=True)
class Version:
    """One version of a registered model.

    Attributes:
        name: Such as "fdc-age".
        number: Such as "3".
        run_id: The search that it came from.
        recipe: Fingerprint of the recipe of its crops.
        test_split: Names the photos that it was tested on, see `comparison.split_digest`.
    """

    name: str
    number: str
    run_id: str
    recipe: str
    test_split: str

    @property
    def task(self) -> str:
        """Whose model it is, such as "age"."""
        return self.name.removeprefix(PREFIX)

    @property
    def uri(self) -> str:
        """What MLflow loads it by."""
        return f"models:/{self.name}/{self.number}"


def client(tracking_uri: str | None = None) -> mlflow.MlflowClient:
    """Points MLflow at a store, for loading and logging models as well, and gives its client.

    Args:
        tracking_uri: The store; MLFLOW_TRACKING_URI, else the database below `mlruns/`, if None.

    Raises:
        RegistryError: The store is a database file that does not exist.
    """
    uri = tracking_uri or tracking.tracking_uri()
    database = database_file(uri)
    if database is not None and not database.exists():
        raise RegistryError(
            f"There is no MLflow database at {database}.",
            hint="Search first, or set MLFLOW_TRACKING_URI to the store that a search wrote to.",
        )
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    return mlflow.MlflowClient(uri, uri)


@contextmanager
def reported(action: str) -> Iterator[None]:
    """Turns errors of MLflow, and of the database below it, into the registry's.

    Args:
        action: What was tried, such as "Promoting fdc-age".
    """
    try:
        yield
    except (MlflowException, SQLAlchemyError) as error:
        # The database's own words; SQLAlchemy adds the statement and an address to them.
        reason = getattr(error, "orig", None) or error
        raise RegistryError(
            f"{action} failed: {reason}",
            hint="Is MLFLOW_TRACKING_URI the store that the search wrote to, and is it reachable?",
        ) from error


def registered(store: mlflow.MlflowClient, name: str) -> RegisteredModel | None:
    """A registered model with its aliases and tags, or None."""
    try:
        return store.get_registered_model(name)
    except MlflowException as error:
        if error.error_code == ErrorCode.Name(RESOURCE_DOES_NOT_EXIST):
            return None
        raise


def by_alias(store: mlflow.MlflowClient, name: str, alias: str = CHAMPION) -> Version | None:
    """The version that an alias points at, or None."""
    model = registered(store, name)
    number = model.aliases.get(alias) if model else None
    return by_number(store, name, str(number)) if number else None


def by_number(store: mlflow.MlflowClient, name: str, number: str) -> Version:
    """One version."""
    return _version(store.get_model_version(name, number))


def versions(store: mlflow.MlflowClient, name: str) -> list[Version]:
    """All versions of a model, the oldest first."""
    found = store.search_model_versions(f"name='{name}'")
    return [_version(each) for each in sorted(found, key=lambda each: int(each.version))]


def find_version(store: mlflow.MlflowClient, name: str, number: str | None) -> Version:
    """The version of that number, the newest if it is None.

    Raises:
        RegistryError: There is none, or none of that number.
    """
    known = versions(store, name)
    if not known:
        raise RegistryError(
            f"No version of {name} is registered.",
            hint=f"Search first: fdc search {name.removeprefix(PREFIX)}.",
        )
    if number is None:
        return known[-1]
    for each in known:
        if each.number == str(number):
            return each
    raise RegistryError(
        f"{name} has no version {number}.",
        hint=f"There are: {', '.join(each.number for each in known)}.",
    )


def folder(version: Version, tracking_uri: str | None = None) -> Path:
    """The model folder of a version, brought here if it is not on this machine.

    Returns:
        A folder for `fdc.inference.predictor.Predictor`.

    Raises:
        RegistryError: The store cannot be reached, or the model's files are gone.
    """
    with reported(f"Fetching {version.name} version {version.number}"):
        client(tracking_uri)
        root = Path(mlflow.artifacts.download_artifacts(version.uri))
    return root / "artifacts" / "model"


def run_json(version: Version, *names: str, tracking_uri: str | None = None) -> dict[str, Any]:
    """A JSON artifact of the search that a version came from.

    Args:
        version: Whose search.
        *names: Of the artifact; the first that there is counts.
        tracking_uri: MLflow's store; the one that MLflow is set to if not given.

    Raises:
        RegistryError: There is none of these names, or the store cannot be reached.
    """
    with reported(f"Reading {names[0]} of {version.name} version {version.number}"):
        logged = {each.path for each in client(tracking_uri).list_artifacts(version.run_id)}
        for name in names:
            if name in logged:
                found: dict[str, Any] = mlflow.artifacts.load_dict(f"runs:/{version.run_id}/{name}")
                return found
    raise RegistryError(
        f"The search that {version.name} version {version.number} came from has no {names[0]}.",
        hint="Its artifacts were deleted: choose another version, or search again.",
    )


def _version(found: ModelVersion) -> Version:
    return Version(
        name=found.name,
        number=str(found.version),
        run_id=found.run_id or "",
        recipe=found.tags.get(f"{TAG}recipe", ""),
        test_split=found.tags.get(f"{TAG}test_split", ""),
    )
