"""What a worker is, what it and its pool tell each other, and what every pool can do."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

SECONDS_BETWEEN_HEARTBEATS = 1.0

Cause = Literal["crash", "exhausted", "hang", "lost"]
"""Why a worker is gone: by itself or for its limit; memory ran out inside a library, which had said
so; silence; its machine went, which is no fault of what it did."""


def _same_environment(memory_bytes: int) -> Mapping[str, str]:
    return {}


def _never(output: str) -> bool:
    return False


@dataclass(frozen=True)
class WorkerSpec:
    """What each worker of a pool is; all of it can be pickled.

    Attributes:
        target: Its life, called as `target(channel, *arguments)`. It sends `Ready` once it can be
            given something, and ends when `channel.receive` raises EOFError. A function that can be
            imported: a module run as a script cannot.
        arguments: Of the target.
        environment: Called with the memory limit in bytes; variables that stand in the worker's
            environment before it starts.
        memory_bytes: Anonymous memory that it may use; 0: its part of what is free where it runs.
        growth_bytes: By how much more memory than at `Ready` an idle worker is replaced.
        hang_seconds: After how much silence one that has something to do is killed.
        cpus: Processors that it takes.
        gpus: The same; a part of one lets several workers share it.
        output: Folder of the files into which it prints; None: where its pool prints.
        exhausted: Whether what it printed tells that memory ran out inside a library.
    """

    target: Callable[..., None]
    arguments: tuple[Any, ...] = ()
    environment: Callable[[int], Mapping[str, str]] = _same_environment
    memory_bytes: int = 0
    growth_bytes: float = math.inf
    hang_seconds: float = math.inf
    cpus: int = 1
    gpus: float = 0.0
    output: Path | None = None
    exhausted: Callable[[str], bool] = _never


@dataclass(frozen=True)
class Ready:
    """From a worker: everything is imported and loaded."""


@dataclass(frozen=True)
class Heartbeat:
    """From a worker: it is at work. The pool keeps it to itself."""


@dataclass(frozen=True)
class Died:
    """From the pool: the worker is gone, and a fresh one starts in its place.

    Attributes:
        what: What happened to it; the same on every machine.
        memory: What it had used and might use; empty where that says nothing.
        output: The last lines that it printed.
        cause: Why.
    """

    what: str
    memory: str = ""
    output: str = ""
    cause: Cause = "crash"

    @property
    def reason(self) -> str:
        """What happened to it, figures included."""
        return f"{self.what}, {self.memory}" if self.memory else self.what


class Channel:
    """The worker's end of the line to its pool."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last_heartbeat = 0.0

    def send(self, message: object) -> None:
        """Sends an event; an exception is raised by the pool's `receive`."""
        self._connection.send(message)

    def receive(self) -> Any:
        """Waits for a message of the pool's owner.

        Raises:
            EOFError: The pool is closed or gone.
        """
        return self._connection.recv()

    def heartbeat(self) -> None:
        """Tells that the worker is at work; cheap enough to be called after every step."""
        if time.monotonic() - self._last_heartbeat >= SECONDS_BETWEEN_HEARTBEATS:
            self._last_heartbeat = time.monotonic()
            self.send(Heartbeat())


class WorkerPool(ABC):
    """Supervised workers, each a process of its own; one that dies is replaced.

    A pool is used by one thread, and lives no longer than it.
    """

    peak_bytes = 0
    """Most anonymous memory that one worker used."""

    @property
    @abstractmethod
    def names(self) -> list[str]:
        """The workers that can be sent something now; what comes before `Ready` waits."""

    @abstractmethod
    def send(self, name: str, message: object) -> None:
        """Sends a worker something to do; `receive` tells of one that is gone."""

    @abstractmethod
    def receive(self, timeout: float) -> Iterator[tuple[str, Any]]:
        """Waits for events, `Ready` and `Died` among them, and yields those that have come.

        Args:
            timeout: Seconds after which it returns even if nothing has come.

        Yields:
            A worker's name and its event, of one worker in the order in which they happened.

        Raises:
            ExecutionError: Workers do not start, or no machine has had room for one for long.
            Exception: The one that a worker has sent.
        """

    @abstractmethod
    def mark_idle(self, name: str) -> None:
        """Notes that a worker has nothing to do: it may be silent, and be replaced if it grew."""

    @abstractmethod
    def kill(self, name: str, reason: str) -> None:
        """Ends a worker at once; `receive` then tells that it died, and why."""

    @abstractmethod
    def close(self) -> None:
        """Ends all workers; closing twice does nothing."""
