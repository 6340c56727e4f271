"""Head and hair on one raster."""

from dataclasses import replace

import numpy as np
import pytest

from fdc.sample.drawing import head
from tests.sample.drawing.people import FRONTAL, look, raster, scene


@pytest.mark.parametrize("age", [1, 30, 75])
def test_a_head_covers_its_landmarks(age: int) -> None:
    drawn = head.draw(look(age), scene(), FRONTAL)
    columns, rows = np.round(drawn.grid.pixels(drawn.landmarks)).astype(int).T
    assert (drawn.front.cover[rows, columns] > 0.9).all()
    assert drawn.front.cover[0, 0] == 0
    assert drawn.front.colours.shape == (*drawn.grid.shape, 3)


def test_landmarks_stand_as_in_a_face() -> None:
    nose, left, right, mouth_left, mouth_right = head.landmarks(look(30), scene())
    assert left[0] == -right[0] < 0
    assert left[1] == right[1] < nose[1] < mouth_left[1]
    assert mouth_left[0] == -mouth_right[0] < 0


def test_glasses_run_round_both_eyes_and_over_the_nose() -> None:
    seen, grid = look(30), raster()
    bare, wearing = (
        head.draw(replace(seen, glasses=on), scene(), FRONTAL).front.colours for on in (False, True)
    )
    changed = np.abs(bare - wearing).max(axis=2) > 0.1
    y = grid.y[:, 0]
    assert not changed[(y < seen.brow_y - 0.1) | (y > seen.nose_y)].any()
    for eye in (-seen.eye_x, seen.eye_x):
        inked = y[changed[:, np.abs(grid.x[0] - eye).argmin()]]
        assert inked.min() < -0.1
        assert inked.max() > 0.2
        assert not ((inked > -0.05) & (inked < 0.1)).any()  # through the lens the eye is seen
    bridge = y[changed[:, np.abs(grid.x[0]).argmin()]]
    assert len(bridge) > 0
    assert np.abs(bridge).max() < 0.15
