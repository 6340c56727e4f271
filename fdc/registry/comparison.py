"""Two models on the same test photos: both figures, and how sure the difference is."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fdc.errors import RegistryError
from fdc.tasks import Task


@dataclass(frozen=True)
class Comparison:
    """A challenger against the champion, photo by photo.

    Attributes:
        metric: Such as "accuracy" or "mae".
        challenger: Its figure on the test photos.
        champion: The champion's figure on the same photos.
        gain: How much better the challenger is; negative where it is worse, whatever the
            metric's direction.
        interval: 95% interval of the gain.
        photos: How many test photos were compared.
    """

    metric: str
    challenger: float
    champion: float
    gain: float
    interval: tuple[float, float]
    photos: int

    @property
    def no_worse(self) -> bool:
        """Whether the challenger's figure is at least as good as the champion's."""
        return self.gain >= 0

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.metric} {self.challenger:.4f} against the champion's {self.champion:.4f} on "
            f"{self.photos} test photos (better by {self.gain:+.4f}, 95% interval {low:+.4f} to "
            f"{high:+.4f})"
        )


def predictions_table(
    image_ids: Sequence[str],
    truth: Sequence[float],
    outputs: NDArray[np.floating],
    groups: Sequence[str] | None = None,
) -> pd.DataFrame:
    """What a model said about each test photo; it holds no photo.

    Args:
        image_ids: SHA-256 of each photo.
        truth: Class index or number, as `Task.encode` gives it.
        outputs: Probabilities (n, classes), or numbers (n,) or (n, 1).
        groups: Which photos belong together (same person, duplicates); each stands alone if
            not given.

    Returns:
        One row per photo: image_id, group, truth, output_0, output_1, …, ordered by image_id.

    Example:
        >>> table = predictions_table(["b", "a"], [1, 0], np.array([[0.25, 0.75], [0.5, 0.5]]))
        >>> table[["image_id", "output_1"]].to_numpy().tolist()
        [['a', 0.5], ['b', 0.75]]
    """
    columns = np.asarray(outputs, np.float32).reshape(len(image_ids), -1)
    table = pd.DataFrame(
        {
            "image_id": list(image_ids),
            "group": list(groups if groups is not None else image_ids),
            "truth": np.asarray(truth, np.float64),
            **{f"output_{i}": column for i, column in enumerate(columns.T)},
        }
    )
    return table.sort_values(["image_id", "truth"], kind="stable", ignore_index=True)


def split_digest(table: pd.DataFrame) -> str:
    """Names a test split: equal for the same photos with the same labels, in any order.

    Example:
        >>> table = predictions_table(["b", "a"], [1, 0], np.array([31.5, 30.0]))
        >>> split_digest(table) == split_digest(table[::-1])
        True
    """
    rows = sorted(zip(table["image_id"], table["truth"], strict=True))
    return hashlib.sha256("\n".join(f"{i} {t:g}" for i, t in rows).encode()).hexdigest()[:16]


def compare(task: Task, challenger: pd.DataFrame, champion: pd.DataFrame) -> Comparison:
    """Compares two models on the photos that both were tested on.

    The interval is a paired bootstrap that draws groups, not photos, because photos of one
    person are no independent evidence.

    Args:
        task: Its objective says what is compared.
        challenger: Test predictions of the new model.
        champion: Test predictions of the present one, of the same photos.

    Raises:
        RegistryError: The tables are not of the same test split.
    """
    if split_digest(challenger) != split_digest(champion):
        raise RegistryError("The two models were tested on different photos.")
    from fdc.evaluation import score
    from fdc.evaluation.intervals import differences

    metric, direction = task.objective
    truth = challenger["truth"].to_numpy()
    ours, theirs = outputs(challenger), outputs(champion)
    found = differences(task, truth, ours, theirs, challenger["group"].to_numpy())[metric]
    low, high = (found.low, found.high) if direction == "max" else (-found.high, -found.low)
    return Comparison(
        metric=metric,
        challenger=score(task, truth, ours)[metric],
        champion=score(task, truth, theirs)[metric],
        gain=found.value if direction == "max" else -found.value,
        interval=(low, high),
        photos=len(truth),
    )


def outputs(table: pd.DataFrame) -> NDArray[np.float64]:
    """A predictions table's outputs: probabilities (n, classes), or numbers (n, 1)."""
    columns = [name for name in table if str(name).startswith("output_")]
    return table[columns].to_numpy(np.float64)
