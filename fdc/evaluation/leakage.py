"""The proof that nothing leaks: the same model under an honest split and under two that are not.

A random split puts one person's photos on both sides; augmenting before splitting puts altered
copies of one photo on both sides. What either gains over the grouped split is not skill but memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fdc.errors import DataError
from fdc.evaluation.wording import metric_name
from fdc.locale import Language, text
from fdc.manifest import SPLITS, clean
from fdc.tasks import Direction

GROUPED, RANDOM, AUGMENTED = "grouped", "random", "augmented"
WAYS = (RANDOM, GROUPED, AUGMENTED)
"""Of dividing the photos, as an audit trains on them."""

VARIANTS = 4
"""The photo as it is, and the copies that `vary` makes of it."""


@dataclass(frozen=True)
class Condition:
    """One way of dividing the same photos; all are equally large.

    Attributes:
        name: `GROUPED`, `RANDOM` or `AUGMENTED`.
        rows: One line per crop: `row` (its label in the manifest's index), `variant` (see `vary`)
            and `split`. No side holds one photo twice.
        leaked: Share of the test crops of which the group is in train, 0 to 1.
    """

    name: str
    rows: pd.DataFrame
    leaked: float


@dataclass(frozen=True)
class AuditResult:
    """The scores under all conditions.

    Attributes:
        conditions: In the order in which they ran.
        scores: Metrics on the condition's own test side, by condition.
        metric: The one that the gap is measured in.
        direction: "max" where more of it is better, or "min".
    """

    conditions: tuple[Condition, ...]
    scores: Mapping[str, Mapping[str, float]]
    metric: str
    direction: Direction

    def gap(self, name: str) -> float:
        """By how much a condition looks better than the grouped split; negative: worse."""
        grouped, other = (self.scores[condition][self.metric] for condition in (GROUPED, name))
        return other - grouped if self.direction == "max" else grouped - other

    def table(self, language: Language) -> pd.DataFrame:
        """One row per condition: what it is, leaked share, every metric, and its gap."""
        return pd.DataFrame(
            {
                "condition": condition.name,
                "what": text(f"audit.{condition.name}", language),
                "leaked": condition.leaked,
                **self.scores[condition.name],
                "gap": self.gap(condition.name),
            }
            for condition in self.conditions
        )

    def summary(self, language: Language) -> list[str]:
        """What the grouped split scores, then what each other condition seems to gain."""
        ordered = sorted(self.conditions, key=lambda condition: condition.name != GROUPED)
        return [self._sentence(condition, language) for condition in ordered]

    def _sentence(self, condition: Condition, language: Language) -> str:
        result = text(
            "audit.result",
            language,
            metric=metric_name(self.metric, language),
            score=f"{self.scores[condition.name][self.metric]:.3f}",
            condition=text(f"audit.{condition.name}", language),
        )
        if condition.name == GROUPED:
            return result
        gap = self.gap(condition.name)
        key = "audit.better" if gap > 0 else "audit.worse"
        return f"{result} " + text(
            key, language, leaked=f"{condition.leaked:.0%}", gap=f"{abs(gap):.3f}"
        )


def audit(
    manifest: pd.DataFrame,
    train_and_score: Callable[[Condition], Mapping[str, float]],
    *,
    metric: str,
    direction: Direction = "max",
    seed: int = 0,
) -> AuditResult:
    """Trains the same model on each way of dividing the photos.

    Args:
        manifest: A curated manifest; its `split` is the grouped one.
        train_and_score: Trains with the same model and budget on the condition's train side, tunes
            on its validation side, and returns metrics on its test side.
        metric: The one that the gap is measured in.
        direction: "max" where more of it is better, or "min".
        seed: Of the conditions that are drawn.

    Returns:
        Scores side by side.

    Raises:
        DataError: If no person or copy has two photos, so that nothing could leak.
    """
    conditions = tuple(divide(manifest, name, seed) for name in WAYS)
    if not any(condition.leaked for condition in conditions if condition.name == RANDOM):
        raise DataError(
            "No group has two photos, so that a random split leaks nothing either.",
            "Audit a set that says who is in its photos, such as the drawn sample.",
        )
    scores = {condition.name: dict(train_and_score(condition)) for condition in conditions}
    return AuditResult(conditions, scores, metric, direction)


def divide(manifest: pd.DataFrame, name: str, seed: int = 0) -> Condition:
    """Divides the clean photos in one of the ways; each side has as many as in the grouped split.

    Augmenting before splitting is drawn as what it comes to: each side is a random choice of
    photos, whatever the others chose, and a photo on two sides stands there in two variants.
    """
    photos = clean(manifest)
    photos = photos[photos["split"].notna()].sort_values(["image_id", "path"])
    sizes = [int((photos["split"] == side).sum()) for side in SPLITS]
    generator = np.random.default_rng(seed)
    if name == GROUPED:
        rows = pd.DataFrame({"row": photos.index, "variant": 0, "split": photos["split"]})
    elif name == RANDOM:
        order = generator.permutation(photos.index.to_numpy())
        rows = pd.DataFrame({"row": order, "variant": 0, "split": np.repeat(SPLITS, sizes)})
    else:
        # Each side counts on from a photo's own first variant, so that no two sides share one.
        first = pd.Series(generator.integers(0, VARIANTS, len(photos)), photos.index)
        chosen = [generator.choice(photos.index, size, replace=False) for size in sizes]
        variants = [(first[rows] + number) % VARIANTS for number, rows in enumerate(chosen)]
        rows = pd.DataFrame(
            {
                "row": np.concatenate(chosen),
                "variant": np.concatenate(variants),
                "split": np.repeat(SPLITS, sizes),
            }
        )
    rows = rows.reset_index(drop=True)
    group = rows["row"].map(photos["group"])
    learned = group[rows["split"] == "train"]
    leaked = float(group[rows["split"] == "test"].isin(learned).mean())
    return Condition(name, rows, leaked)


def vary(crops: np.ndarray, variants: np.ndarray) -> np.ndarray:
    """Makes the copies that an augmentation before the split would make; colours stay.

    Args:
        crops: uint8 of shape (n, size, size, 3).
        variants: int of shape (n,): 0 as it is, 1 mirrored, 2 shifted by a sixteenth of the size,
            3 both.

    Returns:
        uint8 of the same shape.

    Example:
        >>> crops = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
        >>> vary(crops, np.array([1]))[0, :, :, 0].tolist()
        [[1, 0], [3, 2]]
    """
    varied = crops.copy()
    mirrored = (variants & 1).astype(bool)
    varied[mirrored] = varied[mirrored][:, :, ::-1]
    shifted = (variants & 2).astype(bool)
    step = max(1, crops.shape[1] // 16)
    edged = np.pad(varied[shifted], ((0, 0), (step, 0), (step, 0), (0, 0)), mode="edge")
    varied[shifted] = edged[:, :-step, :-step]
    return varied
