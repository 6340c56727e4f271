"""From a folder to a manifest: a reader's rows, each tidied and each photo looked at."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from fdc import manifest
from fdc.errors import DataError
from fdc.imaging import inspection
from fdc.sources.listing import files_below
from fdc.sources.reader import Options, Reader, Row
from fdc.sources.readers import reader_called, recognise


def read(
    root: Path,
    reader: str = "auto",
    *,
    subject_pattern: str | None = None,
    label_columns: Sequence[str] = Options.label_columns,
    cache: Path | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """Reads a folder of photos.

    Args:
        root: The data's folder.
        reader: Name of one of `READERS`; "auto": recognised from the folder.
        subject_pattern: Regular expression with a group `subject`, searched in every path relative
            to `root`; where it fits, it names who is in the photo, before what the dataset says.
        label_columns: Columns for the names of class folders; several where they lie in each
            other, the outermost first.
        cache: Folder for answers about photos and for unpacked ones; None: nothing is kept, and
            photos that a CSV holds as pixels are unpacked beside it.
        workers: Threads that look at photos; None: one for each processor.

    Returns:
        A valid manifest of one row per photo, the bad ones quarantined: "unreadable label",
        "unreadable name", "listed twice", "missing file" or "undecodable".

    Raises:
        DataError: If there is no such folder, nothing in it, no photo in it, no reader for it, or
            no photo of its table is there; or if `subject_pattern` fits no path.
    """
    _require_files(root)
    pattern = _compiled(subject_pattern) if subject_pattern else None
    chosen = reader_called(recognise(root) if reader == "auto" else reader)
    source = _printable(root.resolve().name) if chosen.generic else chosen.name
    options = Options(tuple(label_columns), cache)
    rows = list(_tidied(_rows(chosen, root, options), source, pattern))
    if not rows:
        raise DataError(
            f"There are no photos in {root} that the reader {chosen.name} could find.",
            f"It looks for {chosen.description}.",
        )
    if pattern and not any(pattern.search(row["path"]) for row in rows):
        raise DataError(
            f"The subject pattern {subject_pattern!r} fits none of {len(rows)} paths, such as "
            f"{rows[0]['path']!r}.",
            r"It is searched in the path relative to the data folder, as in (?P<subject>S\d+)_.",
        )
    table = manifest.from_rows(_listed_once(rows), source)
    if table["published_split"].nunique(dropna=False) == 1:
        table["published_split"] = pd.Series(pd.NA, table.index, "string")  # one side is no split
    return manifest.validate(_inspected(table, root, cache, workers))


def _require_files(root: Path) -> None:
    if not root.exists():
        raise DataError(
            f"There is no folder {root}.",
            "Check the path after DATA=, or leave it out: a sample is then drawn.",
        )
    if not root.is_dir():
        raise DataError(f"{root} is a file, not a folder.", f"Give its folder: {root.parent}.")
    if next(files_below(root), None) is None:
        raise DataError(f"The folder {root} is empty.", "Put photos into it, or name another.")


def _compiled(pattern: str) -> re.Pattern[str]:
    form = r"Write for example (?P<subject>S\d+)_ for names such as S132_006.png."
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        reason = f"The subject pattern {pattern!r} is no regular expression: {error}."
        raise DataError(reason, form) from error
    if "subject" not in compiled.groupindex:
        raise DataError(f"The subject pattern {pattern!r} has no group named subject.", form)
    return compiled


def _rows(reader: Reader, root: Path, options: Options) -> Iterator[Row]:
    try:
        yield from reader.rows(root, options)
    except OSError as error:
        raise DataError(
            f"{error.filename or root} cannot be read: {error.strerror}.",
            "Give this user the right to read it, or move it out of the data.",
        ) from error


def _tidied(
    rows: Iterable[Row], source: str, pattern: re.Pattern[str] | None
) -> Iterator[dict[str, Any]]:
    for given in rows:
        row = {key: _printable(value) for key, value in given.items()}
        if row["path"] != given["path"]:
            reason = "unreadable name: it is not in UTF-8; rename the file"
            row.setdefault("quarantine", reason)
        found = pattern.search(row["path"]) if pattern else None
        subject = found["subject"] if found else row.get("subject")
        row["subject"] = f"{source}:{subject}" if subject else None
        yield row


def _printable(value: Any) -> Any:
    """Text that UTF-8 can hold: names from old archives have bytes that are no characters."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _listed_once(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Quarantines photos that are listed again; all of a photo's rows where their labels differ."""
    first: dict[str, dict[str, Any]] = {}
    listed: list[dict[str, Any]] = []
    for row in rows:
        path = row["path"]
        earlier = first.setdefault(path, row)
        if earlier is not row:
            if _labels(earlier) == _labels(row):
                reason = f"listed twice: {path} has a row already"
            else:
                reason = f"listed twice: {path} has rows with different labels"
                earlier["quarantine"] = earlier.get("quarantine") or reason
            row = row | {"path": f"{path}#{len(listed)}", "quarantine": reason}
        listed.append(row)
    return listed


def _labels(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in ("path", "quarantine")}


def _inspected(
    table: pd.DataFrame, root: Path, cache: Path | None, workers: int | None
) -> pd.DataFrame:
    seen = inspection.inspect([root / path for path in table["path"]], cache, workers)
    missing = seen["error"].eq(inspection.MISSING).fillna(False)
    if missing.all() and table["quarantine"].isna().any():
        raise DataError(
            f"None of {len(table)} photos is there, such as {root / table['path'][0]}.",
            "Unpack the photos there, or correct the paths in the table.",
        )
    columns = seen.columns.drop("error")
    table[columns] = seen[columns]
    table = manifest.set_aside(table, missing, "missing file", "there is no photo " + table["path"])
    return manifest.set_aside(table, seen["error"].notna(), "undecodable", seen["error"])
