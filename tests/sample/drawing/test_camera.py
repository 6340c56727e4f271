"""From the head's frame to the photo."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.sample.drawing.camera import Pose, expose
from fdc.sample.drawing.camera import sample as heights_at
from fdc.sample.drawing.canvas import Grid
from tests.sample.drawing.people import scene


@settings(max_examples=40, deadline=None)
@given(
    yaw=st.floats(-0.34, 0.34),
    pitch=st.floats(-0.13, 0.13),
    roll=st.floats(-0.2, 0.2),
    x=st.floats(-0.5, 0.5),
    y=st.floats(-0.3, 0.8),
)
def test_landmarks_go_where_the_pixels_go(
    yaw: float, pitch: float, roll: float, x: float, y: float
) -> None:
    grid = Grid.over(-1.5, -1.5, 1.5, 1.5, 100.0)
    relief = 0.9 * np.sqrt(np.clip(1.6 - grid.x**2 - grid.y**2, 0.0, None)).astype(np.float32)
    pose = Pose(yaw, pitch, roll, 70.0, (150.0, 160.0))
    point = np.array([[x, y]], np.float32)
    column, row = pose.project(point, heights_at(grid, relief, point))[0]
    u, v = pose.maps(grid, relief, 320, 400)
    seen = [
        cv2.remap(axis, np.float32([[column]]), np.float32([[row]]), cv2.INTER_LINEAR)[0, 0]
        for axis in (u, v)
    ]
    assert np.allclose(seen, grid.pixels(point)[0], atol=1.5)


def test_a_turned_head_turns_the_light_the_other_way() -> None:
    light = (0.0, 0.0, 1.0)
    assert np.allclose(Pose(0.0, 0.0, 0.0, 70.0, (0.0, 0.0)).light(light), light)
    turned = Pose(0.3, 0.1, 0.2, 70.0, (0.0, 0.0)).light(light)
    assert np.isclose(np.linalg.norm(turned), 1.0)
    assert turned[0] < 0


def test_film_and_sensor_differ_in_grain_and_not_in_brightness() -> None:
    light = np.full((60, 80, 3), 0.25, np.float32)
    film, sensor = (expose(light, scene(), kind).astype(float) for kind in (True, False))
    assert abs(film.mean() - sensor.mean()) < 2
    grey = film - film.mean(axis=(0, 1))
    assert np.abs(grey - grey.mean(axis=2, keepdims=True)).max() < 2  # grain has no colour
    colour = sensor - sensor.mean(axis=(0, 1))
    assert np.abs(colour - colour.mean(axis=2, keepdims=True)).max() > 3
