"""Recipes, and how they are chosen."""

import logging
from pathlib import Path

import pytest
from pydantic import ValidationError

from fdc.errors import WeightsError
from fdc.faces.choose import choose_recipe
from fdc.faces.recipe import Recipe

OTHER = {
    "version": 3,
    "size": 96,
    "face": "whole",
    "several": "largest",
    "alignment": "box",
    "margin": 0.3,
    "detector": "mtcnn",
    "detector_weights": "a" * 64,
    "threshold": 0.8,
    "background": "u2netp",
    "background_weights": "b" * 64,
    "runtime": "openvino",
    "precision": "bfloat16",
    "colour": (1, 2, 3),
    "least_foreground": 0.5,
    "most_foreground": 0.9,
    "tight": 0.5,
}


def test_every_field_changes_the_fingerprint() -> None:
    assert set(OTHER) == set(Recipe.model_fields)
    prints = {Recipe(**{name: value}).fingerprint for name, value in OTHER.items()}
    assert len(prints | {Recipe().fingerprint}) == len(OTHER) + 1


def test_fingerprint_outlives_the_process() -> None:
    recipe = Recipe.model_validate_json(Recipe(**OTHER).model_dump_json())
    assert recipe == Recipe(**OTHER)
    assert recipe.fingerprint == Recipe(**OTHER).fingerprint
    assert Recipe(margin=0.2).fingerprint == "ccb82dc4edf2d1c6"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sise": 64},
        {"size": 8},
        {"colour": (0, 0, 256)},
        {"background": "../u2net"},
        {"detector_weights": "abc"},
        {"threshold": 0.0},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Recipe(**wrong)


def test_recipes_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Recipe().size = 3  # type: ignore[misc]


def test_auto_takes_what_is_here(weights_folder: Path) -> None:
    recipe = choose_recipe(weights_folders=[weights_folder], download=False, size=96)
    assert (recipe.background, recipe.detector, recipe.size) == ("u2netp", "yunet", 96)
    assert recipe.background_weights is not None
    assert recipe.background_weights.startswith("fba1be32")


def test_auto_without_weights_falls_back_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fdc"):
        recipe = choose_recipe(download=False)
    assert (recipe.background, recipe.detector) == ("grabcut", "mtcnn")
    told = " ".join(record.message for record in caplog.records)
    assert "grabcut, which is rougher than u2netp" in told
    assert "MTCNN, which is slow" in told


def test_what_is_asked_for_by_name_must_be_had() -> None:
    with pytest.raises(WeightsError, match=r"u2netp\.onnx"):
        choose_recipe(background="u2netp", detector="annotation", download=False)
    with pytest.raises(WeightsError, match="yunet"):
        choose_recipe(background="none", detector="yunet", download=False)


def test_annotation_alone_means_that_nothing_looks_for_faces(weights_folder: Path) -> None:
    recipe = choose_recipe(
        detector="annotation", background="none", weights_folders=[weights_folder], download=False
    )
    assert recipe.detector == "none"


def test_whole_photos_need_no_networks() -> None:
    recipe = choose_recipe(face="whole", download=False)
    assert (recipe.detector, recipe.background) == ("none", "none")
