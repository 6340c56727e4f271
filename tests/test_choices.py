"""Settings and rooms say the same where both say it."""

from typing import get_args

from fdc import choices
from fdc.experiment import Experiment, PrepareSettings
from fdc.faces import framing
from fdc.faces.recipe import Recipe


def test_a_recipe_and_the_settings_start_from_the_same_crop() -> None:
    settings, recipe = PrepareSettings(), Recipe()
    assert settings.size == recipe.size
    assert framing.MARGINS[0] == recipe.margin
    assert settings.background_colour == recipe.colour
    assert settings.face == recipe.face


def test_every_choice_is_one_of_its_settings() -> None:
    def accepts(**search: str) -> bool:
        task = {"kind": "classes", "column": "gender"}
        Experiment.model_validate({"task": task, "search": search})
        return True

    assert all(accepts(balance=balance) for balance in get_args(choices.Balance))
    assert all(accepts(engine=engine) for engine in get_args(choices.Engine))
    assert all(PrepareSettings(detector=name) for name in get_args(choices.DetectorName))
