"""The command that promotes finds the crops on which a champion is tested again."""

import hashlib

import numpy as np
import pytest

from fdc import manifest, registry
from fdc.crops.record import Record
from fdc.crops.store import keys_of
from fdc.crops.writer import CropWriter
from fdc.errors import RegistryError
from pipelines import workspace
from pipelines.promote import find_crops, promote, rollback
from tests.registry.models import RECIPE, SIZE, register


def photo_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


OLD, NEW = ([photo_id(f"{kind}-{i}") for i in range(4)] for kind in ("old", "new"))


def prepare(root, image_ids, colour=(0, 0, 255), quarantined=(), recipe=RECIPE) -> None:
    """A manifest of the task `colour`, and a store in which all its photos have one colour."""
    rows = [{"path": f"{each}.png", "image_id": each, "colour": "green"} for each in image_ids]
    table = manifest.from_rows(rows, "test")
    mask = table["image_id"].isin(quarantined)
    manifest.write(
        manifest.set_aside(table, mask, "no face", "none"), workspace.manifest("colour", root)
    )
    with CropWriter(workspace.STORES / recipe.fingerprint, recipe) as writer:
        for key in keys_of(table):
            if key not in writer.done:
                crop = np.full((SIZE, SIZE, 3), colour, np.uint8)
                writer.add(Record(key, confidence=1.0), crop)


def test_crops_are_found_by_photo_in_whatever_dataset_has_them_all(here):
    prepare(here / "a", OLD)
    prepare(here / "b", [*NEW, *OLD[:2]], colour=(0, 255, 0))

    crops = find_crops("colour", RECIPE.fingerprint, NEW)

    assert set(crops.positions) == set(NEW)
    for image_id in NEW:
        assert crops.pixels[crops.positions[image_id]][0, 0].tolist() == [0, 255, 0]


def test_photos_that_were_not_prepared_here_have_no_crops(here):
    assert find_crops("colour", RECIPE.fingerprint, NEW) is None
    prepare(here / "a", [*NEW[:3], *OLD], quarantined=OLD[:1])

    assert find_crops("colour", RECIPE.fingerprint, NEW) is None, "one is in no manifest"
    assert find_crops("colour", RECIPE.fingerprint, OLD) is None, "one is quarantined"
    assert find_crops("colour", "0" * 16, NEW[:3]) is None, "no store of that recipe"
    assert find_crops("shape", RECIPE.fingerprint, NEW[:3]) is None, "no manifest of that task"


@pytest.fixture
def versions(here, store):
    """A champion that always says red, and a challenger that was tested on other photos."""
    red_only = np.array([[9.0, 0, 0]] * 3)
    register(here / "1", store, [True] * 4, weights=red_only, image_ids=OLD)
    promote("colour")
    return register(here / "2", store, [True, True, True, False], image_ids=NEW)


def test_a_champion_of_another_split_is_tested_on_the_crops_that_lie_here(
    here, store, versions, capsys
):
    prepare(here / "a", NEW)
    promote("colour")

    said = " ".join(capsys.readouterr().out.split())
    assert "0.7500 against the champion's 0.0000 on 4 test photos" in said
    assert registry.champion("colour", store) == versions
    rollback("colour")
    assert "version 1 is the champion after version 2" in capsys.readouterr().out


def test_without_crops_it_is_said_what_to_do_and_force_promotes(here, store, versions):
    with pytest.raises(RegistryError, match="fdc prepare colour with the same photos"):
        promote("colour")
    promote("colour", force=True)
    assert registry.champion("colour", store) == versions


def test_crops_are_looked_for_only_where_the_splits_differ(here, store, monkeypatch):
    monkeypatch.setattr("pipelines.promote.find_crops", lambda *_: pytest.fail("looked for"))
    register(here / "1", store, [True] * 4, image_ids=OLD)
    promote("colour")
    newest = register(here / "2", store, [True] * 4, image_ids=OLD)
    promote("colour", int(newest.number))

    assert registry.champion("colour", store) == newest
