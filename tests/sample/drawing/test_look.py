"""What an age makes of somebody."""

import numpy as np
import pytest

from fdc.sample.drawing import aged
from tests.sample.drawing.people import look, somebody


@pytest.mark.parametrize("gender", ["female", "male"])
def test_a_life_goes_one_way(gender: str) -> None:
    life = [aged(somebody(3, gender), age, np.random.default_rng(0)) for age in range(0, 81, 5)]
    for trait in ("growth", "elder", "grey", "recession", "wrinkles", "sag", "stubble"):
        values = [getattr(at, trait) for at in life]
        assert values == sorted(values), trait
    assert life[0].grey == life[0].wrinkles == 0.0
    assert life[-1].grey > 0.7
    assert life[-1].wrinkles > 0.8
    # Children have large eyes and short faces.
    proportions = [at.mouth_y / at.eye_width for at in life[:5]]
    assert proportions == sorted(proportions)


def test_the_outline_is_closed_and_round() -> None:
    seen = look(30)
    angles = np.linspace(-np.pi, np.pi, 100, dtype=np.float32)
    radii = seen.radius(angles)
    assert np.allclose(radii, radii[::-1])
    assert (radii > 0.5).all()
    assert radii.max() < 2


def test_undertones_part_in_blue() -> None:
    for seed in range(5):
        warm, cool = (look(30, seed, tone=tone).skin for tone in ("warm", "cool"))
        assert warm[2] / warm[0] < cool[2] / cool[0]
