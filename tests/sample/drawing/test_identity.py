"""Who somebody is, drawn by chance alone."""

import numpy as np

from tests.sample.drawing.people import somebody


def test_the_same_chance_is_the_same_person() -> None:
    assert somebody(5) == somebody(5)
    assert somebody(5) != somebody(6)


def test_the_undertone_changes_nothing_else() -> None:
    """Or a network could tell it by the shape of a face."""
    warm, cool = vars(somebody(5, tone="warm")), vars(somebody(5, tone="cool"))
    assert {trait for trait in warm if warm[trait] != cool[trait]} == {"tone"}


def test_traits_lie_around_the_average() -> None:
    people = [somebody(seed, gender) for seed in range(100) for gender in ("female", "male")]
    for trait in ("width", "jaw", "eye_gap", "nose_length", "brow_height"):
        values = np.array([getattr(who, trait) for who in people])
        assert np.abs(values).max() <= 1
        assert abs(values.mean()) < 0.15
    assert all(who.beard == "none" for who in people if who.gender == "female")
