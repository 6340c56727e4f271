"""From wishes such as "auto" to a recipe that this machine can follow."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fdc import weights
from fdc.choices import BACKGROUND_MODEL
from fdc.errors import WeightsError
from fdc.faces import runtimes
from fdc.faces.recipe import NO_WEIGHTS, Recipe

_log = logging.getLogger("fdc")


def choose_recipe(
    *,
    background: str = "auto",
    model: str = BACKGROUND_MODEL,
    detector: str = "auto",
    weights_folders: Sequence[Path | str] = (),
    # Tests and benchmarks must end the same with a network and without one.
    download: bool = True,
    **fields: Any,
) -> Recipe:
    """Resolve what "auto" means here, and write down which weights are meant.

    Args:
        background: "auto", "none", "grabcut" or a rembg model. "auto" takes `model` if its weights
            are here or can be had, else grabcut, and says so.
        model: the rembg model that "auto" would like.
        detector: "auto", "annotation", "yunet" or "mtcnn". "auto" takes YuNet if its weights are
            here or can be had, else MTCNN, and says so; with "annotation" nothing looks for faces.
        weights_folders: where weights may lie, before the cache folder.
        download: whether publishers may be asked for weights.
        **fields: further fields of `Recipe`, such as `size`, or a `runtime` and its `precision` in
            place of the fastest.

    Returns:
        The recipe.

    Raises:
        WeightsError: a model that was asked for by name is not to be had.
    """
    whole = fields.get("face") == "whole"
    chosen = {"detector": "none"} if whole else _detector(detector, weights_folders, download)
    if whole and background == "auto":
        background = "none"
    chosen |= _background(background, model, weights_folders, download)
    return Recipe(**chosen | fields)


def _detector(wish: str, folders: Sequence[Path | str], download: bool) -> dict[str, Any]:
    if wish == "annotation":
        return {"detector": "none"}
    if wish == "mtcnn":
        return {"detector": "mtcnn"}
    try:
        _, sha256 = weights.require("yunet", folders, download=download)
    except WeightsError as error:
        if wish != "auto":
            raise
        _log.warning("Faces without annotation are found by MTCNN, which is slow: %s", error)
        return {"detector": "mtcnn"}
    return {"detector": "yunet", "detector_weights": sha256}


def _background(
    wish: str, model: str, folders: Sequence[Path | str], download: bool
) -> dict[str, Any]:
    if wish in NO_WEIGHTS:
        return {"background": wish}
    name = model if wish == "auto" else wish
    if wish == "auto" and name in NO_WEIGHTS:
        return {"background": name}
    try:
        _, sha256 = weights.require(name, folders, download=download)
    except WeightsError as error:
        if wish != "auto":
            raise
        _log.warning(
            "Backgrounds are removed by grabcut, which is rougher than %s: %s", name, error
        )
        return {"background": "grabcut"}
    runtime, precision = runtimes.fastest()
    return {
        "background": name,
        "background_weights": sha256,
        "runtime": runtime,
        "precision": precision,
    }
