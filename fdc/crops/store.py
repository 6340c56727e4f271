"""Crops on disk: one append-only file that is memory-mapped, and what is known of each photo.

    <stores>/<fingerprint>/recipe.json     the recipe
                           crops.u8        uint8 RGB crops, one after the other
                           journal.jsonl   one line per photo, in the order of the crops
                           index.parquet   the journal as a table

A photo counts once its line in the journal ends in a newline; its crop is written before that. So
a kill at any moment leaves at most bytes that no line speaks of, and the next writer cuts them off.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import zlib
from collections.abc import Collection
from pathlib import Path

import filelock
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fdc.crops.index import CROPS, read_index
from fdc.crops.record import key_of
from fdc.errors import StoreError
from fdc.faces.recipe import Recipe

RECIPE, HOLDER = "recipe.json", "holder.json"
"""What the crops are made by, and who is writing them now."""


def keys_of(manifest: pd.DataFrame) -> pd.Series:
    """`key_of` for every row; None where the image_id is."""
    columns = (manifest["image_id"], manifest["box"], manifest["landmarks"])
    rows = zip(*(column.to_list() for column in columns), strict=True)
    keys = [None if pd.isna(row[0]) else key_of(*row) for row in rows]
    return pd.Series(keys, index=manifest.index, dtype="string")


class CropStore:
    """A store that is read.

    Args:
        folder: a folder that `CropWriter` made.

    Raises:
        StoreError: there is no store, or it is damaged beyond reading.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.recipe = read_recipe(self.folder)
        self.index = read_index(self.folder, self.recipe.crop_bytes)
        self.count = int(self.index["position"].notna().sum())

    @property
    def crops_path(self) -> Path:
        """The file of crops: uint8, (count, size, size, 3), RGB."""
        return self.folder / CROPS

    @property
    def size(self) -> int:
        """Side of a crop in pixels."""
        return self.recipe.size

    @property
    def fingerprint(self) -> str:
        """The recipe's fingerprint."""
        return self.recipe.fingerprint

    @property
    def crops(self) -> NDArray[np.uint8]:
        """All crops, memory-mapped and read-only: uint8 RGB (count, size, size, 3)."""
        shape = (self.count, self.size, self.size, 3)
        if self.count == 0:
            return np.empty(shape, dtype=np.uint8)
        return np.memmap(self.crops_path, dtype=np.uint8, mode="r", shape=shape)

    def find(self, keys: pd.Series) -> pd.DataFrame:
        """What is known of photos.

        Args:
            keys: See `keys_of`.

        Returns:
            The store's index, one row per key and with their index; None where it knows nothing.
            `position` is the place in `crops` (Int64).
        """
        return self.index.set_index("key").reindex(keys).set_index(keys.index)

    def landmarks(self, positions: pd.Series) -> pd.Series:
        """The five points by which crops were aligned.

        Args:
            positions: Places in `crops`, Int64.

        Returns:
            Ten numbers, pixels of the upright photo, per position and with their index; None where
            there is no crop, or it was aligned without them.
        """
        known = self.index.dropna(subset="position").set_index("position")["landmarks"]
        return known.reindex(positions).set_axis(positions.index)

    def verify(self) -> list[str]:
        """Compare every crop with its checksum.

        Returns:
            The keys of damaged crops; empty if all are sound.
        """
        made = self.index[self.index["position"].notna()]
        damaged = []
        with self.crops_path.open("rb") as file:
            for key, checksum in zip(made["key"], made["checksum"], strict=True):
                if zlib.crc32(file.read(self.recipe.crop_bytes)) != checksum:
                    damaged.append(str(key))
        return damaged


def collect_garbage(stores_folder: Path, keep: Collection[str]) -> list[tuple[Path, int]]:
    """Remove the stores that nothing refers to.

    Args:
        stores_folder: the folder of all stores.
        keep: fingerprints that are still in use.

    Returns:
        What was removed, and its bytes; a store that is being written to is left alone.
    """
    removed = []
    for folder in stores(stores_folder):
        if folder.name in keep:
            continue
        with contextlib.suppress(StoreError):
            lock = lock_store(folder)
            size = size_of(folder)
            shutil.rmtree(folder)
            lock.release()
            removed.append((folder, size))
    return removed


def size_of(folder: Path) -> int:
    """Bytes of all files of a store."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def stores(stores_folder: Path) -> list[Path]:
    """The stores in a folder, by name."""
    return sorted(path.parent for path in Path(stores_folder).glob(f"*/{RECIPE}"))


def lock_store(folder: Path) -> filelock.BaseFileLock:
    """Take a store's lock.

    Args:
        folder: the store.

    Raises:
        StoreError: another process holds it; it says which.
    """
    lock = filelock.FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        try:
            holder = json.loads((folder / HOLDER).read_bytes())
            who = f"process {holder['pid']} on {holder['host']} since {holder['since']}"
        except (OSError, ValueError, KeyError):
            who = "another process"
        raise StoreError(
            f"{folder} is being written by {who}.", "Wait until it is done, or end it."
        ) from None
    return lock


def read_recipe(folder: Path) -> Recipe:
    """The recipe of a store.

    Raises:
        StoreError: there is no store, or its recipe is damaged.
    """
    path = folder / RECIPE
    if not path.is_file():
        raise StoreError(f"There is no crop store at {folder}.", "Run `fdc prepare` first.")
    try:
        return Recipe.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise StoreError(
            f"{path} cannot be read: {error}", "Delete the store and run `fdc prepare` again."
        ) from error
