"""How many photos there are, of what, and how many were set aside."""

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from fdc.evaluation.slices import sliced
from fdc.manifest import SPLITS, clean, quarantine_counts
from fdc.tasks import Task


@dataclass(frozen=True)
class PhotoCounts:
    """What a report says of the data; no photo's path or person is in it.

    Attributes:
        photos: All photos of the manifest.
        used: Those that are neither in quarantine nor without a label of the task.
        unlabelled: Those that are not in quarantine but have no label of the task.
        sources: Used photos by source.
        groups: Groups of used photos that share a person or are copies.
        splits: Used photos by split.
        labels: Used photos by class (by slice for a regression) and split.
        quarantine: Photos that were set aside, by rule, most first.
    """

    photos: int
    used: int
    unlabelled: int
    sources: dict[str, int]
    groups: int
    splits: dict[str, int]
    labels: dict[str, dict[str, int]]
    quarantine: dict[str, int]


def count_photos(manifest: pd.DataFrame, task: Task) -> PhotoCounts:
    """Counts a manifest for a task.

    Args:
        manifest: With `split` and `group`.
        task: What is predicted; its classes are named.
    """
    kept = clean(manifest)
    encoded = task.encode(kept[task.column])
    used, encoded = kept[encoded.notna()], encoded[encoded.notna()]
    if task.is_regression:
        slices, places = sliced(encoded.to_numpy(float), task.slice_edges)
        order = [slices[place] for place in sorted(set(places))]
        names = [slices[place] for place in places]
    else:
        order = list(task.labels)
        names = [task.labels[int(index)] for index in encoded]
    splits = used["split"].fillna("none").tolist()
    pairs = Counter(zip(names, splits, strict=True))
    labels = {name: {split: pairs[name, split] for split in SPLITS} for name in order}
    return PhotoCounts(
        photos=len(manifest),
        used=len(used),
        unlabelled=len(kept) - len(used),
        sources={str(name): int(n) for name, n in used["source"].value_counts().items()},
        groups=int(used["group"].nunique() + used["group"].isna().sum()),
        splits={split: sum(row[split] for row in labels.values()) for split in SPLITS},
        labels=labels,
        quarantine=quarantine_counts(manifest),
    )
