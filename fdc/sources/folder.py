"""A folder of class folders: `happy/1.jpg`, or `train/happy/1.jpg` where it came split."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path, PurePosixPath

from fdc.sources.listing import SPLIT_FOLDERS, photos_below, published_split
from fdc.sources.reader import Options, Reader, Row, unreadable
from fdc.sources.vocabulary import label


def classified(root: Path) -> Iterator[tuple[str, str | None, str | None]]:
    """Finds the class and the split of every photo from its folders.

    Folders that wrap the whole set are left out; the first folder after them that names no split
    is the class, and deeper ones (a person's, say) are not looked at.

    Yields:
        Path, class (None where the photo lies in no class folder) and published split (or None).
    """
    paths = list(photos_below(root))
    parents = [PurePosixPath(path).parts[:-1] for path in paths]
    ends = zip(min(parents), max(parents), strict=False) if parents else ()
    wrapping = len(list(takewhile(lambda pair: pair[0] == pair[1], ends)))
    if all(len(parts) == wrapping for parts in parents):
        wrapping = max(0, wrapping - 1)  # all photos lie in one folder: it is their class
    for path, parts in zip(paths, parents, strict=True):
        inner = [part for part in parts[wrapping:] if part.lower() not in SPLIT_FOLDERS]
        yield path, inner[0] if inner else None, published_split(path)


def _recognise(root: Path) -> bool:
    return any("/" in path for path in photos_below(root))


def _rows(root: Path, options: Options) -> Iterator[Row]:
    for path, name, split in classified(root):
        known = {"published_split": split}
        if name is None:
            yield unreadable(path, "the photo lies in no class folder", **known)
            continue
        try:
            yield {"path": path, options.label_column: label(options.label_column, name), **known}
        except ValueError as error:
            yield unreadable(path, error, **known)


READER = Reader(
    name="folder",
    description="photos in folders that are named as their classes, below train, validation and "
    "test where the set has published splits",
    recognise=_recognise,
    rows=_rows,
    generic=True,
)
