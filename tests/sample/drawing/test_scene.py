"""The chance of a photo, which knows nothing of who is in it."""

import inspect

import numpy as np

from fdc.sample.drawing import Scene, body
from fdc.sample.drawing.backdrop import PAINTERS
from fdc.sample.drawing.scene import BACKDROPS, NECKLINES
from tests.sample.drawing.people import scene


def test_the_same_chance_is_the_same_scene() -> None:
    assert scene(5) == scene(5)
    assert scene(5) != scene(6)


def test_nothing_of_the_person_goes_in() -> None:
    assert list(inspect.signature(Scene.draw).parameters) == ["rng", "width", "height"]


def test_heads_turn_little_and_light_comes_from_above() -> None:
    scenes = [scene(seed) for seed in range(200)]
    assert max(abs(one.yaw) for one in scenes) <= 0.3
    assert max(abs(one.pitch) for one in scenes) <= 0.11
    assert all(one.light[1] < 0 for one in scenes)
    assert np.allclose([np.linalg.norm(one.light) for one in scenes], 1)
    assert {one.backdrop for one in scenes} == set(BACKDROPS)


def test_whatever_a_scene_names_can_be_drawn() -> None:
    assert set(PAINTERS) == set(BACKDROPS)
    assert set(body._NECKLINES) == set(NECKLINES)
