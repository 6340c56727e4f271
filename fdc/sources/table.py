"""A CSV or TSV with a path column, such as labels.csv; every other column is kept.

Paths may be written on another machine: with backslashes, in another case, without a suffix, in
the decomposed Korean of macOS, or relative to an `images` folder.
"""

import os
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from fdc.errors import DataError
from fdc.manifest import SCHEMA
from fdc.sources.delimited import fields, header, lines
from fdc.sources.listing import SPLIT_FOLDERS, photos_below
from fdc.sources.reader import Options, Reader, Row, unreadable
from fdc.sources.vocabulary import label

PATH_COLUMNS = (
    "path",
    "image",
    "file",
    "filename",
    "image_path",
    "file_path",
    "file_name",
    "filepath",
)
"""Names, in lower case, of the column that says where a photo is; the first of these is taken."""

KNOWN_COLUMNS = {
    "sex": "gender",
    "expression": "emotion",
    "person": "subject",
    "identity": "subject",
    "subject_id": "subject",
    "person_id": "subject",
    "year": "captured_year",
    "partition": "published_split",
    "split": "published_split",
    "usage": "published_split",
    "fold": "published_fold",
}
"""Other names of the manifest's columns; age, gender, subject and so on go by their own."""

_TAKEN = {"age", "gender", "tone", "emotion", "subject", "device", *KNOWN_COLUMNS.values()}
_RESERVED = set(SCHEMA.columns) - _TAKEN
_PREFERRED = ("labels", "metadata", "annotations")
_IMAGE_FOLDERS = ("images",)


def _tables(root: Path) -> list[tuple[Path, str | None]]:
    """The tables of a folder and the split that each one's name says."""
    found = [path for path in sorted(root.iterdir()) if path.suffix.lower() in (".csv", ".tsv")]
    found = [path for path in found if path.is_file() and _path_column(header(path)[0])]
    splits = [SPLIT_FOLDERS.get(path.stem.lower()) for path in found]
    if len(found) > 1 and all(splits):
        return list(zip(found, splits, strict=True))
    preferred = [path for path in found if path.stem.lower() in _PREFERRED]
    chosen = preferred if preferred else found
    if len(chosen) > 1:
        names = ", ".join(path.name for path in chosen)
        raise DataError(
            f"{root} has several tables with a path column: {names}.",
            "Call the one that counts labels.csv, or name its parts train.csv, validation.csv and "
            "test.csv; for class folders, name the reader folder.",
        )
    return [(path, None) for path in chosen]


def _path_column(names: list[str]) -> str | None:
    lowered = [name.lower() for name in names]
    return next((names[lowered.index(c)] for c in PATH_COLUMNS if c in lowered), None)


def _recognise(root: Path) -> bool:
    return bool(_tables(root))


def _rows(root: Path, _: Options) -> Iterator[Row]:
    tables = _tables(root)
    if not tables:
        raise DataError(
            f"{root} has no CSV or TSV file with a path column.",
            f"Its header must name one of {', '.join(PATH_COLUMNS)}.",
        )
    photos = _Photos(root)
    for table, split in tables:
        names, delimiter = header(table)
        for number, line in islice(lines(table), 1, None):
            row = _row(f"{table.name}:{number}", line, names, delimiter, photos)
            yield {"published_split": split, **row} if split else row


def _row(place: str, line: str, names: list[str], delimiter: str, photos: "_Photos") -> Row:
    try:
        cells = fields(line, delimiter)
    except ValueError as error:
        return unreadable(place, f"{place}: {error}")
    if len(cells) != len(names):
        return unreadable(place, f"{place} has {len(cells)} columns instead of {len(names)}")
    row = {name: cell for name, cell in zip(names, cells, strict=True) if name}
    written = row.pop(str(_path_column(names))).strip()
    if not written:
        return unreadable(place, f"{place} names no photo")
    path = photos.find(written)
    try:
        return {"path": path, **_values(row)}
    except ValueError as error:
        return unreadable(path, error)


def _values(row: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, text in row.items():
        column = KNOWN_COLUMNS.get(name.lower(), name.lower())
        if column not in _TAKEN:
            column = f"{name}_in_table" if column in _RESERVED else name
        value = label(column, text)
        if value is not None and column == "published_split":
            value = _split(text)
        elif value is not None and column in ("captured_year", "published_fold"):
            value = _whole(name, text)
        values.setdefault(column, value)
    return values


def _split(text: str) -> str:
    split = SPLIT_FOLDERS.get(text.strip().lower())
    if split is None:
        raise ValueError(f"split {text!r} is none of {', '.join(SPLIT_FOLDERS)}")
    return split


def _whole(name: str, text: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise ValueError(f"{name} {text!r} is no whole number")
    return int(text)


class _Photos:
    """Finds the photo that a table means."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._listed: dict[str, str] | None = None

    def find(self, written: str) -> str:
        """The photo's path relative to the root; as written where there is no such photo."""
        slashed = written.replace("\\", "/")
        for path in (written, slashed, *(f"{folder}/{slashed}" for folder in _IMAGE_FOLDERS)):
            if os.path.isfile(self._root / path):
                return Path(os.path.relpath(self._root / path, self._root)).as_posix()
        if self._listed is None:  # walked only where a path is not found as it stands
            self._listed = self._keys()
        return self._listed.get(_key(slashed), slashed)

    def _keys(self) -> dict[str, str]:
        keys: dict[str, str] = {}
        for path in photos_below(self._root):
            inner = [path.removeprefix(f"{folder}/") for folder in _IMAGE_FOLDERS]
            for name in (path, *inner):
                keys.setdefault(_key(name), path)
                keys.setdefault(_key(PurePosixPath(name).with_suffix("").as_posix()), path)
        return keys


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path.removeprefix("./")).casefold()


READER = Reader(
    name="table",
    description=f"a CSV or TSV file whose header names one of {', '.join(PATH_COLUMNS)}",
    recognise=_recognise,
    rows=_rows,
    generic=True,
)
