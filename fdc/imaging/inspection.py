"""One pass over the files: what each photo is by its bytes and by its looks, and whether it opens.

The answers are kept by path, size and time of change, so that a rerun reads no photo again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fdc.errors import PhotoError
from fdc.execution.cpus import usable_cpus
from fdc.execution.mapping import Crashed, map_ordered
from fdc.imaging import decoding
from fdc.imaging.cache import AnswerCache, Stamp
from fdc.imaging.perceptual_hash import DECODED_SIDE, perceptual_hashes
from fdc.progress import track

if TYPE_CHECKING:
    import pandas as pd

MISSING = "there is no such file"
"""The error of a path at which no file lies."""

CACHE_NAME = "inspection.sqlite"

_VERSION = 2
"""To be raised when the same file would get another answer: older answers are then dropped."""

_WORTH_PROCESSES = 2_000
"""With fewer photos, processes take longer to start than they help."""

_PHOTOS_AHEAD = 16
"""How many photos a process is given at once, so that it does not wait for the next."""


class Inspected(NamedTuple):
    """What is found in one file.

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


def inspect(
    paths: Sequence[Path], cache: Path | None = None, workers: int | None = None
) -> pd.DataFrame:
    """Inspects every photo, each read once; a bad one gets an error and stops nothing.

    Args:
        paths: Of the photos; a path may come twice.
        cache: Folder in which the answers are kept for the next time; None: not kept.
        workers: How many photos at a time; None: one for each processor.

    Returns:
        One row per path, in their order, with the columns of `Inspected`, and of `Stamp` as
        `file_size` and `file_mtime_ns`.

    Raises:
        StoreError: If the cache can be neither read nor written.
        ExecutionError: If worker processes do not start.
    """
    import pandas as pd  # here, because the worker processes need none of it

    absolute = [os.path.abspath(path) for path in paths]
    stamps = {path: stamp for path in dict.fromkeys(absolute) if (stamp := Stamp.of(path))}
    with closing(AnswerCache(cache and cache / CACHE_NAME, Inspected._fields, _VERSION)) as kept:
        answers = {path: Inspected(*values) for path, values in kept.find(stamps).items()}
        pending = [path for path in stamps if path not in answers]
        if pending:
            looked = _inspect_all(pending, workers)
            answered = zip(pending, looked, strict=True)
            for path, answer in track(answered, "Inspecting photos", total=len(pending)):
                answers[path] = answer
                if answer.image_id is not None:  # what could not be read may be there tomorrow
                    kept.add(path, stamps[path], answer)
    absent, unknown = Inspected(error=MISSING), (None, None)
    rows = [(*answers.get(path, absent), *stamps.get(path, unknown)) for path in absolute]
    whole = dict.fromkeys(("width", "height", "file_size", "file_mtime_ns"), "Int64")
    columns = [*Inspected._fields, "file_size", "file_mtime_ns"]
    table = pd.DataFrame(rows, columns=columns, dtype=object)
    return table.astype(dict.fromkeys(Inspected._fields, "string") | whole)


def inspect_file(path: str) -> Inspected:
    """Reads, hashes and decodes one photo.

    Args:
        path: Of a file.

    Returns:
        What is found; `error` instead of an exception, whatever is wrong with the file.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return Inspected(error=f"the file cannot be read: {error.strerror}")
    image_id = hashlib.sha256(data).hexdigest()
    try:
        width, height = decoding.size(data)
        straight, mirrored = perceptual_hashes(decoding.decode(data, at_least=DECODED_SIDE))
    except PhotoError as error:
        return Inspected(image_id, error=error.message)
    except (MemoryError, RecursionError) as error:  # one monstrous photo must not stop the others
        return Inspected(image_id, error=f"the photo is too big to decode: {error!r}")
    return Inspected(image_id, width, height, straight, mirrored)


def _inspect_all(paths: Sequence[str], workers: int | None) -> Iterator[Inspected]:
    # Threads start at once, but small photos spend half of their time in the interpreter.
    workers = workers or usable_cpus()
    if workers > 1 and len(paths) >= _WORTH_PROCESSES:
        return _in_processes(inspect_file, paths, workers)
    return _in_threads(inspect_file, paths, workers)


def _in_threads(
    inspect_one: Callable[[str], Inspected], paths: Sequence[str], workers: int
) -> Iterator[Inspected]:
    executor = ThreadPoolExecutor(workers)
    try:
        yield from executor.map(inspect_one, paths)
    finally:
        executor.shutdown(cancel_futures=True)


def _in_processes(
    inspect_one: Callable[[str], Inspected], paths: Sequence[str], workers: int
) -> Iterator[Inspected]:
    """A photo that ends its process, by a decoder's fault or for want of memory, is found out."""
    for answer in map_ordered(
        partial(map, inspect_one), paths, workers=workers, ahead=_PHOTOS_AHEAD
    ):
        if isinstance(answer, Crashed):
            yield Inspected(error="the photo ends the process that inspects it")
        else:
            yield answer
