"""The colours of every figure and page."""

from collections.abc import Mapping

WHITE = "#ffffff"
BLUE = "#2f6f9f"
LIGHT_BLUE = "#a9c9de"
ORANGE = "#d9772b"
GREEN = "#3f8f5f"
RED = "#b8443c"
GREY = "#8b9198"
LIGHT_GREY = "#d5d9dd"
LINE = "#e9ecef"
INK = "#23282d"

CURVES = (BLUE, ORANGE, GREEN, "#8a63a8", RED, "#4aa3a2", "#b59a2e", "#c26a9b")
"""Of lines side by side, the best first."""

PAGE: Mapping[str, str] = {
    "ink": INK,
    "grey": "#6b7278",
    "line": "#e3e6e9",
    "blue": BLUE,
    "red": RED,
    "paper": WHITE,
    "soft": "#f5f7f9",
    "warn": "#fdf3e7",
}
"""The CSS variables of a page; its figures stay on this paper in the dark too."""

DARK_PAGE: Mapping[str, str] = {
    "ink": "#e6e9ec",
    "grey": "#9aa2a9",
    "line": "#353b41",
    "blue": "#7fb3d8",
    "red": "#e58a82",
    "paper": "#1a1d20",
    "soft": "#23272b",
    "warn": "#3a2d1c",
}
"""The same where a person prefers the dark."""
