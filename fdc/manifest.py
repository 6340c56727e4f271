"""The manifest: one row per photo, its schema, reading and writing."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa

from fdc import files
from fdc.choices import LANDMARKS
from fdc.errors import DataError

SPLITS = ("train", "validation", "test")

OLDEST = 130.0
"""Years; an age above it is a slip of the pen."""

_TEXT = "string"
_LISTS = ("box", "landmarks")
_NOT_CONTENT = (
    "path", "file_size", "file_mtime_ns", "perceptual_hash", "perceptual_hash_mirrored", "crop",
    "turn", "sharpness",
)  # fmt: skip


def _numbers(count: int) -> pa.Check:
    return pa.Check(
        lambda cells: cells.map(lambda cell: cell is None or len(cell) == count),
        error=f"must be None or {count} numbers",
    )


SCHEMA = pa.DataFrameSchema(
    {
        "image_id": pa.Column(_TEXT, pa.Check.str_matches(r"^[0-9a-f]{64}$"), nullable=True),
        "path": pa.Column(_TEXT, unique=True),
        "source": pa.Column(_TEXT),
        "subject": pa.Column(_TEXT, nullable=True),
        "age": pa.Column("Float64", pa.Check.in_range(0, OLDEST), nullable=True),
        "gender": pa.Column(_TEXT, pa.Check.isin(["female", "male"]), nullable=True),
        "tone": pa.Column(_TEXT, pa.Check.isin(["warm", "cool"]), nullable=True),
        "emotion": pa.Column(_TEXT, nullable=True),
        "box": pa.Column(object, _numbers(4), nullable=True),
        "landmarks": pa.Column(object, _numbers(2 * len(LANDMARKS)), nullable=True),
        "width": pa.Column("Int64", pa.Check.gt(0), nullable=True),
        "height": pa.Column("Int64", pa.Check.gt(0), nullable=True),
        "device": pa.Column(_TEXT, nullable=True),
        "captured_year": pa.Column("Int64", nullable=True),
        "file_size": pa.Column("Int64", nullable=True),
        "file_mtime_ns": pa.Column("Int64", nullable=True),
        "perceptual_hash": pa.Column(_TEXT, nullable=True),
        "perceptual_hash_mirrored": pa.Column(_TEXT, nullable=True),
        "published_split": pa.Column(_TEXT, pa.Check.isin(SPLITS), nullable=True),
        "published_fold": pa.Column("Int64", nullable=True),
        "group": pa.Column(_TEXT, nullable=True),
        "split": pa.Column(_TEXT, pa.Check.isin(SPLITS), nullable=True),
        "quarantine": pa.Column(_TEXT, pa.Check.str_contains(": "), nullable=True),
        "crop": pa.Column("Int64", pa.Check.ge(0), nullable=True),
    },
    strict=False,
)
"""Columns and their meaning are the contract between every room; further label columns may follow.

`box` is x, y, w, h and `landmarks` x1, y1 … x5, y5, in pixels of the upright image and in the order
of `choices.LANDMARKS`.
`quarantine` is None or "rule: reason". `image_id` is the SHA-256 of the file's bytes, None only
where they could not be read; `file_size` (bytes) and `file_mtime_ns` are what they were then.
`crop` is the place in the crop store of the recipe that `attrs["recipe"]` names, None where there
is no crop.
"""


def from_rows(rows: Iterable[Mapping[str, Any]], source: str) -> pd.DataFrame:
    """Builds a manifest from a reader's rows.

    Args:
        rows: One mapping per photo; it names at least `path`. Keys that are no column of the schema
            become further label columns.
        source: The reader's name, for rows that do not say it themselves.

    Returns:
        The manifest, in the order of the rows, with every column of the schema.

    Example:
        >>> table = from_rows([{"path": "a.jpg", "age": 31, "hat": "red"}], "test")
        >>> table[["path", "source", "subject", "hat"]].iloc[0].tolist()
        ['a.jpg', 'test', <NA>, 'red']
    """
    table = pd.DataFrame(list(rows))
    if "source" not in table:
        table["source"] = source
    return _typed(table)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    for column, dtype in SCHEMA.dtypes.items():
        cells: Any = table[column] if column in table else pd.Series(None, table.index, object)
        if column in _LISTS:
            table[column] = pd.Series([_listed(cell) for cell in cells], dtype=object)
        else:
            table[column] = cells.astype(str(dtype))
    further = [column for column in table if column not in SCHEMA.columns]
    return table[[*SCHEMA.columns, *further]]


def _listed(cell: Any) -> list[float] | None:
    missing = cell is None or cell is pd.NA or isinstance(cell, float)
    return None if missing else [float(number) for number in cell]


def validate(manifest: pd.DataFrame) -> pd.DataFrame:
    """Checks a manifest against the schema.

    Returns:
        The manifest itself.

    Raises:
        DataError: Naming every column and value that breaks the schema.
    """
    try:
        SCHEMA.validate(manifest, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.head(5)[["column", "check", "failure_case"]]
        found = "; ".join(
            f"{c.column}: {c.failure_case!r} breaks {c.check}" for c in cases.itertuples()
        )
        raise DataError(
            f"The manifest does not fit its schema: {found}",
            "This is a fault of the reader that made it, or the file was edited by hand.",
        ) from error
    return manifest


def write(manifest: pd.DataFrame, path: Path) -> None:
    """Writes the manifest as Parquet, so that a kill leaves either the old file or the new one."""
    with files.whole(path) as unfinished:
        manifest.to_parquet(unfinished, index=False)


def read(path: Path) -> pd.DataFrame:
    """Reads and validates a manifest.

    Raises:
        DataError: If there is none at `path`, or it is damaged.
    """
    if not path.is_file():
        raise DataError(f"There is no manifest at {path}.", "Run `fdc prepare` first.")
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise DataError(
            f"The manifest {path} cannot be read: {error}",
            "Delete it and run `fdc prepare` again: the crops are kept.",
        ) from error
    return validate(_typed(table))


def set_aside(
    manifest: pd.DataFrame, mask: pd.Series, rule: str, reason: str | pd.Series
) -> pd.DataFrame:
    """Quarantines rows; the first rule that met a row keeps it.

    Args:
        manifest: The manifest; it is not changed.
        mask: Boolean, one per row.
        rule: The rule's name.
        reason: Why, for all rows or for each.

    Returns:
        A manifest of the same rows.

    Example:
        >>> table = from_rows([{"path": "a.jpg"}, {"path": "b.jpg"}], "test")
        >>> set_aside(table, table["path"] == "b.jpg", "too small", "8 px")["quarantine"].tolist()
        [<NA>, 'too small: 8 px']
    """
    newly = mask.fillna(False).astype(bool) & manifest["quarantine"].isna()
    reasons = reason if isinstance(reason, pd.Series) else pd.Series(reason, manifest.index, str)
    entries = (rule + ": " + reasons.astype("string")).where(newly)
    return manifest.assign(quarantine=manifest["quarantine"].fillna(entries))


def clean(manifest: pd.DataFrame) -> pd.DataFrame:
    """The rows that are not quarantined; their index labels are kept.

    Example:
        >>> table = from_rows([{"path": "a.jpg"}, {"path": "b.jpg"}], "test")
        >>> clean(set_aside(table, table["path"] == "b.jpg", "too small", "8 px"))["path"].tolist()
        ['a.jpg']
    """
    return manifest[manifest["quarantine"].isna()]


def quarantine_counts(manifest: pd.DataFrame) -> dict[str, int]:
    """How many rows each rule has set aside, most first.

    Example:
        >>> table = from_rows([{"path": "a.jpg"}, {"path": "b.jpg"}], "test")
        >>> quarantine_counts(set_aside(table, table["path"] == "b.jpg", "too small", "8 px"))
        {'too small': 1}
    """
    rules = manifest["quarantine"].dropna().str.split(": ", n=1).str[0]
    return {str(rule): int(count) for rule, count in rules.value_counts().items()}


def digest(manifest: pd.DataFrame) -> str:
    """A short hash of photos, labels and sides, whatever else is known, in any order of rows."""
    content = manifest.drop(columns=list(_NOT_CONTENT), errors="ignore")
    lines = sorted(content.to_csv(index=False).splitlines())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
