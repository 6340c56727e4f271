"""What "auto" comes to on a machine."""

import logging
from pathlib import Path

import pytest

from fdc.errors import WeightsError
from fdc.faces.choose import choose_recipe


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
