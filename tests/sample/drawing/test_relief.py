"""The form of a face."""

import numpy as np

from fdc.sample.drawing import relief
from tests.sample.drawing.people import look, raster, scene


def test_a_face_is_highest_at_the_nose_and_flat_outside() -> None:
    seen, grid = look(30), raster()
    share = relief.inside(seen, grid)
    heights = relief.form(seen, scene(), grid, share)
    assert (heights[share > 1.03] == 0).all()
    row, column = np.unravel_index(heights.argmax(), heights.shape)
    assert abs(grid.x[0, column]) < 0.1
    assert abs(grid.y[row, 0] - seen.nose_y) < 0.15


def test_wrinkles_come_with_age() -> None:
    depths = [relief.wrinkles(look(age), scene(), raster()).sum() for age in (5, 40, 60, 80)]
    assert depths[0] == 0
    assert depths == sorted(depths)


def test_nostrils_lie_under_the_tip_on_both_sides() -> None:
    seen, grid = look(30), raster()
    holes = relief.nostrils(seen, grid)
    assert np.allclose(holes, holes[:, ::-1], atol=1e-5)
    row = np.unravel_index(holes.argmax(), holes.shape)[0]
    assert grid.y[row, 0] > seen.nose_y


def test_the_groove_lies_between_nose_and_lip() -> None:
    seen, grid = look(30), raster()
    row = np.unravel_index(relief.cleft(seen, grid).argmax(), grid.shape)[0]
    assert seen.nose_y < grid.y[row, 0] < seen.mouth_y
