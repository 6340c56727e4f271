"""Light on a relief."""

import numpy as np

from fdc.sample.drawing import shading
from tests.sample.drawing.people import FRONTAL

GREY = np.full((80, 80, 3), 0.5, np.float32)


def hill() -> np.ndarray:
    y, x = np.mgrid[-1:1:80j, -1:1:80j]
    return np.sqrt(np.clip(1 - x * x - y * y, 0, None)).astype(np.float32)


def lit(light: tuple[float, float, float], key: float = 0.8) -> np.ndarray:
    return shading.shade(GREY, hill(), 40.0, light, key, 0.2)


def test_a_flat_relief_looks_at_the_viewer() -> None:
    x, y, z = shading.normals(np.zeros((20, 20), np.float32), 40.0)
    assert np.allclose(x, 0)
    assert np.allclose(y, 0)
    assert np.allclose(z, 1)


def test_normals_are_units() -> None:
    assert np.allclose(sum(part**2 for part in shading.normals(hill(), 40.0)), 1, atol=1e-5)


def test_the_side_towards_the_light_is_brighter() -> None:
    shaded = lit((0.7, 0.0, 0.714))
    assert shaded[30:50, 55:65].mean() > 1.2 * shaded[30:50, 15:25].mean()


def test_more_light_is_brighter_everywhere() -> None:
    assert (lit(FRONTAL, 0.9) >= lit(FRONTAL, 0.6)).all()


def test_hollows_are_darker_than_hills() -> None:
    pit = -hill()
    assert shading.hollows(pit, 40.0)[40, 40] < shading.hollows(hill(), 40.0)[40, 40]
