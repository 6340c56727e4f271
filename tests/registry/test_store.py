"""The door to MLflow's registry: what is found, and what its errors become."""

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import OperationalError

from fdc import registry
from fdc.errors import RegistryError
from fdc.inference import predictor
from fdc.registry import store as door
from tests.registry.models import RECIPE, register


@pytest.mark.parametrize(
    "error",
    [MlflowException("the server is away"), OperationalError("SELECT 1", {}, OSError("no route"))],
)
def test_errors_of_mlflow_and_of_its_database_become_one_with_a_hint(error):
    with (
        pytest.raises(RegistryError, match=r"Promoting fdc-age failed.*MLFLOW_TRACKING_URI"),
        door.reported("Promoting fdc-age"),
    ):
        raise error


def test_other_errors_are_left_alone():
    with pytest.raises(ZeroDivisionError), door.reported("Promoting fdc-age"):
        raise ZeroDivisionError


def test_versions_come_by_number_by_alias_and_in_the_order_of_their_numbers(store):
    client = door.client(store)
    client.create_registered_model("fdc-colour")
    for _ in range(11):
        client.create_model_version("fdc-colour", "somewhere")
    client.set_registered_model_alias("fdc-colour", "champion", "9")

    known = door.versions(client, "fdc-colour")
    assert [each.number for each in known] == [str(number) for number in range(1, 12)]
    assert door.by_number(client, "fdc-colour", "2") == known[1]
    assert door.by_alias(client, "fdc-colour") == known[8]
    assert door.by_alias(client, "fdc-colour", "other") is None
    assert door.by_alias(client, "fdc-shape") is None
    assert door.find_version(client, "fdc-colour", None) == known[-1]


def test_a_version_that_was_registered_without_tags_is_found(store):
    client = door.client(store)
    client.create_registered_model("fdc-colour")
    client.create_model_version("fdc-colour", "somewhere")

    found = registry.version("colour", tracking_uri=store)
    assert (found.number, found.recipe, found.test_split) == ("1", "", "")


def test_a_folder_holds_the_model_and_is_an_error_where_the_files_are_gone(tmp_path, store):
    version = register(tmp_path, store, [True])
    folder = registry.folder(version, store)

    assert (folder / predictor.NETWORK).is_file()
    assert version.recipe == RECIPE.fingerprint
    for path in sorted((tmp_path / "artifacts" / "models").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(RegistryError, match="Fetching fdc-colour version 1 failed"):
        registry.folder(version, store)


def test_the_first_artifact_that_there_is_of_several_names_is_read(tmp_path, store):
    version = register(tmp_path, store, [True])
    client = mlflow.MlflowClient(store)
    client.log_dict(version.run_id, {"written": "before"}, "old.json")

    assert registry.run_json(version, "new.json", "old.json") == {"written": "before"}
    client.log_dict(version.run_id, {"written": "now"}, "new.json")
    assert registry.run_json(version, "new.json", "old.json") == {"written": "now"}
    with pytest.raises(RegistryError, match=r"no other\.json"):
        registry.run_json(version, "other.json", tracking_uri=store)
