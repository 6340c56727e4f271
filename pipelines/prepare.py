"""Photos to clean, grouped, split crops."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from fdc import files, manifest, sources
from fdc.crops.cutting import cut_crops, place_faces
from fdc.crops.store import CropStore
from fdc.curation import quality, rules, split_history
from fdc.curation.curate import curate
from fdc.errors import DataError, StoreError
from fdc.experiment import Experiment
from fdc.faces import framing as framings
from fdc.faces.choose import choose_recipe
from fdc.faces.framing import Framing
from fdc.faces.recipe import Recipe
from fdc.locale import LANGUAGES, text
from fdc.sample import dataset as sample
from fdc.sources.vocabulary import LABELS
from fdc.tasks import Task

from . import workspace

console = Console()


@dataclass(frozen=True)
class Prepared:
    """Everything that a search needs.

    Attributes:
        root: Folder of the photos.
        task: What is predicted, its classes named.
        manifest: One row per photo, curated and split.
        recipe: How a photo became a crop.
        store: The crops.
    """

    root: Path
    task: Task
    manifest: pd.DataFrame
    recipe: Recipe
    store: CropStore


@dataclass(frozen=True)
class Cropped:
    """Photos that are read, checked and cropped, and not split yet.

    Attributes:
        root: Folder of the photos.
        manifest: One row per photo, with the places of their crops.
        recipe: How a photo became a crop.
        store: The crops.
    """

    root: Path
    manifest: pd.DataFrame
    recipe: Recipe
    store: CropStore


def prepare(experiment: Experiment) -> Prepared:
    """Reads, checks, crops, groups and splits the photos of an experiment; what is done is kept.

    Raises:
        DataError: There are no photos, or too few are fit to learn from.
        WeightsError: A network that the experiment names is not here.
        StoreError: The crops cannot be kept.
    """
    cropped = crop_photos(experiment)
    curated, task = split_photos(experiment, cropped)
    curated.attrs["recipe"] = cropped.recipe.fingerprint
    manifest.write(curated, workspace.manifest(task.name, cropped.root))
    show(curated, task)
    return Prepared(cropped.root, task, curated, cropped.recipe, cropped.store)


def crop_photos(experiment: Experiment) -> Cropped:
    """Reads and checks the photos and makes the crops that are missing."""
    settings = experiment.prepare
    root = photos_folder(experiment)
    checked = read_photos(experiment, root)
    framing = choose_framing(experiment, root, checked)
    recipe = choose_recipe(
        background=settings.background,
        model=settings.background_model,
        detector=settings.detector,
        weights_folders=settings.weights,
        size=settings.size,
        margin=framing.margin,
        offset=framing.offset,
        colour=settings.background_colour,
        face=settings.face,
        several="largest" if settings.several_faces == "largest" else "refuse",
    )
    cropped, store = cut_crops(
        checked,
        root,
        workspace.STORES,
        recipe,
        workers=settings.workers,
        weights=settings.weights,
        engine=settings.engine,
    )
    measured = with_quality(cropped, store, sharpness=experiment.rules.blurriest is not None)
    return Cropped(root, measured, recipe, store)


def choose_framing(experiment: Experiment, root: Path, photos: pd.DataFrame) -> Framing:
    """How crops lie around faces: as the experiment says, else as the photos of the set allow.

    It is found once for a folder, by some of its photos: what is added later changes no crop.
    """
    settings = experiment.prepare
    if settings.margin != "auto":
        return Framing(settings.margin)
    if settings.face == "whole":
        return Framing()
    path = workspace.framing(root)
    kept = files.read_json(path)
    if kept is None:
        detector = choose_recipe(
            background="none", detector=settings.detector, weights_folders=settings.weights
        )
        framing = framings.fit(place_faces(photos, root, detector, settings.weights))
        files.write_json(path, framing._asdict())
    else:
        framing = Framing(**kept)
    if framing != Framing():
        console.print(
            f"The faces fill these photos: crops are cut with a margin of {framing.margin:g}, "
            f"{framing.offset:g} lower, so that they hold no empty pixels."
        )
    return framing


def photos_folder(experiment: Experiment) -> Path:
    """The folder of photos; the built-in sample is drawn where none is given."""
    if experiment.data.path is not None:
        return experiment.data.path
    subjects, each = experiment.data.sample_subjects, experiment.data.sample_photos
    for language in reversed(LANGUAGES):
        note = text("sample.drawings", language, subjects=subjects, each=each)
        console.print(note, style="yellow")
    return sample.draw(workspace.sample(subjects, each), subjects=subjects, photos=each)


def read_photos(experiment: Experiment, root: Path) -> pd.DataFrame:
    """The manifest of a folder, after the rules that need no crop."""
    column = experiment.task.column
    photos = sources.read(
        root,
        experiment.data.reader,
        subject_pattern=experiment.data.subject_pattern,
        label_columns=experiment.data.folders or (column,),
        cache=workspace.INSPECTION,
    )
    if column not in photos or photos[column].isna().all():
        labels = [name for name in photos if name in LABELS or name not in manifest.SCHEMA.columns]
        known = [str(name) for name in labels if photos[name].notna().any()]
        raise DataError(
            f"The photos in {root} have no {column!r}, which {experiment.task.name} learns from. "
            f"What they have: {', '.join(known) or 'no label at all'}.",
            "Choose another task, or name the reader with --reader.",
        )
    return rules.apply(photos, experiment.rules.thresholds, experiment.rules.off)


def with_quality(cropped: pd.DataFrame, store: CropStore, *, sharpness: bool) -> pd.DataFrame:
    """Adds what the rules on turned and blurred faces look at; None where there is no crop.

    Args:
        cropped: The manifest, with the places of the crops.
        store: The crops.
        sharpness: Whether blur is measured too, for which every crop is read.
    """
    landmarks = store.landmarks(cropped["crop"]).dropna()
    turned = quality.turn(np.array(landmarks.to_list(), float).reshape(-1, 10))
    measured = {"turn": pd.Series(turned, landmarks.index, dtype="Float64")}
    if sharpness:
        positions = cropped["crop"].dropna().astype(int)
        sharp = quality.sharpness(store.crops, positions.to_numpy())
        measured["sharpness"] = pd.Series(sharp, positions.index, dtype="Float64")
    return cropped.assign(**{name: each.reindex(cropped.index) for name, each in measured.items()})


def split_photos(experiment: Experiment, cropped: Cropped) -> tuple[pd.DataFrame, Task]:
    """Finds copies, groups the photos and splits them, no group ever changing sides."""
    settings, split = experiment.rules, experiment.split
    task = experiment.task.complete(manifest.clean(cropped.manifest)[experiment.task.column])
    history = workspace.splits(task.name, cropped.root)
    curated = curate(
        cropped.manifest,
        task,
        thresholds=settings.thresholds,
        off=settings.off,
        copy_bits=settings.copy_bits,
        alike_bits=settings.alike_bits,
        fractions=split.fractions,
        seed=split.seed,
        fold=None if split.folds is None else (split.fold, split.folds),
        published=split.published,
        previous=split_history.load(history, fractions=split.fractions, seed=split.seed),
        warn=lambda text: console.print(f"Note: {text}", style="yellow"),
    )
    if split.folds is None:
        split_history.save(history, curated, fractions=split.fractions, seed=split.seed)
    return curated, task


def show(curated: pd.DataFrame, task: Task) -> None:
    """Prints how many photos stand where, and how many each rule set aside."""
    clean = manifest.clean(curated)
    table = Table("", *manifest.SPLITS, "all", box=None, header_style="bold")
    labels = task.encode(clean[task.column])
    for index, label in enumerate(task.labels):
        here = clean[labels == index]
        counts = [int((here["split"] == split).sum()) for split in manifest.SPLITS]
        table.add_row(label, *map(str, counts), str(len(here)))
    for title, column in (("photos", "image_id"), ("groups", "group")):
        counts = [clean[clean["split"] == split][column].nunique() for split in manifest.SPLITS]
        table.add_row(title, *map(str, counts), str(clean[column].nunique()), style="bold")
    console.print(table)
    aside = manifest.quarantine_counts(curated)
    if aside:
        counted = ", ".join(f"{rule} {count}" for rule, count in aside.items())
        console.print(f"Quarantined {sum(aside.values())} of {len(curated)}: {counted}")


def verify_store(prepared: Prepared) -> None:
    """Checks every crop against its checksum.

    Raises:
        StoreError: Naming the crops that are damaged.
    """
    damaged = prepared.store.verify()
    if damaged:
        named = ", ".join(damaged[:3])
        raise StoreError(
            f"{len(damaged)} crops in {prepared.store.folder} are damaged: {named} …",
            "Delete that folder and say the same command again.",
        )
    console.print(f"Every crop in {prepared.store.folder} is as it was written.")
