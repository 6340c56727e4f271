"""The one writer of a crop store."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fdc import files
from fdc.crops.index import CROPS, JOURNAL, journal_lines, write_index
from fdc.crops.record import Record
from fdc.crops.store import HOLDER, RECIPE, lock_store, read_recipe
from fdc.errors import StoreError
from fdc.faces.recipe import Recipe

_SECONDS_BETWEEN_SYNCS = 5.0
_TAIL = 64
_ROOM_FOR_TABLES = 2 << 20


class CropWriter:
    """The one writer of a store; a context manager that holds its lock.

    Args:
        folder: the store's folder; it is made if it is not there.
        recipe: the recipe of all its crops.

    Raises:
        StoreError: another process writes to it, the disk is full, or the folder holds crops of
            another recipe.
    """

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self.folder = Path(folder)
        self.recipe = recipe
        self._synced = time.monotonic()

    def __enter__(self) -> CropWriter:
        with _disk_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock_store(self.folder)
        try:
            with _disk_faults(self.folder):
                self._open()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            with _disk_faults(self.folder):
                self._sync()
                write_index(self.folder)
        finally:
            os.close(self._crops)
            os.close(self._journal)
            (self.folder / HOLDER).unlink(missing_ok=True)
            self._lock.release()

    def add(self, record: Record, pixels: NDArray[np.uint8] | None = None) -> None:
        """Append a photo.

        Args:
            record: what is known of it.
            pixels: uint8 RGB (size, size, 3); None for a refused photo.

        Raises:
            StoreError: the disk is full; the store stays as it was before this photo.
        """
        line: dict[str, Any] = {**asdict(record), "position": None, "checksum": None}
        crop = b"" if pixels is None else pixels.tobytes()
        if pixels is not None:
            line |= {"position": self.count, "checksum": zlib.crc32(crop)}
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        before = os.lseek(self._crops, 0, os.SEEK_CUR), os.lseek(self._journal, 0, os.SEEK_CUR)
        try:
            _write_all(self._crops, crop)
            _write_all(self._journal, text)
        except OSError as error:
            for file, end in zip((self._crops, self._journal), before, strict=True):
                os.ftruncate(file, end)
                os.lseek(file, end, os.SEEK_SET)
            raise _full_or(error, self.folder, len(crop) + len(text)) from error
        self.count += pixels is not None
        self.done.add(record.key)
        if time.monotonic() - self._synced > _SECONDS_BETWEEN_SYNCS:
            self._sync()

    def require_room(self, photos: int) -> None:
        """Ask before hours of work whether the crops of so many photos have room.

        Raises:
            StoreError: they have not; it says how much is needed.
        """
        needed = photos * (self.recipe.crop_bytes + 512) + _ROOM_FOR_TABLES
        free = shutil.disk_usage(self.folder).free
        if photos and needed > free:
            raise StoreError(
                f"The disk of {self.folder} has {_megabytes(free)} free; up to "
                f"{_megabytes(needed)} are needed for the crops of {photos} photos.",
                "Make room or name another folder for the stores, and run the same command again.",
            )

    def _open(self) -> None:
        path = self.folder / RECIPE
        text = self.recipe.model_dump_json(indent=2)
        if path.exists() and read_recipe(self.folder) != self.recipe:
            raise StoreError(
                f"{self.folder} holds crops of another recipe.", "Give each recipe its own folder."
            )
        if not path.exists():
            files.write_bytes(path, text.encode())
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._crops = os.open(self.folder / CROPS, flags, 0o644)
        self._journal = os.open(self.folder / JOURNAL, flags, 0o644)
        self._recover()
        holder = {"pid": os.getpid(), "host": os.uname().nodename, "since": time.ctime()}
        files.write_bytes(self.folder / HOLDER, json.dumps(holder).encode())

    def _recover(self) -> None:
        row_bytes = self.recipe.crop_bytes
        room_for = os.fstat(self._crops).st_size // row_bytes
        self.done: set[str] = set()
        self.count = 0
        ends: list[tuple[int, int, str, int | None]] = []
        end = 0
        for line, length in journal_lines(self.folder / JOURNAL):
            made = line["position"] is not None
            if made and (line["position"] != self.count or self.count >= room_for):
                break
            ends.append((end, self.count, line["key"], line["checksum"]))
            ends = ends[-_TAIL:]
            self.count += made
            self.done.add(line["key"])
            end += length
        # After a loss of power the last rows may have been promised, but not written.
        for start, count, _, checksum in ends:
            if checksum is None:
                continue
            crop = os.pread(self._crops, row_bytes, count * row_bytes)
            if zlib.crc32(crop) != checksum:
                lost = {key for begin, _, key, _ in ends if begin >= start}
                self.done -= lost
                self.count, end = count, start
                break
        for file, size in ((self._crops, self.count * row_bytes), (self._journal, end)):
            if os.fstat(file).st_size != size:
                os.ftruncate(file, size)
            os.lseek(file, size, os.SEEK_SET)

    def _sync(self) -> None:
        os.fsync(self._crops)
        os.fsync(self._journal)
        self._synced = time.monotonic()


def _write_all(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


@contextlib.contextmanager
def _disk_faults(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _full_or(error, folder, _ROOM_FOR_TABLES) from error


def _full_or(error: OSError, folder: Path, needed: int) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            f"The disk of {folder} is full: at least {_megabytes(needed)} more are needed.",
            "What is prepared is kept: make room and run the same command again.",
        )
    return StoreError(f"The crop store {folder} cannot be written: {error}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
