"""Answers about files, kept by path, size and time of change, so that no file is asked twice."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fdc.errors import StoreError

_ANSWERS_PER_COMMIT = 500

_logger = logging.getLogger(__name__)


class Stamp(NamedTuple):
    """By what a file is seen to be the one that it was: it changes with every write.

    Attributes:
        size: Bytes.
        mtime_ns: Time of the last change, in nanoseconds.
    """

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, file: str | int) -> Stamp | None:
        """The stamp of a path or of an open file; None where there is no such file."""
        try:
            status = os.stat(file)
        except (OSError, ValueError):  # ValueError: a NUL in a path that a table made up
            return None
        return cls(status.st_size, status.st_mtime_ns)


class AnswerCache:
    """An SQLite file of answers, or nothing where no file is named.

    Args:
        file: The database; it is made with its folder where it is missing, and anew where it is
            damaged or of another version. None: nothing is kept.
        columns: Names of an answer's values: texts, whole numbers or None.
        version: To be raised when the same file would get another answer.

    Raises:
        StoreError: The file can be neither read nor written.
    """

    def __init__(self, file: Path | None, columns: Sequence[str], version: int) -> None:
        self._file = file
        self._columns = columns
        self._version = version
        self._pending: list[tuple[object, ...]] = []
        self._database = self._connect(file) if file else None

    def find(self, stamps: Mapping[str, Stamp]) -> dict[str, tuple[Any, ...]]:
        """The answers for files that have not changed since.

        Args:
            stamps: By absolute path.

        Returns:
            Values in the order of the columns, by path.
        """
        if self._database is None:
            return {}
        query = "SELECT size, mtime_ns, answers.* FROM answers WHERE path = ?"
        found = {}
        for path, stamp in stamps.items():
            row = self._database.execute(query, [os.fsencode(path)]).fetchone()
            if row and row[:2] == stamp:
                found[path] = row[5:]
        return found

    def add(self, path: str, stamp: Stamp, answer: Iterable[object]) -> None:
        """Keeps an answer; written now and then, and by `close`."""
        self._pending.append((os.fsencode(path), *stamp, *answer))
        if len(self._pending) >= _ANSWERS_PER_COMMIT:
            self._commit()

    def close(self) -> None:
        """Writes what is pending, also when the run was interrupted."""
        self._commit()
        if self._database is not None:
            self._database.close()

    def _commit(self) -> None:
        if self._database is not None and self._pending:
            places = ", ".join("?" * len(self._pending[0]))
            statement = f"INSERT OR REPLACE INTO answers VALUES ({places})"
            try:
                with self._database:
                    self._database.executemany(statement, self._pending)
            except sqlite3.Error as error:
                raise _unusable(self._file, error) from error
        self._pending.clear()

    def _connect(self, file: Path) -> sqlite3.Connection:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                return self._open(file)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                _logger.warning("%s is damaged and starts anew: all photos are read again.", file)
                file.unlink()
                return self._open(file)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(file, error) from error

    def _open(self, file: Path) -> sqlite3.Connection:
        database = sqlite3.connect(file, timeout=60)
        columns = ", ".join(self._columns)
        try:
            if database.execute("PRAGMA user_version").fetchone()[0] != self._version:
                with database:
                    database.execute("DROP TABLE IF EXISTS answers")
                    database.execute(
                        "CREATE TABLE answers "
                        f"(path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, {columns})"
                    )
                    database.execute(f"PRAGMA user_version = {self._version}")
        except sqlite3.Error:
            database.close()
            raise
        return database


def _unusable(file: Path | None, error: Exception) -> StoreError:
    return StoreError(
        f"The cache of inspected photos, {file}, cannot be used: {error}.",
        "Free some space on that disk, or name another cache folder.",
    )
