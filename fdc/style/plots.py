"""How every figure is drawn: fonts that know Korean, no global state of matplotlib."""

import base64
import io
from functools import cache
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fdc.style.palette import GREY, INK, LINE

DOTS_PER_INCH = 144

_FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "NanumBarunGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
)


def styled() -> Any:
    """The context in which a figure is made."""
    return rc_context(_settings())


def canvas(
    width: float = 7.0, height: float = 4.5, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """A new figure that belongs to nobody else.

    Args:
        width: In inches.
        height: In inches.
        rows: Of axes.
        columns: Of axes.
        **options: For `Figure.subplots`.

    Returns:
        The figure, and its axes as `Figure.subplots` gives them.
    """
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def titled(axes: Axes, title: str, subtitle: str = "") -> None:
    """Sets a title on the left, and below it a line that says how to read the figure."""
    axes.set_title(f"{title}\n" if subtitle else title, loc="left", color=INK)
    if subtitle:
        axes.text(0, 1.02, subtitle, transform=axes.transAxes, color=GREY, fontsize=9)


def slanted(axes: Axes) -> None:
    """Slants the names below an axis, whose ends then stand at their ticks."""
    axes.tick_params(axis="x", labelrotation=40)
    for label in axes.get_xticklabels():
        label.set(ha="right", rotation_mode="anchor")


def svg(figure: Figure) -> str:
    """The figure as SVG to be put into a page as it is: the same figure gives the same text."""
    stored = io.StringIO()
    with styled():  # which says how text and ids are written
        figure.savefig(stored, format="svg", transparent=True, metadata={"Date": None})
    drawing = stored.getvalue()
    return drawing[drawing.index("<svg") :]


def data_url(figure: Figure) -> str:
    """The figure as PNG in a data URL."""
    stored = io.BytesIO()
    figure.savefig(stored, format="png")
    return "data:image/png;base64," + base64.b64encode(stored.getvalue()).decode()


@cache
def _settings() -> Any:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return {
        "font.family": [name for name in _FONTS if name in installed],
        "font.size": 10,
        "svg.fonttype": "none",
        "svg.hashsalt": "fdc",
        "axes.titlesize": 13.5,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.unicode_minus": False,
        "grid.color": LINE,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
        "legend.fontsize": 9,
        "text.color": INK,
        "figure.facecolor": "white",
    }
