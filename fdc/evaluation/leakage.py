"""The proof that nothing leaks: the same model under an honest split and under two that are not.

A random split puts one person's photos on both sides; augmenting before splitting puts altered
copies of one photo on both sides. What either gains over the grouped split is not skill but memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fdc.errors import DataError
from fdc.manifest import SPLITS, clean

GROUPED, RANDOM, AUGMENTED = "grouped", "random", "augmented"

TITLES: Mapping[str, tuple[str, str]] = {
    GROUPED: ("grouped split: nobody is on two sides", "그룹 분할: 같은 사람이 겹치지 않음"),
    RANDOM: ("random split: one person on both sides", "무작위 분할: 같은 사람이 양쪽에 있음"),
    AUGMENTED: ("augmented, then split at random", "증강 후 무작위 분할: 같은 사진이 양쪽에 있음"),
}
"""What each arm is, in English and Korean."""

VARIANTS = 4
"""The photo as it is, and the copies that `vary` makes of it."""


@dataclass(frozen=True)
class Arm:
    """One way of dividing the same photos; all arms are equally large.

    Attributes:
        name: A key of `TITLES`.
        rows: One line per crop: `row` (its label in the manifest's index), `variant` (see `vary`)
            and `split`. No side holds one photo twice.
        leaked: Share of the test crops of which the group is in train, 0 to 1.
    """

    name: str
    rows: pd.DataFrame
    leaked: float


@dataclass(frozen=True)
class AuditResult:
    """The scores of all arms.

    Attributes:
        arms: In the order in which they ran.
        scores: Metrics on the arm's own test side, by arm.
        metric: The one that the gap is told in.
        direction: "max" where more of it is better, or "min".
    """

    arms: tuple[Arm, ...]
    scores: Mapping[str, Mapping[str, float]]
    metric: str
    direction: str

    def gap(self, name: str) -> float:
        """By how much an arm looks better than the grouped split; negative: it looks worse."""
        grouped, other = (self.scores[arm][self.metric] for arm in (GROUPED, name))
        return other - grouped if self.direction == "max" else grouped - other

    def table(self) -> pd.DataFrame:
        """One row per arm: what it is, leaked share, every metric, and its gap."""
        lines = [
            {
                "arm": arm.name,
                "what": TITLES[arm.name][0],
                "leaked": arm.leaked,
                **self.scores[arm.name],
                "gap": self.gap(arm.name),
            }
            for arm in self.arms
        ]
        return pd.DataFrame(lines)

    def summary(self) -> str:
        """Two sentences per leaking arm, in English and in Korean."""
        honest = self.scores[GROUPED][self.metric]
        said = [f"{self.metric} {honest:.3f}: {TITLES[GROUPED][0]} / {TITLES[GROUPED][1]}"]
        for arm in self.arms:
            if arm.name == GROUPED:
                continue
            score, gap = self.scores[arm.name][self.metric], self.gap(arm.name)
            english, korean = TITLES[arm.name]
            looks = "better" if gap > 0 else "worse"
            said += [
                f"{self.metric} {score:.3f}: {english}. {arm.leaked:.0%} of its test photos have "
                f"kin in train; it looks {looks} by {abs(gap):.3f}.",
                f"{self.metric} {score:.3f}: {korean}. 시험 사진의 {arm.leaked:.0%}가 학습에도 "
                f"나옵니다. {abs(gap):.3f}만큼 {'좋아' if gap > 0 else '나빠'} 보입니다.",
            ]
        return "\n".join(said)


def audit(
    manifest: pd.DataFrame,
    train_and_score: Callable[[Arm], Mapping[str, float]],
    *,
    metric: str,
    direction: str = "max",
    seed: int = 0,
    augmented: bool = True,
) -> AuditResult:
    """Trains the same model on each way of dividing the photos.

    Args:
        manifest: A curated manifest; its `split` is the grouped one.
        train_and_score: Trains with the same model and budget on the arm's train side, tunes on its
            validation side, and returns metrics on its test side.
        metric: The one that the gap is told in.
        direction: "max" where more of it is better, or "min".
        seed: Of the arms that are drawn.
        augmented: Whether the arm that augments before splitting runs as well.

    Returns:
        Scores side by side.

    Raises:
        DataError: If no person or copy has two photos, so that nothing could leak.
    """
    names = (RANDOM, GROUPED, AUGMENTED) if augmented else (RANDOM, GROUPED)
    arms = tuple(divide(manifest, name, seed) for name in names)
    if not any(arm.leaked for arm in arms if arm.name == RANDOM):
        raise DataError(
            "No group has two photos, so that a random split leaks nothing either.",
            "Audit a set that says who is in its photos, such as the drawn sample.",
        )
    scores = {arm.name: dict(train_and_score(arm)) for arm in arms}
    return AuditResult(arms, scores, metric, direction)


def divide(manifest: pd.DataFrame, name: str, seed: int = 0) -> Arm:
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
    return Arm(name, rows, leaked)


def vary(crops: np.ndarray, variants: np.ndarray) -> np.ndarray:
    """Makes the copies that an augmentation before the split would make; colours stay.

    Args:
        crops: uint8 of shape (n, size, size, 3).
        variants: int of shape (n,): 0 as it is, 1 mirrored, 2 shifted by a sixteenth of the size,
            3 both.

    Returns:
        uint8 of the same shape.
    """
    varied = crops.copy()
    mirrored = (variants & 1).astype(bool)
    varied[mirrored] = varied[mirrored][:, :, ::-1]
    shifted = (variants & 2).astype(bool)
    step = max(1, crops.shape[1] // 16)
    edged = np.pad(varied[shifted], ((0, 0), (step, 0), (step, 0), (0, 0)), mode="edge")
    varied[shifted] = edged[:, :-step, :-step]
    return varied
