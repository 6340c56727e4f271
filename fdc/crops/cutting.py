"""All photos of a manifest to crops in a store."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fdc import manifest as manifests
from fdc.choices import Engine
from fdc.crops.preparation import Photo, Preparation, prepare_photos
from fdc.crops.store import RECIPE, CropStore, keys_of, stores
from fdc.crops.writer import CropWriter
from fdc.execution.cpus import usable_cpus
from fdc.faces import alignment, framing
from fdc.faces.framing import Placed
from fdc.faces.recipe import Recipe
from fdc.imaging.cache import Stamp
from fdc.progress import track

_log = logging.getLogger("fdc")


def cut_crops(
    manifest: pd.DataFrame,
    root: Path | str,
    stores_folder: Path,
    recipe: Recipe,
    *,
    workers: int | None = None,
    weights: Sequence[Path | str] = (),
    engine: Engine = "local",
) -> tuple[pd.DataFrame, CropStore]:
    """Make the crops that are missing.

    The store of the recipe is `stores_folder / recipe.fingerprint`. Photos that it knows already,
    by their content and annotation, are not touched again; a killed run goes on where it stood.

    Args:
        manifest: the photos; rows in quarantine are left out.
        root: folder of the photos, or an fsspec URL.
        stores_folder: the folder of all stores.
        recipe: how a photo becomes a crop.
        workers: photos at a time; None takes one per core.
        weights: folders where weights may lie, before the cache folder.
        engine: key of `fdc.execution.pool.ENGINES`.

    Returns:
        The manifest, with each crop's place in the store, and rows added to quarantine whose photo
        gives no crop; and the store.

    Raises:
        StoreError: the disk is full, or another process holds the store.
        WeightsError: weights that the recipe names are missing.
        ExecutionError: there is no such engine, its cluster cannot be had, or workers do not start.
    """
    local = engine == "local"
    threads = max(1, usable_cpus() // workers) if local and workers else 1
    folder = Path(stores_folder) / recipe.fingerprint
    _announce(folder, recipe)
    # A worker on another machine has another working directory.
    place = str(root) if "://" in str(root) else str(Path(root).resolve())
    weights_folders = tuple(str(Path(path).resolve()) for path in weights)
    preparation = Preparation(recipe, place, weights_folders, threads)
    keys = keys_of(manifest)
    passing: dict[str, tuple[str, str]] = {}
    with CropWriter(folder, recipe) as writer:
        missing = _missing(manifest, keys, writer.done)
        writer.require_room(len(missing))
        refused: Counter[str] = Counter()
        photos = _photos(manifest.loc[missing.index], missing)
        if local:
            workers = min(workers or usable_cpus(), len(missing))
        outcomes = prepare_photos(preparation, photos, engine=engine, workers=workers)
        for outcome in track(
            outcomes if len(missing) else (),
            "Preparing photos",
            total=len(missing),
            status=lambda: ", ".join(f"{n} {rule}" for rule, n in refused.most_common()),
        ):
            record = outcome.record
            if record.rule:
                refused[record.rule] += 1
            if outcome.lasting:
                writer.add(record, outcome.pixels)
            else:
                passing[record.key] = (record.rule or "", record.reason or "")
    store = CropStore(folder)
    return _with_outcomes(manifest, keys, store, passing, root), store


def place_faces(
    manifest: pd.DataFrame,
    root: Path | str,
    recipe: Recipe,
    weights: Sequence[Path | str] = (),
) -> list[Placed]:
    """Where the faces of some photos lie, of the same ones whatever the order of the rows.

    Args:
        manifest: the photos; rows in quarantine are left out.
        root: folder of the photos, or an fsspec URL.
        recipe: how faces are found.
        weights: folders where weights may lie, before the cache folder.
    """
    clean = manifest[manifest["quarantine"].isna() & manifest["image_id"].notna()]
    some = clean.drop_duplicates("image_id").sort_values("image_id").head(framing.PHOTOS)
    preparation = Preparation(recipe, str(root), tuple(str(path) for path in weights))
    sizes = some.set_index("image_id")[["width", "height"]].astype(int).T.to_dict("list")
    photos = _photos(some, some["image_id"])
    workers = min(usable_cpus(), len(some))
    outcomes = prepare_photos(preparation, photos, engine="local", workers=workers)
    records = [outcome.record for outcome in (outcomes if len(some) else ())]
    placed = []
    for record in records:
        if record.box is not None:
            width, height = sizes[record.key]
            placed.append(Placed(width, height, record.box, _points(record.landmarks)))
    return placed


def _points(landmarks: Sequence[float] | None) -> NDArray[np.float64] | None:
    return None if landmarks is None else alignment.ordered(landmarks)


def _announce(folder: Path, recipe: Recipe) -> None:
    others = [path for path in stores(folder.parent) if path != folder]
    if folder.exists() or not others:
        return
    latest = max(others, key=lambda path: (path / RECIPE).stat().st_mtime)
    before = CropStore(latest).recipe.model_dump()
    changed = [
        f"{name}: {_short(before[name])} -> {_short(value)}"
        for name, value in recipe.model_dump().items()
        if before.get(name) != value
    ]
    _log.warning(
        "The recipe has changed (%s): a new store is made at %s. The %d other(s) are kept until "
        "`fdc store gc --delete`.",
        "; ".join(changed),
        folder,
        len(others),
    )


def _short(value: object) -> str:
    """A fingerprint's beginning is enough to tell two apart."""
    text = str(value)
    return text if len(text) <= 32 else f"{text[:12]}…"


def _missing(manifest: pd.DataFrame, keys: pd.Series, done: set[str]) -> pd.Series:
    """Keys of the photos to prepare, each once, by the manifest's index."""
    wanted = keys[manifest["quarantine"].isna() & keys.notna()]
    return wanted[~wanted.isin(done)].drop_duplicates()


def _photos(rows: pd.DataFrame, keys: pd.Series) -> Iterator[Photo]:
    names = ("path", "image_id", "box", "landmarks", "file_size", "file_mtime_ns")
    columns = (rows[name].to_list() for name in names)
    for key, path, image_id, box, landmarks, *stamp in zip(keys.to_list(), *columns, strict=True):
        yield Photo(
            key,
            path,
            image_id,
            None if box is None else tuple(box),
            None if landmarks is None else tuple(landmarks),
            None if pd.isna(stamp).any() else Stamp(*stamp),
        )


def _with_outcomes(
    manifest: pd.DataFrame,
    keys: pd.Series,
    store: CropStore,
    passing: dict[str, tuple[str, str]],
    root: Path | str,
) -> pd.DataFrame:
    known = store.find(keys)
    manifest = manifest.assign(crop=known["position"])
    rules, reasons = known["rule"].copy(), known["reason"].copy()
    for part, column in enumerate((rules, reasons)):
        found = keys.map({key: outcome[part] for key, outcome in passing.items()})
        column.loc[found.notna()] = found[found.notna()].astype("string")
    if "://" not in str(root):
        gone = [not (Path(root) / path).is_file() for path in manifest["path"]]
        rules.loc[gone], reasons.loc[gone] = "vanished", "there is no file any more"
    unread = manifest["image_id"].isna() & rules.isna()
    rules.loc[unread], reasons.loc[unread] = "unreadable", "its bytes could not be read"
    for rule in rules.dropna().unique():
        manifest = manifests.set_aside(manifest, rules == rule, str(rule), reasons)
    return manifest
