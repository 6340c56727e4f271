"""Colours of the skin."""

from dataclasses import replace

import numpy as np
import pytest

from fdc.sample.drawing import Look, skin
from fdc.sample.drawing.relief import inside
from tests.sample.drawing.people import look, raster


def colours(seen: Look) -> np.ndarray:
    grid = raster()
    return skin.albedo(seen, grid, inside(seen, grid), np.random.default_rng(0))


def test_skin_is_about_its_own_colour() -> None:
    seen = look(30)
    middle = np.median(colours(seen).reshape(-1, 3), axis=0)
    assert np.allclose(middle, np.square(seen.skin), rtol=0.1)


def test_a_beard_darkens_the_chin_alone() -> None:
    seen, grid = look(40, seed=2, gender="male"), raster()
    bearded, shaven = (
        colours(replace(seen, stubble=1.0, identity=replace(seen.identity, beard=beard)))
        for beard in ("full", "shaven")
    )
    chin = np.abs(grid.y[:, 0] - (seen.chin - 0.2)).argmin()
    forehead = np.abs(grid.y[:, 0] - (seen.brow_y - 0.4)).argmin()
    middle = slice(grid.shape[1] // 2 - 20, grid.shape[1] // 2 + 20)
    assert bearded[chin, middle].mean() < 0.8 * shaven[chin, middle].mean()
    unchanged = bearded[forehead, middle].mean() / shaven[forehead, middle].mean()
    assert unchanged == pytest.approx(1, abs=0.02)


def test_moles_are_dark_and_where_they_are_said_to_be() -> None:
    seen, grid = look(30), raster()
    plain = replace(seen, identity=replace(seen.identity, moles=()))
    marked = replace(seen, identity=replace(seen.identity, moles=((0.3, 0.6, 0.03),)))
    darker = (colours(plain) - colours(marked)).sum(axis=2)
    row, column = np.unravel_index(darker.argmax(), darker.shape)
    assert abs(grid.x[0, column] - 0.3) < 0.02
    assert abs(grid.y[row, 0] - 0.6) < 0.02
