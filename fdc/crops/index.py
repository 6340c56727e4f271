"""The index of a crop store: its journal of one line per photo, and the same as a table."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from fdc import files

CROPS, JOURNAL, INDEX = "crops.u8", "journal.jsonl", "index.parquet"
"""The files of a store."""

_SCHEMA = pa.schema(
    {
        "key": pa.string(),
        "position": pa.int64(),
        "rule": pa.string(),
        "reason": pa.string(),
        "notes": pa.list_(pa.string()),
        "box": pa.list_(pa.float64()),
        "landmarks": pa.list_(pa.float64()),
        "confidence": pa.float64(),
        "found_by": pa.string(),
        "checksum": pa.int64(),
    }
)


def journal_lines(journal: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """A journal's whole lines and their lengths in bytes, up to the first torn one."""
    if not journal.exists():
        return
    with journal.open("rb") as file:
        for raw in file:
            try:
                line = json.loads(raw) if raw.endswith(b"\n") else None
            except ValueError:
                return
            if not isinstance(line, dict):
                return
            yield line, len(raw)


def read_index(folder: Path, row_bytes: int) -> pd.DataFrame:
    """The table of a store's photos.

    Args:
        folder: the store.
        row_bytes: bytes of a crop.

    Returns:
        One row per photo, in the order of the journal.
    """
    journal, path = folder / JOURNAL, folder / INDEX
    with contextlib.suppress(OSError, pa.ArrowInvalid):
        table = pq.read_table(path)
        journal_bytes = (table.schema.metadata or {}).get(b"journal_bytes")
        if journal_bytes is not None and int(journal_bytes) == journal.stat().st_size:
            return _frame(table)
    # Another process is writing, or was killed: the journal knows more than the table.
    crops = folder / CROPS
    room_for = crops.stat().st_size if crops.exists() else 0
    known = [
        line
        for line, _ in journal_lines(journal)
        if line["position"] is None or (line["position"] + 1) * row_bytes <= room_for
    ]
    return _frame(pa.Table.from_pylist(known, schema=_SCHEMA))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    whole = {"position": "Int64", "checksum": "Int64"}
    text = dict.fromkeys(("key", "rule", "reason", "found_by"), "string")
    return frame.astype(whole | text)


def write_index(folder: Path) -> None:
    """Write the journal as a table, so that a kill leaves either the old one or the new one."""
    journal = folder / JOURNAL
    metadata = {"journal_bytes": str(journal.stat().st_size)}
    schema = _SCHEMA.with_metadata(metadata)
    with (
        files.whole(folder / INDEX) as unfinished,
        pq.ParquetWriter(unfinished, schema) as writer,
    ):
        for batch in _batches((line for line, _ in journal_lines(journal)), 50_000):
            writer.write_table(pa.Table.from_pylist(batch, schema=_SCHEMA))


def _batches(lines: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
