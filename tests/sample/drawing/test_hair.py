"""Hair: how long, how grey, how much of it is left."""

from dataclasses import replace

import numpy as np

from fdc.sample.drawing import Look, hair
from tests.sample.drawing.people import FRONTAL, look, raster, scene


def drawn(seen: Look) -> hair.Hair:
    return hair.draw(seen, scene(), raster(), FRONTAL, np.random.default_rng(0))


def test_only_long_hair_falls_behind_the_neck() -> None:
    seen, grid = replace(look(30), hair_length=0.9), raster()
    assert drawn(replace(seen, hair_length=0.2)).back is None
    long = drawn(seen)
    assert long.back is not None
    rows, columns = long.cut
    below_chin = (grid.y[rows] > seen.chin) & (grid.y[rows] < seen.chin + 0.3)
    behind_neck = below_chin & (np.abs(grid.x[:, columns]) < seen.neck)
    assert long.back[behind_neck].min() > 0.5
    assert long.front[behind_neck].mean() < 0.1


def test_grey_hair_is_lighter() -> None:
    dark = replace(look(30), grey=0.0)
    assert drawn(replace(dark, grey=1.0)).colours.mean() > 1.3 * drawn(dark).colours.mean()


def test_receding_hair_leaves_more_of_the_forehead() -> None:
    seen = replace(look(60, gender="male"), hair_length=0.2)
    full, receded = (drawn(replace(seen, recession=share)).front.sum() for share in (0.0, 1.0))
    assert receded < full


def test_brows_are_as_dark_as_the_hair_or_darker() -> None:
    seen = replace(look(30), grey=0.0)
    assert hair.brow_colour(seen).mean() <= np.square(seen.hair_colour).mean() + 0.05
