"""One pass over the files: what each photo is by its bytes and by its looks, and whether it opens.

The answers are kept by path, size and time of change, so that a rerun reads no photo again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from fdc.errors import PhotoError, StoreError
from fdc.execution.cpus import usable_cpus
from fdc.execution.processes import pool
from fdc.imaging import decoding as photos
from fdc.progress import track

if TYPE_CHECKING:
    import pandas as pd

MISSING = "there is no such file"
"""The error of a path at which no file lies."""

CACHE_NAME = "inspection.sqlite"

_VERSION = 2
"""To be raised when the same file would get another answer: older answers are then dropped."""

_SIDE = 32
"""Pixels of the square from which `imagehash.phash` takes its 8 x 8 lowest frequencies."""

DECODED_SIDE = 4 * _SIDE
"""A JPEG may be decoded at a reduced scale down to this shorter side.

A reduced photo is too wide by a part of a pixel, on one side. Down to 64 pixels that takes one
mirrored copy in seven farther than 2 bits from its original, down to 128 one in thirty.
"""

_ANSWERS_PER_COMMIT = 500

_WORTH_PROCESSES = 2_000
"""With fewer photos, processes take longer to start than they help."""

_PHOTOS_AT_A_TIME = 32
"""What a process is handed at once, so that little time goes into handing."""

_logger = logging.getLogger(__name__)


class Inspected(NamedTuple):
    """What one look at a photo tells.

    Attributes:
        image_id: SHA-256 of the file's bytes, in hex; None where they cannot be read.
        width: Pixels of the upright photo.
        height: Pixels of the upright photo.
        perceptual_hash: `imagehash.phash` of the upright photo, 16 hex digits.
        perceptual_hash_mirrored: The same of its mirror image.
        error: Why the photo cannot be used; None where it can.
    """

    image_id: str | None = None
    width: int | None = None
    height: int | None = None
    perceptual_hash: str | None = None
    perceptual_hash_mirrored: str | None = None
    error: str | None = None


class _Stamp(NamedTuple):
    path: str
    size: int
    mtime_ns: int


def inspect(
    paths: Sequence[Path], cache: Path | None = None, workers: int | None = None
) -> pd.DataFrame:
    """Looks at every photo, each read once; a bad one gets an error and stops nothing.

    Args:
        paths: Of the photos; a path may come twice.
        cache: Folder in which the answers are kept for the next time; None: not kept.
        workers: How many photos at a time; None: one for each processor.

    Returns:
        One row per path, in their order, with the columns of `Inspected`.

    Raises:
        StoreError: If the cache can be neither read nor written.
        FdcError: If worker processes cannot start.
    """
    import pandas as pd  # here, because the worker processes need none of it

    stamps = {path: _stamp(path) for path in map(os.path.abspath, paths)}
    present = [stamp for stamp in stamps.values() if stamp is not None]
    kept = _Answers(cache)
    with closing(kept):
        answers = kept.find(present)
        pending = [stamp for stamp in present if stamp.path not in answers]
        if pending:
            looked = _look_at_all([stamp.path for stamp in pending], workers)
            answered = zip(pending, looked, strict=True)
            for stamp, answer in track(answered, "Inspecting photos", total=len(pending)):
                answers[stamp.path] = answer
                kept.add(stamp, answer)
    absent = Inspected(error=MISSING)
    rows = [answers.get(os.path.abspath(path), absent) for path in paths]
    table = pd.DataFrame(rows, columns=list(Inspected._fields))
    return table.astype(dict.fromkeys(table, "string") | {"width": "Int64", "height": "Int64"})


def look(path: str) -> Inspected:
    """Looks at one photo.

    Args:
        path: Of a file.

    Returns:
        What it tells; `error` instead of an exception, whatever is wrong with the file.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return Inspected(error=f"the file cannot be read: {error.strerror}")
    image_id = hashlib.sha256(data).hexdigest()
    try:
        width, height = photos.size(data)
        straight, mirrored = perceptual_hashes(photos.decode(data, at_least=DECODED_SIDE))
    except PhotoError as error:
        return Inspected(image_id, error=error.message)
    except (MemoryError, RecursionError) as error:  # one monstrous photo must not stop the others
        return Inspected(image_id, error=f"the photo is too big to decode: {error!r}")
    return Inspected(image_id, width, height, straight, mirrored)


def perceptual_hashes(pixels: NDArray[np.uint8]) -> tuple[str, str]:
    """Perceptual hashes of a photo and of its mirror image.

    Args:
        pixels: uint8 RGB, shape (height, width, 3).

    Returns:
        Two times 16 hex digits. Photos that look alike differ in few of the 64 bits.
    """
    small = Image.fromarray(pixels).convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    straight, mirrored = (
        # What `str` gives for a hash, in a twentieth of the time.
        np.packbits(imagehash.phash(image).hash).tobytes().hex()
        for image in (small, ImageOps.mirror(small))
    )
    return straight, mirrored


def _stamp(path: str) -> _Stamp | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):  # ValueError: a NUL in a path that a table made up
        return None
    return _Stamp(path, status.st_size, status.st_mtime_ns)


def _look_at_all(paths: Sequence[str], workers: int | None) -> Iterator[Inspected]:
    # Threads start at once, but small photos spend half of their time in the interpreter.
    workers = workers or usable_cpus()
    if workers > 1 and len(paths) >= _WORTH_PROCESSES:
        return _in_processes(look, paths, workers)
    return _in_threads(look, paths, workers)


def _in_threads(
    look: Callable[[str], Inspected], paths: Sequence[str], workers: int
) -> Iterator[Inspected]:
    executor = ThreadPoolExecutor(workers)
    try:
        yield from executor.map(look, paths)
    finally:
        executor.shutdown(cancel_futures=True)


def _in_processes(
    look: Callable[[str], Inspected], paths: Sequence[str], workers: int
) -> Iterator[Inspected]:
    """A photo that ends its process, by a fault of a decoder or for want of memory, is found out.

    The photos that were under way are then looked at one after another, by one process.
    """
    done = suspects = 0
    while done < len(paths):
        count, size = (1, 1) if suspects else (workers, _PHOTOS_AT_A_TIME)
        chosen = paths[done : done + suspects] if suspects else paths[done:]
        with pool(count) as executor:
            try:
                for answer in executor.map(look, chosen, chunksize=size):
                    yield answer
                    done += 1
                suspects = 0
            except BrokenProcessPool:
                if suspects:
                    yield Inspected(error="the photo ends the process that looks at it")
                    done += 1
                suspects = 2 * workers * _PHOTOS_AT_A_TIME


class _Answers:
    """The cache: an SQLite file, or nothing where no folder is given."""

    def __init__(self, folder: Path | None) -> None:
        self._waiting: list[tuple[object, ...]] = []
        self._file = folder / CACHE_NAME if folder else None
        self._database = _connect(self._file) if self._file else None

    def find(self, stamps: Sequence[_Stamp]) -> dict[str, Inspected]:
        """The answers for files that have not changed since, by path."""
        if self._database is None:
            return {}
        query = "SELECT size, mtime_ns, answers.* FROM answers WHERE path = ?"
        found = {}
        for stamp in stamps:
            row = self._database.execute(query, [os.fsencode(stamp.path)]).fetchone()
            if row and row[:2] == stamp[1:]:
                found[stamp.path] = Inspected(*row[5:])
        return found

    def add(self, stamp: _Stamp, answer: Inspected) -> None:
        """Keeps an answer; one without bytes may be another tomorrow and is not kept."""
        if answer.image_id is not None:
            self._waiting.append((os.fsencode(stamp.path), *stamp[1:], *answer))
        if len(self._waiting) >= _ANSWERS_PER_COMMIT:
            self._commit()

    def close(self) -> None:
        """Writes what is waiting, also when the run was interrupted."""
        self._commit()
        if self._database is not None:
            self._database.close()

    def _commit(self) -> None:
        if self._database is None or not self._waiting:
            return
        places = ", ".join("?" * len(self._waiting[0]))
        try:
            with self._database:
                self._database.executemany(
                    f"INSERT OR REPLACE INTO answers VALUES ({places})", self._waiting
                )
        except sqlite3.Error as error:
            raise _unwritable(self._file, error) from error
        self._waiting.clear()


def _connect(file: Path) -> sqlite3.Connection:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _prepared(file)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            _logger.warning("%s is damaged and starts anew: all photos are read again.", file)
            file.unlink()
            return _prepared(file)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(file, error) from error


def _prepared(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=60)
    try:
        if database.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            with database:
                database.execute("DROP TABLE IF EXISTS answers")
                database.execute(
                    "CREATE TABLE answers (path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, "
                    + ", ".join(Inspected._fields)
                    + ")"
                )
                database.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _unwritable(file: Path | None, error: Exception) -> StoreError:
    return StoreError(
        f"The cache of inspected photos, {file}, cannot be used: {error}.",
        "Free some space on that disk, or name another cache folder.",
    )
