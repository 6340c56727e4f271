"""The median rule: a trial that does worse than half of the others at the same point is ended.

Source: Golovin et al. 2017, "Google Vizier: A Service for Black-Box Optimization".
"""

from collections.abc import Iterable, Sequence
from statistics import median

from fdc.training.objective import Metrics, Objective

FEWEST_OTHERS = 2
EARLIEST = 0.3
"""Share of its epochs that a trial has at least."""


def unpromising(
    curve: Sequence[Metrics],
    total: int,
    others: Iterable[Sequence[Metrics]],
    objective: Objective,
) -> str | None:
    """Says why a trial is not worth going on with.

    Args:
        curve: Its metrics by epoch.
        total: How many epochs it would have.
        others: The whole curves of trials that are over.
        objective: What is optimised.

    Returns:
        The reason; None where it is to go on.

    Example:
        >>> others = [[{"val_accuracy": 0.9}] * 4] * FEWEST_OTHERS
        >>> accuracy = Objective("val_accuracy", "max")
        >>> unpromising([{"val_accuracy": 0.5}] * 2, 4, others, accuracy).partition(":")[0]
        'median rule'
        >>> unpromising([{"val_accuracy": 0.95}] * 2, 4, others, accuracy) is None
        True
    """
    progress = len(curve) / max(1, total)
    if progress < EARLIEST or progress >= 1:
        return None
    rivals = [_best(other, progress, objective) for other in others if other]
    if len(rivals) < FEWEST_OTHERS:
        return None
    own, middle = _best(curve, 1.0, objective), median(rivals)
    if own <= middle:
        return None
    sign = -1 if objective.direction == "max" else 1
    return (
        f"median rule: its best {objective.name} is {sign * own:.4g} after {progress:.0%} of its "
        f"epochs, the median of {len(rivals)} others was {sign * middle:.4g} there"
    )


def _best(curve: Sequence[Metrics], progress: float, objective: Objective) -> float:
    seen = max(1, round(len(curve) * progress))
    return min(objective.cost(metrics)[0] for metrics in curve[:seen])
