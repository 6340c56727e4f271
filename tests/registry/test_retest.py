"""A champion that was tested on other photos is tested again on the challenger's."""

import numpy as np
import pytest

from fdc import registry
from fdc.errors import RegistryError
from tests.registry.models import RECIPE, SIZE, register

GOOD = [True] * 9 + [False]
NEW_PHOTOS = [f"other-{i}" for i in range(10)]


def crops(colour: tuple[int, int, int], photos=NEW_PHOTOS, recipe=RECIPE) -> registry.PhotoCrops:
    """A store of crops of one colour; the first crop in it is of another photo, and red."""
    pixels = np.tile(np.array(colour, np.uint8), (len(photos) + 1, SIZE, SIZE, 1))
    pixels[0] = (255, 0, 0)
    positions = {photo: i for i, photo in enumerate(photos, start=1)}
    return registry.PhotoCrops(recipe.fingerprint, pixels, positions)


@pytest.fixture
def two_versions(tmp_path, store):
    """A champion, and a better challenger that was tested on other photos; all are green."""
    register(tmp_path, store, [True] * 10)
    registry.promote("colour", tracking_uri=store)
    return register(tmp_path, store, GOOD, prefix="other")


def test_a_champion_that_is_wrong_on_the_new_photos_gives_way(two_versions, store):
    promotion = registry.promote("colour", crops=crops((0, 0, 255)), tracking_uri=store)

    assert promotion.comparison.champion == 0
    assert registry.champion("colour", store) == two_versions


def test_a_champion_that_is_right_on_the_new_photos_stays(two_versions, store):
    with pytest.raises(RegistryError, match=r"0\.9000 against the champion's 1\.0000"):
        registry.promote("colour", crops=crops((0, 255, 0)), tracking_uri=store)
    assert registry.champion("colour", store).number == "1"


@pytest.mark.parametrize(("given", "missing"), [(None, 10), (NEW_PHOTOS[:7], 3)])
def test_photos_that_have_no_crop_here_are_counted(two_versions, store, given, missing):
    found = given and crops((0, 0, 255), given)
    said = rf"{missing} of the new ones have no crop on this machine.*fdc prepare colour"

    with pytest.raises(RegistryError, match=said):
        registry.promote("colour", crops=found, tracking_uri=store)
    assert registry.promote("colour", crops=found, force=True, tracking_uri=store).forced


def test_a_champion_of_another_recipe_cannot_be_tested_again(tmp_path, store):
    register(tmp_path, store, GOOD)
    registry.promote("colour", tracking_uri=store)
    recipe = RECIPE.model_copy(update={"colour": (0, 0, 0)})
    register(tmp_path, store, [True] * 10, prefix="other", recipe=recipe)
    new = crops((0, 255, 0), recipe=recipe)

    with pytest.raises(RegistryError, match="recipe or its classes differ"):
        registry.promote("colour", crops=new, tracking_uri=store)


def test_a_version_knows_its_recipe_its_split_and_its_test_photos(two_versions, store):
    champion = registry.champion("colour", store)

    assert two_versions.recipe == champion.recipe == RECIPE.fingerprint
    assert two_versions.test_split != champion.test_split
    with pytest.raises(RegistryError, match="Looking up the test photos of fdc-colour version 2"):
        registry.held_out_photos(two_versions, "nowhere://store")
    assert registry.held_out_photos(two_versions, store) == NEW_PHOTOS


def test_predictions_that_are_gone_can_be_passed_by_force_alone(two_versions, store, tmp_path):
    for kept in tmp_path.rglob("predictions.parquet"):
        kept.unlink()

    with pytest.raises(RegistryError, match="Reading the test predictions of fdc-colour version 2"):
        registry.promote("colour", tracking_uri=store)
    assert registry.promote("colour", force=True, tracking_uri=store).forced
