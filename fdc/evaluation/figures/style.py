"""How every figure looks: one palette, fonts that know Korean, no global state of matplotlib."""

from functools import cache
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE = "#2f6f9f"
LIGHT_BLUE = "#a9c9de"
ORANGE = "#d9772b"
GREEN = "#3f8f5f"
RED = "#b8443c"
GREY = "#8b9198"
LIGHT_GREY = "#d5d9dd"
INK = "#23282d"
CURVES = (BLUE, ORANGE, GREEN, "#8a63a8", RED, "#4aa3a2", "#b59a2e", "#c26a9b")

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


@cache
def _settings() -> Any:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return {
        "font.family": [name for name in _FONTS if name in installed],
        "font.size": 10,
        "axes.titlesize": 13.5,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.unicode_minus": False,
        "grid.color": "#e9ecef",
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
        "legend.fontsize": 9,
        "text.color": INK,
        "figure.facecolor": "white",
    }
