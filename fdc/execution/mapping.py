"""Many items through a pool: results in the order of the items, whatever happens to workers."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fdc.choices import Engine
from fdc.errors import FdcError
from fdc.execution.pool import open_pool
from fdc.execution.protocol import Channel, Died, Ready, WorkerPool, WorkerSpec

ATTEMPTS = 2
"""An item of which so many workers have died is given up."""

ITEM_BYTES = 4 << 30
"""What a worker may use unless it is told otherwise."""

_WINDOW = 8
"""How many times what it has ahead may be finished out of order, for each worker."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Crashed(Generic[Item]):
    """In place of a result: the item ended its worker, or took too long.

    Attributes:
        item: Which it was.
        reason: How, the same on every engine.
    """

    item: Item
    reason: str


@dataclass(frozen=True)
class _Done(Generic[Result]):
    result: Result


@dataclass
class _Task(Generic[Item]):
    number: int
    item: Item
    attempts: int = 0


def map_ordered(
    work: Callable[[Iterator[Item]], Iterator[Result]],
    items: Iterable[Item],
    *,
    engine: Engine = "local",
    workers: int | None = None,
    cpus: int = 1,
    memory_bytes: int = ITEM_BYTES,
    hang_seconds: float = float("inf"),
    ahead: int = 2,
) -> Iterator[Result | Crashed[Item]]:
    """Has every item worked on by some worker.

    An item whose worker died is tried once more and then given up; one that takes too long is given
    up at once; what was lost with a machine goes back without blame.

    Args:
        work: What a worker does: it takes its items as it needs them and yields a result for each,
            in their order. It may load what it needs before it takes the first. It can be imported,
            or is a `functools.partial` of what can: `partial(map, function)`.
        items: Taken as they are needed, so that memory does not grow with their number.
        engine: Key of `fdc.execution.pool.ENGINES`.
        workers: How many; None: as many as there are processors for.
        cpus: Processors that each of them takes.
        memory_bytes: Anonymous memory that each may use.
        hang_seconds: What an item may take.
        ahead: How many items a worker is given at once: more of them where each takes little time.

    Yields:
        A result for every item, in their order.

    Raises:
        ExecutionError: There is no such engine or no cluster, or workers do not start.
        Exception: What `work` raises.

    Example:
        >>> from functools import partial
        >>> list(map_ordered(partial(map, abs), [-3, 1, -2], workers=1))
        [3, 1, 2]
    """
    spec = WorkerSpec(
        _serve, (work,), memory_bytes=memory_bytes, hang_seconds=hang_seconds, cpus=cpus
    )
    with open_pool(engine, workers, spec) as pool:
        yield from _Mapping(pool, iter(items), hang_seconds, ahead).results()


class _Mapping(Generic[Item, Result]):
    def __init__(
        self, pool: WorkerPool, items: Iterator[Item], hang_seconds: float, ahead: int
    ) -> None:
        self._pool = pool
        self._items = items
        self._hang_seconds = hang_seconds
        self._ahead = ahead
        self._taken = 0
        self._exhausted = False
        self._queues: dict[str, deque[_Task[Item]]] = {}
        """What each worker that is ready has been sent and not answered, the oldest first."""
        self._returned: deque[_Task[Item]] = deque()
        self._results: dict[int, Result | Crashed[Item]] = {}
        self._next = 0

    def results(self) -> Iterator[Result | Crashed[Item]]:
        while True:
            self._hand_out()
            if self._exhausted and not self._returned and not any(self._queues.values()):
                return
            for name, event in self._pool.receive(1.0):
                self._on_event(name, event)
            while self._next in self._results:
                yield self._results.pop(self._next)
                self._next += 1

    def _hand_out(self) -> None:
        """Fills the shortest queues first, so that few items are spread over all workers."""
        while self._queues:
            name = min(self._queues, key=lambda worker: len(self._queues[worker]))
            task = self._next_task() if len(self._queues[name]) < self._ahead else None
            if task is None:
                return
            self._queues[name].append(task)
            self._pool.send(name, task.item)

    def _next_task(self) -> _Task[Item] | None:
        if self._returned:
            return self._returned.popleft()
        # One slow item must not let what is finished behind it grow.
        room = self._next + _WINDOW * self._ahead * len(self._queues)
        if self._exhausted or self._taken >= room:
            return None
        try:
            task = _Task(self._taken, next(self._items))
        except StopIteration:
            self._exhausted = True
            return None
        self._taken += 1
        return task

    def _on_event(self, name: str, event: Any) -> None:
        match event:
            case Ready():
                self._queues[name] = deque()
            case Died():
                self._on_death(event, self._queues.pop(name, deque()))
            case _Done():
                queue = self._queues[name]
                self._results[queue.popleft().number] = event.result
                if not queue:
                    self._pool.mark_idle(name)

    def _on_death(self, died: Died, tasks: deque[_Task[Item]]) -> None:
        if tasks and died.cause != "lost":
            first = tasks[0]
            first.attempts += 1
            hung = died.cause == "hang"
            if hung or first.attempts >= ATTEMPTS:
                reason = f"it took more than {self._hang_seconds:.0f} s" if hung else died.what
                self._results[first.number] = Crashed(first.item, reason)
                tasks.popleft()
        self._returned.extendleft(reversed(tasks))


def _serve(channel: Channel, work: Callable[[Iterator[Any]], Iterator[Any]]) -> None:
    """The life of a worker; it is ready when it asks for its first item."""
    try:
        for result in work(_received(channel)):
            channel.send(_Done(result))
    except (FdcError, EOFError, BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:
        error.add_note(traceback.format_exc())
        channel.send(error)


def _received(channel: Channel) -> Iterator[Any]:
    channel.send(Ready())
    while True:
        try:
            item = channel.receive()
        except EOFError:
            return
        yield item
