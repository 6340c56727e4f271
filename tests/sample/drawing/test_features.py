"""Eyes and mouths on a face."""

from dataclasses import replace

import numpy as np

from fdc.sample.drawing import features
from tests.sample.drawing.people import look, raster, scene


def test_an_eye_is_painted_where_it_is_and_nowhere_else() -> None:
    seen, grid = look(30), raster()
    face = np.full((*grid.shape, 3), 0.4, np.float32)
    features.eye(face, grid, seen, scene(), 1.0, np.ones(grid.shape, np.float32))
    changed = np.abs(face - 0.4).sum(axis=2) > 0.05
    assert changed.any()
    assert (grid.x + 0 * grid.y)[changed].min() > 0
    column = (grid.x + 0 * grid.y)[changed].mean()
    assert abs(column - seen.eye_x) < 0.1


def test_a_smile_widens_the_mouth_and_lifts_its_corners() -> None:
    serious, smiling = (replace(scene(), smile=smile) for smile in (0.0, 1.0))
    seen = look(30)
    assert features.half_mouth(seen, smiling) > features.half_mouth(seen, serious)
    assert features.corner_height(seen, smiling) < features.corner_height(seen, serious)


def test_brows_lie_above_the_eyes() -> None:
    seen, grid = look(30), raster()
    face = np.full((*grid.shape, 3), 0.4, np.float32)
    features.brow(face, grid, seen, -1.0, np.zeros(3, np.float32), 0)
    changed = np.abs(face - 0.4).sum(axis=2) > 0.1
    assert (grid.y + 0 * grid.x)[changed].max() < 0
    assert (grid.x + 0 * grid.y)[changed].mean() < 0
