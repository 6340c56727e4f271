"""What a reader is: how it knows its dataset's folder, and the rows that it makes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
"""One photo: `path` (posix, relative to the root) and any columns of the manifest.

A row whose label cannot be read carries the reason in `quarantine`.
"""


@dataclass(frozen=True)
class Options:
    """What a person may tell a reader.

    Attributes:
        label_columns: Columns that the names of class folders go to, the outermost first.
        cache: Folder for photos that a reader has to make itself (pixels inside a CSV).
    """

    label_columns: tuple[str, ...] = ("label",)
    cache: Path | None = None


@dataclass(frozen=True)
class Reader:
    """Reads the format of one dataset.

    Attributes:
        name: What a person calls it, as in `--reader utkface`.
        description: One line: what it looks for in a folder.
        recognise: Whether a folder is in this format; looks at a few files only.
        rows: One row for every photo of the folder; it raises for no single photo.
        generic: Whether the format is anybody's, so that the folder's name is the source.
    """

    name: str
    description: str
    recognise: Callable[[Path], bool]
    rows: Callable[[Path, Options], Iterable[Row]]
    generic: bool = False


def unreadable(path: str, reason: object, **known: Any) -> Row:
    """A row that is quarantined because its label cannot be read.

    Args:
        path: Of the photo, or the place in a table where there is no telling which photo.
        reason: What is wrong with the label.
        **known: What could be read all the same.
    """
    return {"path": path, **known, "quarantine": f"unreadable label: {reason}"}
