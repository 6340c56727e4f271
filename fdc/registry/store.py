"""The door to MLflow's model registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import mlflow
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST, ErrorCode

from fdc import tracking
from fdc.errors import RegistryError
from fdc.tracking.location import database_file

PREFIX = "fdc-"
CHAMPION = "champion"


@dataclass(frozen=True)
class Version:
    """One version of a registered model.

    Attributes:
        name: Such as "fdc-age".
        number: Such as "3".
        run_id: The search that it came from.
    """

    name: str
    number: str
    run_id: str

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
    """Turns MLflow's errors into the registry's.

    Args:
        action: What was tried, such as "Promoting fdc-age".
    """
    try:
        yield
    except MlflowException as error:
        raise RegistryError(
            f"{action} failed: {error.message}",
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


def _version(found: ModelVersion) -> Version:
    return Version(name=found.name, number=str(found.version), run_id=found.run_id or "")
