"""From the table of all photos to the photos that may be learned from, grouped and split."""

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence

import pandas as pd

from fdc import manifest as manifests
from fdc.curation import duplicates, groups, rules, split_constraints, splits, sufficiency
from fdc.manifest import SPLITS
from fdc.tasks import Task


def curate(
    manifest: pd.DataFrame,
    task: Task,
    *,
    thresholds: Mapping[str, float | None],
    copy_bits: int | None,
    alike_bits: int | None,
    fractions: Sequence[float],
    seed: int,
    off: Collection[str] = (),
    fold: tuple[int, int] | None = None,
    published: bool = True,
    previous: pd.Series | None = None,
    warn: Callable[[str], None] = warnings.warn,
) -> pd.DataFrame:
    """Applies the rules, finds copies, groups the photos and splits them.

    Args:
        manifest: The manifest; what is quarantined already stays so, and it is not changed.
        task: What is predicted, with its classes (see `Task.complete`).
        thresholds: By name, see `rules.apply`.
        copy_bits: Bits of 64 in which perceptual hashes may differ for two photos to be copies, of
            which one is set aside; None: only identical bytes are copies.
        alike_bits: Bits within which photos are kept on one side of the split; None: none.
        fractions: Of train, validation and test.
        seed: Of the split.
        off: Rules that shall not act.
        fold: Which fold is the test, and how many there are; None: no folds but `fractions`.
        published: Whether the split that a set was published with is respected.
        previous: Side by `image_id` from an earlier split, whose photos keep it (see
            `split_history.load`); folds are drawn anew.
        warn: Called with what a person should know: rare classes, classes missing on a side.

    Returns:
        The manifest of the same rows with `quarantine`, `group` and, where clean, `split`.

    Raises:
        DataError: If nothing, one class only, or too little is left to learn from.
    """
    manifest = rules.apply(manifest, thresholds, off)
    copies = _clusters(manifest, copy_bits)
    labels = task.encode(manifest[task.column])
    eligible = manifest["quarantine"].isna()

    if "label conflict" not in off:
        manifest = duplicates.label_conflicts(manifest, _comparable(manifest, task, labels), copies)
    manifest = _labelled(manifest, task, labels)
    eligible &= ~manifest["quarantine"].fillna("").str.startswith("label ")

    def join(rows: pd.DataFrame) -> pd.Series:
        taking_part = rows[eligible[rows.index]]
        near = _clusters(taking_part, alike_bits)
        return groups.join(taking_part, near).reindex(rows.index)

    constraints = split_constraints.find_constraints(
        manifest, published=published and fold is None, previous=previous
    )
    manifest, group, known_side = split_constraints.resolve_conflicts(manifest, constraints, join)
    manifest = duplicates.one_of_each(manifest, copies)

    manifest = manifest.assign(group=group.astype("string"))
    clean = manifest["quarantine"].isna()
    sufficiency.require_labels(manifest, labels, task.labels)
    usable = labels.where(clean)
    if fold is None:
        number = splits.assign(
            group,
            usable,
            fractions=fractions,
            seed=seed,
            known=known_side,
            barred=constraints.cut,
            closed=constraints.closed,
        )
        side = number.map(dict(enumerate(SPLITS))).astype("string")
    else:
        test, count = fold
        side = splits.from_folds(_folds(manifest, group, usable, count, seed, published), test)
    manifest = manifest.assign(split=side.where(clean))
    sufficiency.require_sides(manifest)
    for warning in sufficiency.warnings_about(manifest, labels, task.labels, "en"):
        warn(warning)
    return manifest


def _clusters(manifest: pd.DataFrame, bits: int | None) -> pd.Series:
    if bits is None:
        return pd.Series(pd.NA, manifest.index, dtype="Int64")
    return duplicates.alike(manifest, bits)


def _comparable(manifest: pd.DataFrame, task: Task, labels: pd.Series) -> pd.Series:
    # Two ages of one decade still disagree; two names of one merged class do not. A label outside
    # the task disagrees with one inside it.
    values = manifest[task.column]
    if not pd.api.types.is_numeric_dtype(values):
        names = labels.map(dict(enumerate(task.labels))) if task.labels else labels
        return names.astype("string").fillna(values.astype("string"))
    return values


def _labelled(manifest: pd.DataFrame, task: Task, labels: pd.Series) -> pd.DataFrame:
    values = manifest[task.column]
    missing = values.isna()
    manifest = manifests.set_aside(manifest, missing, "label missing", f"no {task.column}")
    outside = labels.isna() & ~missing
    reason = values.astype("string") + f" is no {task.column} of this task"
    return manifests.set_aside(manifest, outside, "label outside", reason)


def _folds(
    manifest: pd.DataFrame,
    group: pd.Series,
    labels: pd.Series,
    count: int,
    seed: int,
    published: bool,
) -> pd.Series:
    fold_numbers = manifest["published_fold"].astype("Int64")
    numbers = sorted(fold_numbers.dropna().unique())
    if not (published and len(numbers) == count):
        return splits.folds(group, labels, count=count, seed=seed)
    # A group that the publisher tore over two folds goes to the first of them as a whole.
    known = fold_numbers.map({number: index for index, number in enumerate(numbers)}).astype(
        "Int64"
    )
    first = known.groupby(group).transform("min").astype("Int64")
    return splits.folds(group, labels, count=count, seed=seed, known=first)
