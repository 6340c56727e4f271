"""Recipes: frozen, and known by their fingerprint."""

import pytest
from pydantic import ValidationError

from fdc.faces.recipe import Recipe

OTHER = {
    "version": 3,
    "size": 80,
    "face": "whole",
    "several": "largest",
    "alignment": "box",
    "margin": 0.3,
    "offset": 0.1,
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
    # A store and a model of earlier versions are still known by theirs.
    assert Recipe(size=64, margin=0.2).fingerprint == "ccb82dc4edf2d1c6"


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
