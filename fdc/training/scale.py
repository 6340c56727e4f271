"""Where the targets of a regression lie: years, points of a score or a body mass index alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fdc.errors import DataError


@dataclass(frozen=True)
class Scale:
    """Range, mean and standard deviation of targets, in their own unit.

    Example:
        >>> scale = Scale.of(np.array([1.0, 2.0, 5.0]))
        >>> scale.low, scale.high, scale.span
        (1.0, 5.0, 4.0)
    """

    low: float
    high: float
    mean: float
    deviation: float

    @classmethod
    def of(cls, targets: NDArray[np.floating]) -> "Scale":
        """Measures the training targets (n,).

        Raises:
            DataError: There are none, or some are not finite.
        """
        if not len(targets) or not np.isfinite(targets).all():
            raise DataError(
                f"A regression needs finite numbers, but {np.isfinite(targets).sum()} of "
                f"{len(targets)} training targets are.",
                "Look at the task's column and limits.",
            )
        numbers = np.asarray(targets, np.float64)
        return cls(
            float(numbers.min()),
            float(numbers.max()),
            float(numbers.mean()),
            float(numbers.std()) or 1.0,
        )

    @property
    def span(self) -> float:
        """How far the outermost targets lie apart; 1 where all are the same."""
        return self.high - self.low or 1.0
