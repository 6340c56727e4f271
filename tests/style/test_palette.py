"""Colours can be told apart and read."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from fdc.style import palette


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", [palette.INK, palette.BLUE, palette.RED])
def test_words_can_be_read_on_white(colour):
    assert contrast(colour, palette.WHITE) >= 4.5


@pytest.mark.parametrize("page", [palette.PAGE, palette.DARK_PAGE], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "grey", "blue", "red"])
def test_words_can_be_read_on_a_page(page, name):
    assert all(contrast(page[name], page[ground]) >= 4.5 for ground in ("paper", "soft"))


def test_a_dark_page_has_the_colours_of_a_light_one():
    assert list(palette.DARK_PAGE) == list(palette.PAGE)


def test_curves_can_be_told_apart():
    for one, other in itertools.combinations(palette.CURVES, 2):
        assert np.linalg.norm(np.subtract(to_rgb(one), to_rgb(other))) > 0.15, (one, other)
