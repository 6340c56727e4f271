"""The small tools of the drawing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fdc.sample.drawing import canvas
from fdc.sample.drawing.canvas import Grid

GRID = Grid.over(-1, -2, 1, 2, 50)


def test_a_grid_counts_from_the_middle_of_its_pixels() -> None:
    assert GRID.shape == (200, 100)
    assert np.allclose(GRID.pixels([(GRID.x[0, 0], GRID.y[0, 0])]), 0)
    assert np.allclose(GRID.pixels([(GRID.x[0, 7], GRID.y[11, 0])]), (7, 11), atol=1e-3)


def test_a_window_is_a_part_of_its_grid() -> None:
    part, (rows, columns) = GRID.window(-0.5, 0.0, 0.5, 1.0)
    assert np.array_equal(part.x, GRID.x[:, columns])
    assert np.array_equal(part.y, GRID.y[rows])
    assert part.shape == (50, 50)


@given(st.floats(-5, 5), st.floats(0.1, 3))
def test_a_step_goes_softly_from_0_to_1(at: float, width: float) -> None:
    t = np.linspace(-5, 5, 101, dtype=np.float32) - np.float32(at)
    values = canvas.step(t, width)
    assert (np.diff(values) >= 0).all()
    assert (values[t < -width / 2] == 0).all()
    assert np.allclose(values[t > width / 2], 1)


def test_bells_are_1_in_the_middle_and_a_third_at_their_width() -> None:
    assert np.allclose(canvas.bell(np.float32([0, 0.5, -0.5]), 0.5), [1, 1 / np.e, 1 / np.e])
    hills = canvas.bumps(GRID, 0.5, 0.0, 0.2, 0.2)
    assert np.allclose(hills, hills[:, ::-1], atol=1e-6)


def test_blending_goes_from_the_image_to_the_colour() -> None:
    image = np.zeros((2, 2, 3), np.float32)
    canvas.blend(image, (1, 0.5, 0), np.float32([[0, 1], [0.5, 0]]))
    assert image[:, :, 0].tolist() == [[0, 1], [0.5, 0]]
    assert image[0, 1].tolist() == [1, 0.5, 0]


def test_a_large_blur_on_a_smaller_copy_is_as_wide() -> None:
    point = np.zeros((201, 201), np.float32)
    point[100, 100] = 1
    spread = canvas.blur(point, 12.0)
    x = np.arange(201) - 100
    assert np.isclose(np.sqrt((spread * x**2).sum() / spread.sum()), 12, rtol=0.15)


def test_a_filled_polygon_has_its_area() -> None:
    square = canvas.filled(GRID, [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    assert np.isclose(square.sum(), 50 * 50, rtol=0.08)
    assert set(np.unique(square)) >= {0, 1}


def test_rounding_corners_stays_inside() -> None:
    ring = canvas.smooth([(0, 0), (1, 0), (1, 1), (0, 1)])
    assert ring.shape == (64, 2)
    assert ring.min() >= 0
    assert ring.max() <= 1
    assert np.linalg.norm(ring - 1, axis=1).min() > 0.1


def test_clouds_are_even_on_the_whole() -> None:
    noise = canvas.clouds(np.random.default_rng(0), (300, 200), 4.0)
    assert noise.shape == (300, 200)
    assert abs(noise.mean()) < 0.1
    assert 0.5 < noise.std() < 1.3
