"""FER-2013: 48 px grey faces in emotion folders below splits, or as pixels in a CSV.

Goodfellow et al.: Challenges in Representation Learning (2013), https://arxiv.org/abs/1307.0414.
"""

import hashlib
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fdc import files
from fdc.errors import DataError
from fdc.progress import track
from fdc.sources import vocabulary
from fdc.sources.delimited import fields, header, lines
from fdc.sources.folder import classified
from fdc.sources.listing import SPLIT_FOLDERS, photos_below
from fdc.sources.reader import Options, Reader, Row, unreadable

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""In the order of the CSV's codes 0 to 6; also the names of the folders."""

SIDE = 48
"""Pixels."""

_LOOKED_AT = 500


def _recognise(root: Path) -> bool:
    return _table(root) is not None or _has_folders(root)


def _table(root: Path) -> Path | None:
    tables = sorted(path for path in root.iterdir() if path.suffix.lower() == ".csv")
    return next((t for t in tables if {"emotion", "pixels"} <= set(_names(t))), None)


def _names(table: Path) -> list[str]:
    return [name.lower() for name in header(table)[0]]


def _has_folders(root: Path) -> bool:
    paths = list(islice(photos_below(root), _LOOKED_AT))
    folders = [path.lower().split("/")[:-1] for path in paths]
    fitting = all(f[-1:] and f[-1] in EMOTIONS and set(f) & set(SPLIT_FOLDERS) for f in folders)
    return bool(paths) and fitting and _size(root / paths[0]) == (SIDE, SIDE)


def _size(path: Path) -> tuple[int, int] | None:
    try:
        with Image.open(path) as photo:
            return photo.size
    except (OSError, UnidentifiedImageError):
        return None


def _rows(root: Path, options: Options) -> Iterator[Row]:
    table = _table(root)
    return _folder_rows(root) if table is None else _table_rows(root, table, options.cache)


def _folder_rows(root: Path) -> Iterator[Row]:
    for path, name, split in classified(root):
        if name is None or name.lower() not in EMOTIONS:
            reason = f"the folder {name!r} is none of {', '.join(EMOTIONS)}"
            yield unreadable(path, reason, published_split=split)
        else:
            yield {"path": path, "emotion": vocabulary.emotion(name), "published_split": split}


def _table_rows(root: Path, table: Path, cache: Path | None) -> Iterator[Row]:
    names, delimiter = _names(table), header(table)[1]
    folder = _photos_folder(table, cache)
    numbered = islice(lines(table), 1, None)
    for number, line in track(numbered, "Unpacking fer2013's pixels"):
        place = f"{table.name}:{number}"
        try:
            cells = fields(line, delimiter)
            if len(cells) != len(names):
                raise ValueError(f"{place} has {len(cells)} columns instead of {len(names)}")
            row = dict(zip(names, cells, strict=True))
            emotion, split = _emotion(row["emotion"]), _split(row.get("usage", "Training"))
            photo = folder / split / emotion / f"{number:06d}.png"
            if not photo.exists():
                _save(_pixels(row["pixels"]), photo)
        except ValueError as error:
            yield unreadable(place, error)
            continue
        path = Path(os.path.relpath(photo, root)).as_posix()
        yield {
            "path": path,
            "emotion": vocabulary.emotion(emotion),
            "published_split": split if "usage" in names else None,
        }


def _photos_folder(table: Path, cache: Path | None) -> Path:
    status = table.stat()
    version = f"{table.resolve()} {status.st_size} {status.st_mtime_ns}"
    key = hashlib.sha256(os.fsencode(version)).hexdigest()[:8]
    return (cache or table.parent) / f"fer2013-{key}"


def _emotion(text: str) -> str:
    codes = {str(code): emotion for code, emotion in enumerate(EMOTIONS)}
    if text.strip() not in codes:
        raise ValueError(f"emotion {text!r} is none of 0 to {len(EMOTIONS) - 1}")
    return codes[text.strip()]


def _split(text: str) -> str:
    if text.strip().lower() not in SPLIT_FOLDERS:
        raise ValueError(f"usage {text!r} is none of Training, PublicTest, PrivateTest")
    return SPLIT_FOLDERS[text.strip().lower()]


def _pixels(text: str) -> NDArray[np.uint8]:
    values = np.array([int(value) for value in text.split()])
    if values.size != SIDE * SIDE:
        raise ValueError(f"{values.size} pixels instead of {SIDE * SIDE}")
    if values.min() < 0 or values.max() > 255:
        raise ValueError("pixels outside 0 to 255")
    return values.astype(np.uint8).reshape(SIDE, SIDE)


def _save(pixels: NDArray[np.uint8], photo: Path) -> None:
    try:
        with files.whole(photo) as unfinished:
            Image.fromarray(pixels).save(unfinished, format="PNG")
    except OSError as error:
        raise DataError(
            f"The photos of fer2013's CSV cannot be unpacked to {photo.parent}: {error}.",
            "Free some space there, or name another cache folder.",
        ) from error


READER = Reader(
    name="fer2013",
    description="48 px photos in train, validation and test folders of seven emotions, or a CSV "
    "with the columns emotion, pixels and Usage",
    recognise=_recognise,
    rows=_rows,
)
