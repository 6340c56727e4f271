"""All that happens in a search, on disk before anyone acts on it: one JSON line per event."""

import errno
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from fdc import files
from fdc.errors import TrackingError

JOURNAL = "journal.jsonl"

_OLDER_FILES = ("state.json", "tracking/journal.jsonl")
"""What searches of fdc 0.1 wrote, which had no such journal."""

Event = dict[str, Any]
"""Its kind, its time in milliseconds since 1970, and what else belongs to that kind."""


class Journal:
    """An append-only file of events that survives the death of its process at any moment.

    One process at a time holds it. A line is written by one system call, so that a kill leaves
    whole lines; a torn last line, as a full disk leaves it, is set aside when the file is opened.

    Args:
        folder: Where the journal lies; made where absent.

    Attributes:
        folder: Where the journal lies.
        identity: Tells this journal from any other one, so that nothing is created in MLflow twice.
        grown: Set by every append; cleared by who waits for more to read.

    Raises:
        TrackingError: Where another process holds the journal, or an older fdc began the search.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # The sender's thread lets go of what the caller's thread took.
        self._lock = FileLock(folder / "journal.lock", thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise TrackingError(
                f"Another process searches in {folder}.", "Wait for it, or use another folder."
            ) from None
        self._path = folder / JOURNAL
        if is_of_older_fdc(folder):
            self._lock.release()
            raise TrackingError(
                f"The search in {folder} was begun by an older fdc, and cannot be taken up.",
                "Search anew: pass --fresh, or move the folder away.",
            )
        self.grown = threading.Event()
        self._mutex = threading.Lock()
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        self._drop_torn_line()
        first = next(iter(self.read(limit=1)), None)
        if first is None:
            self.identity = uuid.uuid4().hex
            self.append("journal", identity=self.identity)
        else:
            self.identity = str(first[0]["identity"])

    @property
    def end(self) -> int:
        """Size of the journal, in bytes."""
        return os.fstat(self._file).st_size

    def append(self, kind: str, **content: Any) -> Event:
        """Writes one event.

        Args:
            kind: What happened.
            **content: Anything that JSON can say, NaN and NumPy's numbers included.

        Returns:
            The event as `read` will give it.

        Raises:
            TrackingError: If it cannot be written, as on a full disk.
        """
        event = {"kind": kind, "time": time.time_ns() // 1_000_000, **content}
        line = json.dumps(event, ensure_ascii=False, default=_plain).encode() + b"\n"
        with self._mutex:
            size = self.end
            try:
                if os.write(self._file, line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError as error:
                os.ftruncate(self._file, size)
                raise TrackingError(
                    f"{self._path} cannot be written: {error.strerror}.",
                    "Make room, and run the same command again.",
                ) from error
        self.grown.set()
        return _decoded(line)

    def read(self, offset: int = 0, limit: int | None = None) -> Iterator[tuple[Event, int]]:
        """Reads events.

        Args:
            offset: Where to begin, in bytes.
            limit: How many at most.

        Yields:
            The event, and the offset behind it.
        """
        with self._path.open("rb") as file:
            file.seek(offset)
            for count, line in enumerate(file):
                if count == limit or not line.endswith(b"\n"):
                    return
                offset += len(line)
                yield _decoded(line), offset

    def store_file(self, content: bytes, name: str) -> str:
        """Keeps a file until it is sent, and for a database that has to be filled again.

        Args:
            content: The file's bytes.
            name: The file's name, without a folder.

        Returns:
            Its path relative to the journal's folder.
        """
        place = self.folder / "artifacts" / sha256(content).hexdigest()[:16] / name
        if not place.exists():
            files.write_bytes(place, content)
        return str(place.relative_to(self.folder))

    def close(self) -> None:
        """Lets go of the file and its lock."""
        os.close(self._file)
        self._lock.release()

    def _drop_torn_line(self) -> None:
        size = self.end
        if size == 0 or os.pread(self._file, 1, size - 1) == b"\n":
            return
        whole = self._path.read_bytes().rfind(b"\n") + 1
        os.ftruncate(self._file, whole)


def is_of_older_fdc(folder: Path) -> bool:
    """Whether a search in a folder was begun by an fdc that had no such journal."""
    older = any((folder / name).exists() for name in _OLDER_FILES)
    return older and not (folder / JOURNAL).exists()


def _decoded(line: bytes) -> Event:
    event: Event = json.loads(line)
    return event


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's own; anything else as its text."""
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "ndim", 1) == 0 else str(value)
