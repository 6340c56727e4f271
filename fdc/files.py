"""Files that are whole or not there: written beside their place, then renamed into it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

UNFINISHED = ".unfinished"
"""Ends the name of a file that is still being written; what a kill leaves may be deleted."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Lends a path beside the file's own, and puts what was written there into its place.

    A kill, or an error inside the block, leaves the old file, or none. Folders are made.

    Args:
        path: Where the file is to be.

    Yields:
        The path to write to, on the same disk.

    Example:
        >>> import tempfile
        >>> place = Path(tempfile.mkdtemp()) / "new" / "table.csv"
        >>> with whole(place) as unfinished:
        ...     _ = unfinished.write_text("a,b")
        >>> place.read_text()
        'a,b'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        yield unfinished
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    os.replace(unfinished, path)


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    with whole(path) as unfinished:
        unfinished.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Writes a text file in UTF-8, whole or not at all."""
    write_bytes(path, content.encode())


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes a JSON file whole or not at all; what JSON cannot say becomes its text.

    Example:
        >>> import tempfile
        >>> place = Path(tempfile.mkdtemp()) / "state.json"
        >>> write_json(place, {"photos": 3, "root": Path("data")})
        >>> place.read_text()
        '{"photos": 3, "root": "data"}'
    """
    write_text(path, json.dumps(content, default=str))


def read_json(path: Path) -> dict[str, Any] | None:
    """Reads a JSON file; None where there is none.

    Example:
        >>> import tempfile
        >>> place = Path(tempfile.mkdtemp()) / "state.json"
        >>> read_json(place) is None
        True
        >>> write_json(place, {"photos": 3})
        >>> read_json(place)
        {'photos': 3}
    """
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
