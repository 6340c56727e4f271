"""The colours of every figure and page."""

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
