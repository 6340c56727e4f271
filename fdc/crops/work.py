"""What is done with one photo, whichever executor does it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fdc.crops.record import Record
from fdc.faces.preparer import Preparer, Refused
from fdc.faces.recipe import Recipe

_log = logging.getLogger("fdc")


@dataclass(frozen=True)
class Photo:
    """One photo to prepare.

    Attributes:
        key: its name in the store.
        path: relative to the root.
        image_id: SHA-256 of the bytes that the manifest was made from.
        box: x, y, width, height of the face, where the annotation has it.
        landmarks: ten numbers, where the annotation has them.
    """

    key: str
    path: str
    image_id: str
    box: tuple[float, ...] | None = None
    landmarks: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a photo.

    Attributes:
        record: what the store should know of it.
        pixels: uint8 RGB (size, size, 3); null where it was refused.
        lasting: whether a rerun would find the same. A file that is gone or has changed says
            nothing about the photo that the key names, so the store must not learn it.
    """

    record: Record
    pixels: NDArray[np.uint8] | None = None
    lasting: bool = True


@dataclass(frozen=True)
class Job:
    """What an executor hands to each of its workers.

    Attributes:
        recipe: how photos become crops.
        root: folder of the photos, or an fsspec URL such as s3://bucket/photos.
        weights_folders: where weights may lie.
        threads: threads for one photo.
    """

    recipe: Recipe
    root: str
    weights_folders: tuple[str, ...]
    threads: int

    def preparer(self) -> Preparer:
        """Load the networks."""
        return Preparer(self.recipe, self.weights_folders, self.threads)

    def reader(self) -> Callable[[str], bytes]:
        """Who reads a path below the root."""
        if "://" not in self.root:
            folder = Path(self.root)
            return lambda path: (folder / path).read_bytes()
        import fsspec

        files, base = fsspec.core.url_to_fs(self.root)
        return lambda path: bytes(files.cat_file(f"{base.rstrip('/')}/{path}"))


class Execute(Protocol):
    """An executor: does a job for many photos."""

    def __call__(self, job: Job, photos: Iterable[Photo], workers: int | None) -> Iterator[Outcome]:
        """Prepare photos.

        Args:
            job: what is done.
            photos: taken as they are needed.
            workers: how many photos at a time; null: one per core.

        Yields:
            Outcomes in the order of the photos.
        """
        ...


def fetch(read: Callable[[str], bytes], photo: Photo) -> bytes | Outcome:
    """Read a photo's bytes; an outcome says why they cannot be had."""
    try:
        data = read(photo.path)
    except FileNotFoundError:
        return refusal(photo, "vanished", "there is no file any more", lasting=False)
    except MemoryError:
        return refusal(photo, "out of memory", "its file is larger than a worker may use")
    except Exception as error:  # stores in a network fail in ways of their own
        told = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        return refusal(photo, "unreadable", told, lasting=False)
    if hashlib.sha256(data).hexdigest() != photo.image_id:
        return refusal(
            photo,
            "changed",
            "the file has changed since the manifest was made; prepare again",
            lasting=False,
        )
    return data


def process(preparer: Preparer, photo: Photo, data: bytes | Outcome) -> Outcome:
    """Prepare one photo; whatever goes wrong costs this photo alone."""
    if isinstance(data, Outcome):
        return data
    try:
        crop = preparer.crop(data, photo.box, photo.landmarks)
    except Refused as refused:
        return refusal(photo, refused.rule, refused.reason)
    except MemoryError:
        return refusal(photo, "out of memory", "it needs more memory than a worker may use")
    except Exception as error:  # libraries fail in ways of their own on photos nobody foresaw
        _log.exception("%s cannot be prepared", photo.path)
        return refusal(photo, "failed", f"{type(error).__name__}: {error}")
    record = Record(
        photo.key,
        notes=crop.notes,
        box=None if crop.box is None else [round(x, 3) for x in crop.box],
        landmarks=None if crop.landmarks is None else [round(x, 3) for x in crop.landmarks.flat],
        confidence=round(crop.confidence, 4),
        found_by=crop.found_by,
    )
    return Outcome(record, crop.pixels)


def process_all(
    preparer: Preparer, read: Callable[[str], bytes], photos: Iterable[Photo]
) -> Iterator[Outcome]:
    """Prepare photos one after the other; the next one is read while one is computed."""
    waiting = iter(photos)

    def bring() -> tuple[Photo, bytes | Outcome] | None:
        photo = next(waiting, None)
        return None if photo is None else (photo, fetch(read, photo))

    with ThreadPoolExecutor(1) as reader:
        ahead = reader.submit(bring)
        while (item := ahead.result()) is not None:
            ahead = reader.submit(bring)
            yield process(preparer, *item)


def refusal(photo: Photo, rule: str, reason: str, *, lasting: bool = True) -> Outcome:
    """The outcome of a photo that gives no crop."""
    return Outcome(Record(photo.key, rule, " ".join(reason.split())), None, lasting)
