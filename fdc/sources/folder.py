"""A folder of class folders: `happy/1.jpg`, or `train/happy/1.jpg` where it came split.

Folders inside folders may name several labels: `female/singer/cat/1.jpg`.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from fdc.sources.listing import SPLIT_FOLDERS, photos_below, published_split
from fdc.sources.reader import Options, Reader, Row, unreadable
from fdc.sources.vocabulary import label


def classified(root: Path) -> Iterator[tuple[str, str | None, str | None]]:
    """Finds the class and the split of every photo from its folders.

    Yields:
        Path, class (None where the photo lies in no class folder) and published split (or None).
    """
    for path, names, split in nested(root, 1):
        yield path, names[0] if names else None, split


def nested(root: Path, levels: int) -> Iterator[tuple[str, Sequence[str], str | None]]:
    """Finds the classes and the split of every photo from its folders.

    Folders that wrap the whole set are left out; the first folders after them that name no split
    are the classes, and deeper ones (a person's, say) are not looked at.

    Args:
        root: The data's folder.
        levels: How many folders inside each other name a class.

    Yields:
        Path, at most so many classes, the outermost first, and published split (or None).
    """
    paths = list(photos_below(root))
    parents = [PurePosixPath(path).parts[:-1] for path in paths]
    ends = zip(min(parents), max(parents), strict=False) if parents else ()
    wrapping = len(list(takewhile(lambda pair: pair[0] == pair[1], ends)))
    deepest = max(map(len, parents), default=0)
    # Where all photos lie in one folder, it is their class.
    wrapping = max(0, min(wrapping, deepest - levels))
    for path, parts in zip(paths, parents, strict=True):
        inner = [part for part in parts[wrapping:] if part.lower() not in SPLIT_FOLDERS]
        yield path, inner[:levels], published_split(path)


def _recognise(root: Path) -> bool:
    return any("/" in path for path in photos_below(root))


def _rows(root: Path, options: Options) -> Iterator[Row]:
    columns = options.label_columns
    for path, names, split in nested(root, len(columns)):
        known = {"published_split": split}
        if not names:
            yield unreadable(path, "the photo lies in no class folder", **known)
            continue
        named = zip(columns, names, strict=False)
        try:
            yield {"path": path, **{column: label(column, name) for column, name in named}, **known}
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
