"""The files of a data folder, in an order that is the same on every machine."""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from fdc.errors import DataError

_PHOTO = re.compile(
    r"\.(jpe?g|jpe|jfif|a?png|webp|gif|bmp|dib|tiff?|p[bgpn]m|jp2|avif|hei[cf])$", re.IGNORECASE
)
_OTHER = re.compile(
    r"\.(csv|tsv|txt|jsonl?|xml|ya?ml|md|html?|pdf|py|ipynb|zip|tar|gz|parquet|np[yz]|mat|db|sqlite"
    r"|mp4|avi|mov|onnx|h5|keras|unfinished)$",
    re.IGNORECASE,
)

_FIRST_BYTES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\x00", b"MM\x00*")

SPLIT_FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "publictest": "validation",
    "test": "test",
    "testing": "test",
    "privatetest": "test",
}
"""Folder names, in lower case, by which published sets mark their splits."""


def files_below(root: Path) -> Iterator[str]:
    """Walks a folder lazily, sorted by name, links to folders included.

    Hidden files and the `__MACOSX` folders of archives are no data.

    Yields:
        Posix paths relative to `root`.

    Raises:
        DataError: If a folder may not be read.
    """

    def refuse(error: OSError) -> None:
        raise DataError(
            f"The folder {error.filename} cannot be read: {error.strerror}.",
            "Give this user the right to read it, or move it out of the data.",
        ) from error

    seen = set()
    for folder, subfolders, names in os.walk(root, followlinks=True, onerror=refuse):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:  # a link that leads back
            subfolders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        subfolders[:] = sorted(name for name in subfolders if _is_data(name))
        for name in sorted(filter(_is_data, names)):
            yield os.path.relpath(os.path.join(folder, name), root)


def photos_below(root: Path) -> Iterator[str]:
    """The files of a folder that are meant to be photos, by suffix or else by first bytes.

    A photo's suffix is believed without a look, so that a damaged photo is listed as well.

    Yields:
        Posix paths relative to `root`, sorted.
    """
    return (path for path in files_below(root) if _is_photo(root, path))


def published_split(path: str) -> str | None:
    """The split that a folder of the path names.

    Example:
        >>> published_split("val/happy/1.jpg"), published_split("happy/train.jpg")
        ('validation', None)
    """
    folders = PurePosixPath(path).parts[:-1]
    return next((SPLIT_FOLDERS[f.lower()] for f in folders if f.lower() in SPLIT_FOLDERS), None)


def _is_data(name: str) -> bool:
    return not name.startswith(".") and name != "__MACOSX"


def _is_photo(root: Path, path: str) -> bool:
    if _PHOTO.search(path):
        return True
    if _OTHER.search(path):
        return False
    try:
        with (root / path).open("rb") as file:
            start = file.read(16)
    except OSError:
        return False
    return start.startswith(_FIRST_BYTES) or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
