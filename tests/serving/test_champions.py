"""The champions in memory follow the registry."""

import logging
import shutil
import threading

import pytest

from fdc import registry
from fdc.errors import RegistryError
from fdc.serving.champions import Champions
from tests.registry.models import photo, register
from tests.serving.conftest import running
from tests.waiting import wait_until

RED = photo((255, 0, 0))


@pytest.fixture
def own(tmp_path, store) -> str:
    """A copy of the registry that a test may change."""
    database = tmp_path / "mlflow.db"
    shutil.copyfile(store.removeprefix("sqlite:///"), database)
    return f"sqlite:///{database}"


def versions(champions: Champions) -> dict[str, str]:
    return {task: model.version.number for task, model in champions.models.items()}


def test_a_promotion_is_taken_up_while_the_service_runs(tmp_path, own):
    champions = Champions(own)
    champions.refresh()
    kept = champions.models["age"]
    with running(champions, refresh_seconds=0.1):
        register(tmp_path / "new", own, [True])
        registry.promote("colour", tracking_uri=own)
        wait_until(lambda: versions(champions)["colour"] == "2")

    assert versions(champions) == {"age": "1", "age_regression": "1", "colour": "2"}
    assert champions.models["age"] is kept, "what did not change is not loaded again"


def test_a_champion_that_cannot_be_loaded_leaves_the_one_before(tmp_path, own, caplog):
    champions = Champions(own)
    champions.refresh()
    broken = register(tmp_path / "new", own, [True])
    registry.promote("colour", tracking_uri=own)
    (registry.folder(broken, own) / "network.onnx").write_bytes(b"damaged")
    with caplog.at_level(logging.ERROR):
        champions.refresh()

    assert versions(champions)["colour"] == "1"
    assert "Cannot load fdc-colour version 2" in caplog.text
    assert champions.answers(RED, ["colour"])[0].label == "red"


def test_a_registry_that_is_gone_is_an_error_and_changes_nothing(own):
    champions = Champions(own)
    champions.refresh()
    champions._tracking_uri = "sqlite:////nowhere/mlflow.db"

    with pytest.raises(RegistryError):
        champions.refresh()
    assert len(champions.models) == 3


def test_many_threads_get_the_same_answers(champions):
    colours = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
    wrong = []

    def work(label, data):
        for _ in range(30):
            said = champions.answers(data, ["colour"])[0].label
            if said != label:
                wrong.append(said)

    threads = [threading.Thread(target=work, args=(k, photo(v))) for k, v in colours.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
