"""The spool: everything that is to be told to MLflow, first on disk, one JSON line per event."""

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

Event = dict[str, Any]


class Journal:
    """An append-only file of events that survives the death of its process at any moment.

    One process at a time holds it. A line is written by one system call, so that a kill leaves
    whole lines; a torn last line, as a full disk leaves it, is set aside when the file is opened.

    Args:
        folder: Where the journal lies; made where absent.

    Attributes:
        identity: LocalizedText this journal in MLflow, so that nothing is created twice.

    Raises:
        TrackingError: Where another process holds the journal.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # The sender's thread lets go of what the caller's thread took.
        self._lock = FileLock(folder / "lock", thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise TrackingError(
                f"Another process writes the runs of {folder}.",
                "Wait until that search has ended, or end it.",
            ) from None
        self._path = folder / "journal.jsonl"
        self._mutex = threading.Lock()
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        self._mend_torn_line()
        first = next(iter(self.read(0, 1)), None)
        if first is None:
            self.identity = uuid.uuid4().hex
            self.append("journal", identity=self.identity)
        else:
            self.identity = str(first[0]["identity"])

    @property
    def end(self) -> int:
        """Size of the journal, in bytes."""
        return os.fstat(self._file).st_size

    def append(self, kind: str, run: str = "", **content: Any) -> Event:
        """Writes one event.

        Args:
            kind: What happened.
            run: Key of the run to which it happened.
            **content: Anything that JSON can say, NaN included.

        Returns:
            The event, with its time in milliseconds since 1970.
        """
        event = {"kind": kind, "run": run, "time": time.time_ns() // 1_000_000, **content}
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
        return event

    def read(self, offset: int, limit: int | None = None) -> Iterator[tuple[Event, int]]:
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
                yield json.loads(line), offset

    def keep(self, content: bytes, name: str) -> str:
        """Keeps a file until it is sent, and for a database that has to be filled again.

        Args:
            content: The file's bytes.
            name: The file's name, without a folder.

        Returns:
            Its path relative to the journal's folder.
        """
        place = self.folder / "files" / sha256(content).hexdigest()[:16] / name
        if not place.exists():
            files.write_bytes(place, content)
        return str(place.relative_to(self.folder))

    def close(self) -> None:
        """Lets go of the file and its lock."""
        os.close(self._file)
        self._lock.release()

    def _mend_torn_line(self) -> None:
        size = self.end
        if size == 0 or os.pread(self._file, 1, size - 1) == b"\n":
            return
        whole = self._path.read_bytes().rfind(b"\n") + 1
        os.ftruncate(self._file, whole)


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's own; anything else as its text."""
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "ndim", 1) == 0 else str(value)
