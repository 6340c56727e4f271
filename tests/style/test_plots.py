"""Figures are drawn without global state, and the same way every time."""

import base64
import io

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot
from PIL import Image

from fdc.style import palette, plots


def draw():
    with plots.styled():
        figure, axes = plots.canvas(4, 3)
        axes.plot([0, 1], [1, 0], color=palette.BLUE)
        plots.titled(axes, "Title", "how to read it")
    return figure


def test_the_style_holds_inside_and_nowhere_else():
    before = dict(mpl.rcParams)
    with plots.styled():
        assert mpl.rcParams["text.color"] == palette.INK
    assert dict(mpl.rcParams) == before
    draw()
    assert not pyplot.get_fignums()


def test_the_same_figure_is_the_same_drawing():
    one, other = plots.svg(draw()), plots.svg(draw())
    assert one == other
    assert one.startswith("<svg")
    assert ">Title" in one  # as text, for the page's own font


def test_a_data_url_holds_the_picture():
    kind, _, content = plots.data_url(draw()).partition(",")
    assert kind == "data:image/png;base64"
    picture = Image.open(io.BytesIO(base64.b64decode(content)))
    assert picture.size == (4 * plots.DOTS_PER_INCH, 3 * plots.DOTS_PER_INCH)
    drawn = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    assert (drawn == np.array([0x2F, 0x6F, 0x9F])).all(axis=1).any()


def test_slanted_names_end_at_their_ticks():
    figure = draw()
    plots.slanted(figure.axes[0])
    label = figure.axes[0].get_xticklabels()[0]
    assert (label.get_rotation(), label.get_horizontalalignment()) == (40, "right")
