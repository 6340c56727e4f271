"""Figures of a search and of its winner's report.

Each function returns a new matplotlib figure that the caller saves; nothing is shown, and no global
state is touched, so that figures can be drawn in any thread.
"""

from fdc.evaluation.figures.answers import (
    confusion,
    predicted_against_true,
    reliability_diagram,
    slice_chart,
)
from fdc.evaluation.figures.trials import leaderboard, learning_curves

__all__ = [
    "confusion",
    "leaderboard",
    "learning_curves",
    "predicted_against_true",
    "reliability_diagram",
    "slice_chart",
]
