"""Whether a split is enough to learn from, and what a person should know before relying on it."""

from collections.abc import Sequence

import pandas as pd

from fdc.errors import DataError
from fdc.locale import Language, text
from fdc.manifest import SPLITS, quarantine_counts

FEW_GROUPS = 20
"""Fewer groups than this on all sides together make a class's score a matter of luck."""


def require_labels(manifest: pd.DataFrame, labels: pd.Series, names: Sequence[str]) -> None:
    """Refuses photos that nothing can be learned from, however they are split.

    Args:
        manifest: The manifest with its `quarantine`.
        labels: The task's encoded labels.
        names: The task's classes; empty for a regression.

    Raises:
        DataError: If nothing is left, there are fewer photos than classes, or all photos have one
            label.
    """
    clean = manifest[manifest["quarantine"].isna() & labels.notna()]
    used = labels[clean.index]
    if clean.empty:
        reasons = _listed(quarantine_counts(manifest))
        raise DataError(
            f"None of the {len(manifest)} photos can be used: {reasons or 'there are none'}.",
            "The quarantine in the manifest, or `fdc data report`, names the reason of each.",
        )
    counts = class_counts(used, names)
    if len(clean) < len(names):
        raise DataError(
            f"There are {len(clean)} usable photos for {len(names)} classes: {_listed(counts)}.",
            "Add photos, or merge classes in the experiment.",
        )
    if used.nunique() < 2:
        raise DataError(
            f"All {len(clean)} usable photos have one label: {_listed(counts)}.",
            "A network needs at least two to tell apart.",
        )


def require_sides(manifest: pd.DataFrame) -> None:
    """Refuses a split of which a side is empty.

    Args:
        manifest: The manifest with its `split` and `group`.

    Raises:
        DataError: A side has no photo.
    """
    clean = manifest[manifest["split"].notna()]
    sizes = {side: int((clean["split"] == side).sum()) for side in SPLITS}
    if not all(sizes.values()):
        raise DataError(
            f"A side of the split is empty: {_listed(sizes)}, from {len(clean)} photos in "
            f"{clean['group'].nunique()} groups.",
            "Photos of one person and copies stay together: add photos of other people.",
        )


def rare_classes(manifest: pd.DataFrame, labels: pd.Series, names: Sequence[str]) -> dict[str, int]:
    """Counts the groups of each class that has few of them, with none at all included.

    Returns:
        Groups by class, for classes under `FEW_GROUPS`; empty for a regression.
    """
    clean = manifest["quarantine"].isna() & labels.notna()
    groups = manifest["group"][clean].groupby(labels[clean]).nunique()
    counts = {name: int(groups.get(index, 0)) for index, name in enumerate(names)}
    return {name: count for name, count in counts.items() if count < FEW_GROUPS}


def warnings_about(
    manifest: pd.DataFrame, labels: pd.Series, names: Sequence[str], language: Language
) -> list[str]:
    """What a person should know about a split before training on it; empty where all is well."""
    warnings = []
    rare = rare_classes(manifest, labels, names)
    if rare:
        warnings.append(text("data.few groups", language, classes=_listed(rare), few=FEW_GROUPS))
    for side in SPLITS:
        counts = class_counts(labels[manifest["split"] == side], names) if names else {}
        absent = [name for name, count in counts.items() if not count]
        if absent:
            split = text(f"split.{side}", language)
            warnings.append(
                text("data.absent classes", language, split=split, classes=", ".join(absent))
            )
    return warnings


def class_counts(labels: pd.Series, names: Sequence[str]) -> dict[str, int]:
    """Photos per class in the task's order, or per value for a regression.

    Example:
        >>> class_counts(pd.Series([0, 2, 0]), ["young", "middle", "old"])
        {'young': 2, 'middle': 0, 'old': 1}
    """
    counts = labels.value_counts()
    if not names:
        return {f"{value:g}": int(count) for value, count in counts.items()}
    return {name: int(counts.get(index, 0)) for index, name in enumerate(names)}


def _listed(counts: dict[str, int]) -> str:
    shown = [f"{name} {count}" for name, count in list(counts.items())[:12]]
    return ", ".join(shown) + (" …" if len(counts) > len(shown) else "")
