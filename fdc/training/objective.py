"""What a search optimises: one metric on the validation crops, and its direction."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from fdc.tasks import OBJECTIVES, Direction, Kind

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Objective:
    """A metric and whether more of it is better.

    Attributes:
        name: Such as "val_accuracy".
        direction: "max" where more is better, else "min".
    """

    name: str
    direction: Direction

    @classmethod
    def of(cls, kind: Kind) -> "Objective":
        """What is optimised for a kind of task, unless something else is asked for.

        Example:
            >>> Objective.of("regression")
            Objective(name='val_mae', direction='min')
        """
        name, direction = OBJECTIVES[kind]
        return cls(f"val_{name}", direction)

    def cost(self, metrics: Metrics) -> tuple[float, float]:
        """What is to be made small: the metric, and the loss where two are equal."""
        value = metrics.get(self.name, math.nan)
        value = -value if self.direction == "max" else value
        loss = metrics.get("val_loss", math.inf)
        return (math.inf if math.isnan(value) else value, math.inf if math.isnan(loss) else loss)

    def better(self, one: Metrics, other: Metrics | None) -> bool:
        """Whether the first metrics are better than the others."""
        return other is None or self.cost(one) < self.cost(other)
