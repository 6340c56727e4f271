"""Neck, shoulders and clothes."""

from dataclasses import replace

import numpy as np
import pytest

from fdc.sample.drawing import body
from fdc.sample.drawing.canvas import Grid
from fdc.sample.drawing.scene import NECKLINES, PATTERNS
from tests.sample.drawing.people import look, scene

FRAME = Grid.over(-2.5, -3.0, 2.5, 2.0, 60.0)


def draw(age: float = 30, **changes: str) -> body.Body:
    return body.draw(look(age), replace(scene(), **changes), FRAME)


@pytest.mark.parametrize("neckline", NECKLINES)
def test_shoulders_are_wider_than_the_neck_and_cover_what_is_behind(neckline: str) -> None:
    drawn = draw(neckline=neckline)
    across = drawn.cover.sum(axis=1)
    assert across[-1] > 1.5 * across[len(across) // 8]
    assert drawn.cover.max() == 1
    assert np.isfinite(drawn.colours).all()


def test_children_have_narrow_shoulders() -> None:
    assert draw(3).cover.sum() < 0.9 * draw(30).cover.sum()


@pytest.mark.parametrize("pattern", sorted(set(PATTERNS) - {"plain"}))
def test_patterns_are_seen_on_the_clothes_alone(pattern: str) -> None:
    plain, patterned = draw(pattern="plain"), draw(pattern=pattern)
    assert np.array_equal(plain.cover, patterned.cover)
    changed = np.abs(plain.colours - patterned.colours).max(axis=2) > 0.02
    y = FRAME.y[plain.cut[0]] + np.zeros_like(plain.cover)
    chest = (y > 1.2) & (plain.cover == 1)
    assert 0.3 < changed[chest].mean() < 0.95
    assert not changed[y < 0.2].any()
    assert not changed[plain.cover == 0].any()
