"""Promotion, refusal, rollback."""

import mlflow
import pytest

from fdc import registry
from fdc.errors import RegistryError
from fdc.registry.champion import history
from fdc.registry.store import client
from tests.registry.models import register

GOOD = [True] * 9 + [False]
FAIR = [True] * 6 + [False] * 4


def test_the_first_version_becomes_champion(tmp_path, store):
    version = register(tmp_path, store, FAIR)
    said = registry.promote("colour", tracking_uri=store)

    assert said.version == version
    assert said.before is None
    assert "the first one" in str(said)
    assert registry.champion("colour", store) == version
    assert registry.champions(store) == {"colour": version}


def test_a_better_version_is_promoted_and_both_figures_are_said(tmp_path, store):
    old = register(tmp_path, store, FAIR)
    registry.promote("colour", tracking_uri=store)
    new = register(tmp_path, store, GOOD)
    said = registry.promote("colour", tracking_uri=store)

    assert (said.version, said.before) == (new, old)
    assert "0.9000 against the champion's 0.6000 on 10 test photos" in str(said)
    assert "95% interval" in str(said)


def test_an_equal_version_is_promoted(tmp_path, store):
    register(tmp_path, store, FAIR)
    registry.promote("colour", tracking_uri=store)
    new = register(tmp_path, store, FAIR)

    assert registry.promote("colour", tracking_uri=store).version == new


def test_a_worse_version_is_refused_unless_forced(tmp_path, store):
    best = register(tmp_path, store, GOOD)
    registry.promote("colour", tracking_uri=store)
    worse = register(tmp_path, store, FAIR)

    with pytest.raises(RegistryError, match="version 2 is worse than the champion, version 1"):
        registry.promote("colour", tracking_uri=store)
    assert registry.champion("colour", store) == best
    said = registry.promote("colour", force=True, tracking_uri=store)
    assert said.forced
    assert "by force" in str(said)
    assert registry.champion("colour", store) == worse


def test_promoting_the_champion_changes_nothing(tmp_path, store):
    register(tmp_path, store, GOOD)
    registry.promote("colour", tracking_uri=store)

    assert "already" in str(registry.promote("colour", tracking_uri=store))
    assert len(history(client(store), "fdc-colour")) == 1


def test_another_test_split_is_refused_without_the_photos(tmp_path, store):
    register(tmp_path, store, FAIR)
    registry.promote("colour", tracking_uri=store)
    register(tmp_path, store, GOOD, prefix="other")

    with pytest.raises(RegistryError, match="tested on different photos"):
        registry.promote("colour", tracking_uri=store)
    assert registry.promote("colour", force=True, tracking_uri=store).forced


def test_rollback_walks_back_the_line_of_champions(tmp_path, store):
    versions = []
    for right in (FAIR, GOOD, [True] * 10):
        versions.append(register(tmp_path, store, right))
        registry.promote("colour", tracking_uri=store)

    assert registry.rollback("colour", store).version == versions[1]
    assert registry.rollback("colour", store).version == versions[0]
    with pytest.raises(RegistryError, match="no predecessor"):
        registry.rollback("colour", store)
    assert registry.champion("colour", store) == versions[0]
    assert registry.promote("colour", tracking_uri=store).version == versions[2]
    assert registry.rollback("colour", store).version == versions[0]
    assert [(each["action"], each["version"]) for each in history(client(store), "fdc-colour")] == [
        ("promote", "1"), ("promote", "2"), ("promote", "3"), ("rollback", "2"), ("rollback", "1"),
        ("promote", "3"), ("rollback", "1"),
    ]  # fmt: skip


def test_rollback_passes_over_deleted_versions_and_sees_changes_by_hand(tmp_path, store):
    for right in (FAIR, GOOD, [True] * 10):
        register(tmp_path, store, right)
    client = mlflow.MlflowClient(store)
    registry.promote("colour", "1", tracking_uri=store)
    client.set_registered_model_alias("fdc-colour", "champion", "2")
    registry.promote("colour", "3", tracking_uri=store)
    client.delete_model_version("fdc-colour", "2")

    assert registry.rollback("colour", store).version.number == "1"


def test_what_does_not_exist_is_said(tmp_path, store):
    with pytest.raises(RegistryError, match=r"No version of fdc-colour .* fdc search colour"):
        registry.promote("colour", tracking_uri=store)
    register(tmp_path, store, FAIR)
    with pytest.raises(RegistryError, match=r"no version 7\. There are: 1"):
        registry.promote("colour", "7", tracking_uri=store)
    with pytest.raises(RegistryError, match="has no champion"):
        registry.rollback("colour", store)
    assert registry.champion("colour", store) is None


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(RegistryError, match="no MLflow database"):
        registry.champions(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []
