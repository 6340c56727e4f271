"""Somebody to draw, and the circumstances."""

import numpy as np

from fdc.sample.drawing import Identity, Look, Portrait, Scene, aged, render
from fdc.sample.drawing.canvas import Grid
from fdc.sample.drawing.head import DENSITY, EXTENT

FRONTAL = (0.0, -0.3, 0.954)
"""Light from above the camera."""


def somebody(seed: int = 0, gender: str = "female", tone: str = "warm") -> Identity:
    return Identity.draw(np.random.default_rng(seed), gender, tone)


def look(age: float, seed: int = 0, **who: str) -> Look:
    return aged(somebody(seed, **who), age, np.random.default_rng((seed, 1)))


def scene(seed: int = 0) -> Scene:
    return Scene.draw(np.random.default_rng(seed), 320, 400)


def raster() -> Grid:
    """The one that heads are drawn on."""
    return Grid.over(*EXTENT, DENSITY)


def portrait(age: float, seed: int = 0, **who: str) -> Portrait:
    rng = np.random.default_rng((seed, 1))
    seen = aged(somebody(seed, **who), age, rng)
    return render(seen, Scene.draw(rng, 320, 400), 320, 400, film=False)
