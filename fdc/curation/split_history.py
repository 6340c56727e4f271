"""Stores the side of each photo and person, so that none changes sides when others are added."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fdc import files
from fdc.errors import DataError

_KEYS = ("image_id", "subject")
_COLUMNS = {"key": "string", "split": "string", "seed": "int64", "fractions": "string"}


def load(path: Path, *, fractions: Sequence[float], seed: int) -> pd.Series:
    """Reads on which side each photo and person stood, split by these fractions and this seed.

    Returns:
        Side by `image_id` and by `subject`; empty where nothing is stored.

    Raises:
        DataError: If the file is damaged.
    """
    table = _read(path)
    return table[_of_split(table, fractions, seed)].set_index("key")["split"]


def save(path: Path, manifest: pd.DataFrame, *, fractions: Sequence[float], seed: int) -> None:
    """Keeps the side of every photo and person, also of those that are gone, for `load`.

    What other fractions and seeds have kept stays. A kill leaves either the old file or the new
    one.

    Raises:
        DataError: If the file is damaged.
    """
    placed = manifest[manifest["split"].notna()]
    now = pd.concat(
        [placed.drop_duplicates(key).dropna(subset=key).set_index(key)["split"] for key in _KEYS]
    )
    table = _read(path)
    replaced = _of_split(table, fractions, seed) & table["key"].isin(now.index)
    rows = pd.DataFrame({"key": now.index, "split": now.to_numpy()}).astype("string")
    rows = rows.assign(seed=seed, fractions=_key(fractions)).astype(table.dtypes)
    table = pd.concat([table[~replaced], rows]).sort_values(["fractions", "seed", "key"])
    with files.whole(path) as unfinished:
        table.to_parquet(unfinished, index=False)


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame(columns=list(_COLUMNS)).astype(_COLUMNS)
    try:
        return pd.read_parquet(path)[list(_COLUMNS)].astype(_COLUMNS)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"The stored split {path} cannot be read: {error}",
            "Delete it to split anew; scores are then not comparable with earlier ones.",
        ) from error


def _of_split(table: pd.DataFrame, fractions: Sequence[float], seed: int) -> pd.Series:
    return (table["seed"] == seed) & (table["fractions"] == _key(fractions))


def _key(fractions: Sequence[float]) -> str:
    return "/".join(f"{fraction:g}" for fraction in fractions)
