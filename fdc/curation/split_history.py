"""Stores the side of each photo and person, so that none changes sides when others are added."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fdc import files
from fdc.errors import DataError

_KEYS = ("image_id", "subject")


def load(path: Path, *, fractions: Sequence[float], seed: int) -> pd.Series:
    """Reads on which side each photo and person stood, split by these fractions and this seed.

    Returns:
        Side by `image_id` and by `subject`; empty where nothing is stored.

    Raises:
        DataError: If the file is damaged.
    """
    nothing = pd.Series([], dtype="string", name="split")
    if not path.is_file():
        return nothing
    try:
        table = pd.read_parquet(path)
        same = (table["seed"] == seed) & (table["fractions"] == _key(fractions))
        return table[same].set_index("key")["split"].astype("string")
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"The stored split {path} cannot be read: {error}",
            "Delete it to split anew; scores are then not comparable with earlier ones.",
        ) from error


def save(path: Path, manifest: pd.DataFrame, *, fractions: Sequence[float], seed: int) -> None:
    """Keeps the side of every photo and person, also of those that are gone, for `load`.

    A kill leaves either the old file or the new one.
    """
    placed = manifest[manifest["split"].notna()]
    now = pd.concat(
        [placed.drop_duplicates(key).dropna(subset=key).set_index(key)["split"] for key in _KEYS]
    )
    before = load(path, fractions=fractions, seed=seed)
    sides = pd.concat([now, before[~before.index.isin(now.index)]]).sort_index()
    table = pd.DataFrame({"key": sides.index, "split": sides.to_numpy()})
    with files.whole(path) as unfinished:
        table.assign(seed=seed, fractions=_key(fractions)).to_parquet(unfinished, index=False)


def _key(fractions: Sequence[float]) -> str:
    return "/".join(f"{fraction:g}" for fraction in fractions)
