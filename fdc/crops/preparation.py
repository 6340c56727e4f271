"""Photos to outcomes: what a worker does with each, and who has many of them done."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fdc.choices import Engine
from fdc.crops.record import Record
from fdc.execution import memory
from fdc.execution.mapping import ITEM_BYTES, Crashed, map_ordered
from fdc.faces.preparer import Preparer, Refused
from fdc.faces.recipe import Recipe
from fdc.imaging.cache import Stamp

_log = logging.getLogger("fdc")

Read = Callable[[str], tuple[bytes, Stamp | None]]
"""Gives the bytes of a path, and the file's stamp where its file system has such."""

SECONDS_PER_PHOTO = 300.0


@dataclass(frozen=True)
class Photo:
    """One photo to prepare.

    Attributes:
        key: its name in the store.
        path: relative to the root.
        image_id: SHA-256 of the bytes that the manifest was made from.
        box: x, y, width, height of the face, where the annotation has it.
        landmarks: ten numbers, where the annotation has them.
        stamp: of the file when its SHA-256 was taken, where known: a file of the same stamp is not
            hashed again.
    """

    key: str
    path: str
    image_id: str
    box: tuple[float, ...] | None = None
    landmarks: tuple[float, ...] | None = None
    stamp: Stamp | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a photo.

    Attributes:
        record: what the store should know of it.
        pixels: uint8 RGB (size, size, 3); None where it was refused.
        lasting: whether a rerun would find the same. A file that is gone or has changed says
            nothing about the photo that the key names, so the store must not learn it.
    """

    record: Record
    pixels: NDArray[np.uint8] | None = None
    lasting: bool = True


@dataclass(frozen=True)
class Preparation:
    """What a worker needs to know to turn photos into outcomes.

    Attributes:
        recipe: how photos become crops.
        root: folder of the photos, or an fsspec URL such as s3://bucket/photos.
        weights_folders: where weights may lie.
        threads: threads for one photo.
        memory_bytes: what a worker may hold; a photo that needs more is refused.
    """

    recipe: Recipe
    root: str
    weights_folders: tuple[str, ...] = ()
    threads: int = 1
    memory_bytes: int = ITEM_BYTES

    def outcomes(self, photos: Iterator[Photo]) -> Iterator[Outcome]:
        """The work of a worker: photos one after the other, the next one read ahead."""
        memory.limit_data(self.memory_bytes)
        yield from process_all(self.preparer(), self.reader(), photos)

    def preparer(self) -> Preparer:
        """Load the networks."""
        return Preparer(self.recipe, self.weights_folders, self.threads)

    def reader(self) -> Read:
        """What reads a path below the root."""
        if "://" not in self.root:
            return partial(_read_local, Path(self.root))
        import fsspec

        files, base = fsspec.core.url_to_fs(self.root)
        return lambda path: (bytes(files.cat_file(f"{base.rstrip('/')}/{path}")), None)


def prepare_photos(
    preparation: Preparation,
    photos: Iterable[Photo],
    *,
    engine: Engine = "local",
    workers: int | None = None,
    seconds: float = SECONDS_PER_PHOTO,
) -> Iterator[Outcome]:
    """Have photos prepared by workers; one that kills its worker costs itself alone.

    Args:
        preparation: what they do.
        photos: taken as they are needed, so that memory does not grow with their number.
        engine: key of `fdc.execution.pool.ENGINES`.
        workers: how many; None: as many as there are processors for.
        seconds: a photo that takes longer is given up.

    Yields:
        Outcomes in the order of the photos, the same on every engine.

    Raises:
        WeightsError: weights that the recipe names are missing.
        ExecutionError: there is no such engine or no cluster, or workers do not start.
    """
    for outcome in map_ordered(
        preparation.outcomes,
        photos,
        engine=engine,
        workers=workers,
        cpus=preparation.threads,
        memory_bytes=preparation.memory_bytes,
        hang_seconds=seconds,
    ):
        if isinstance(outcome, Crashed):
            yield refusal(outcome.item, "crashed the worker", outcome.reason)
        else:
            yield outcome


def _read_local(root: Path, path: str) -> tuple[bytes, Stamp | None]:
    with open(root / path, "rb") as file:
        return file.read(), Stamp.of(file.fileno())


def fetch(read: Read, photo: Photo) -> bytes | Outcome:
    """Read a photo's bytes; an outcome says why they cannot be had."""
    try:
        data, stamp = read(photo.path)
    except FileNotFoundError:
        return refusal(photo, "vanished", "there is no file any more", lasting=False)
    except MemoryError:
        return refusal(photo, "out of memory", "its file is larger than a worker may use")
    except Exception as error:  # stores in a network fail in ways of their own
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        return refusal(photo, "unreadable", reason, lasting=False)
    seen_before = stamp is not None and stamp == photo.stamp
    if not seen_before and hashlib.sha256(data).hexdigest() != photo.image_id:
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


def process_all(preparer: Preparer, read: Read, photos: Iterable[Photo]) -> Iterator[Outcome]:
    """Prepare photos one after the other; the next one is read while one is computed."""
    waiting = iter(photos)

    def bring() -> tuple[Photo, bytes | Outcome] | None:
        photo = next(waiting, None)
        return None if photo is None else (photo, fetch(read, photo))

    reader = ThreadPoolExecutor(1)
    try:
        ahead = reader.submit(bring)
        while (item := ahead.result()) is not None:
            ahead = reader.submit(bring)
            yield process(preparer, *item)
    finally:
        reader.shutdown(wait=False)  # it may wait for a photo that never comes


def refusal(photo: Photo, rule: str, reason: str, *, lasting: bool = True) -> Outcome:
    """The outcome of a photo that gives no crop."""
    return Outcome(Record(photo.key, rule, " ".join(reason.split())), None, lasting)
