"""Worker processes on this machine, one single-threaded set of networks each.

A photo that kills its worker, by a fault of a decoder or for want of memory, costs that photo
alone: its worker is replaced, the photo is tried once more and then given up.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing.connection import Connection, wait

from fdc.crops.work import Job, Outcome, Photo, process_all, refusal
from fdc.errors import FdcError
from fdc.execution.cpus import usable_cpus

SECONDS_PER_PHOTO = 300.0
MEMORY_PER_WORKER = 4 << 30
_AHEAD = 2
_WINDOW = 16
_ATTEMPTS = 2


@dataclass
class _Task:
    number: int
    photo: Photo
    attempts: int = 0


@dataclass
class _Worker:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    ready: bool = False
    tasks: deque[_Task] = field(default_factory=deque)
    since: float = 0.0


def execute(
    job: Job,
    photos: Iterable[Photo],
    workers: int | None,
    *,
    seconds: float = SECONDS_PER_PHOTO,
    memory: int = MEMORY_PER_WORKER,
) -> Iterator[Outcome]:
    """Prepare photos in processes of their own.

    Args:
        job: what is done.
        photos: taken as they are needed, so that memory does not grow with their number.
        workers: how many processes; null: one per core, but no more than there are photos.
        seconds: a photo that takes longer is given up.
        memory: bytes of data that a worker may hold.

    Yields:
        Outcomes in the order of the photos.

    Raises:
        FdcError: workers cannot start, for example because weights are missing.
    """
    waiting = iter(photos)
    first = list(islice(waiting, workers or usable_cpus()))
    crew = _Crew(job, len(first), seconds, memory)
    try:
        yield from crew.work(enumerate(chain(first, waiting)))
    finally:
        crew.dismiss()


class _Crew:
    def __init__(self, job: Job, workers: int, seconds: float, memory: int) -> None:
        self._job = job
        self._seconds = seconds
        self._memory = memory
        # A forked process would inherit the locks of this one's threads.
        self._context = multiprocessing.get_context("spawn")
        self._workers = [self._hire() for _ in range(workers)]
        self._again: deque[_Task] = deque()
        self._finished: dict[int, Outcome] = {}
        self._next = 0
        self._stillborn = 0

    def work(self, photos: Iterator[tuple[int, Photo]]) -> Iterator[Outcome]:
        exhausted = False
        window = _WINDOW * len(self._workers)
        ahead: _Task | None = None
        while True:
            for worker in self._workers:
                while worker.ready and len(worker.tasks) < _AHEAD:
                    if ahead is None and not self._again and not exhausted:
                        found = next(photos, None)
                        exhausted = found is None
                        ahead = None if found is None else _Task(*found)
                    if self._again:
                        self._hand(worker, self._again.popleft())
                    elif ahead is not None and ahead.number < self._next + window:
                        self._hand(worker, ahead)
                        ahead = None
                    else:
                        break
            idle = ahead is None and not self._again
            if exhausted and idle and not any(worker.tasks for worker in self._workers):
                return
            self._listen()
            while self._next in self._finished:
                yield self._finished.pop(self._next)
                self._next += 1

    def dismiss(self) -> None:
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()

    def _hire(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(theirs, self._job, self._memory), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hand(self, worker: _Worker, task: _Task) -> None:
        if not worker.tasks:
            worker.since = time.monotonic()
        worker.tasks.append(task)
        # If it has died, `_listen` will find its pipe closed and pass its photos on.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.pipe.send(task.photo)

    def _listen(self) -> None:
        by_pipe = {id(worker.pipe): worker for worker in self._workers}
        for pipe in wait([worker.pipe for worker in self._workers], timeout=1.0):
            worker = by_pipe[id(pipe)]
            try:
                self._hear(worker, worker.pipe.recv())
            except (EOFError, ConnectionResetError):
                self._replace(worker)
        for worker in list(self._workers):
            if worker.tasks and worker.ready and time.monotonic() - worker.since > self._seconds:
                self._replace(worker, late=True)

    def _hear(self, worker: _Worker, message: Outcome | FdcError | None) -> None:
        if isinstance(message, FdcError):
            raise message
        if message is None:
            worker.ready = True
            return
        task = worker.tasks.popleft()
        worker.since = time.monotonic()
        self._finished[task.number] = message

    def _replace(self, worker: _Worker, late: bool = False) -> None:
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= 3:
                raise FdcError(
                    f"Worker processes die before they begin ({_ending(worker.process.exitcode)}).",
                    "Free memory, or prepare with fewer workers.",
                )
        tasks = list(worker.tasks)
        if tasks:
            tasks[0].attempts += 1
            if late:
                self._give_up(tasks.pop(0), f"it took more than {self._seconds:.0f} s")
            elif tasks[0].attempts >= _ATTEMPTS:
                self._give_up(tasks.pop(0), _ending(worker.process.exitcode))
        self._again.extendleft(reversed(tasks))
        self._workers[self._workers.index(worker)] = self._hire()

    def _give_up(self, task: _Task, why: str) -> None:
        self._finished[task.number] = refusal(task.photo, "crashed the worker", why)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"ended by {name}" + (", perhaps for want of memory" if name == "SIGKILL" else "")
    return f"exit code {code}"


def _serve(pipe: Connection, job: Job, memory: int) -> None:
    """The life of a worker: it reads one photo ahead and prepares one at a time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers itself
    resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.RLIM_INFINITY))
    try:
        preparer = job.preparer()
        read = job.reader()
    except FdcError as error:
        pipe.send(error)
        return
    pipe.send(None)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the parent is gone
        for outcome in process_all(preparer, read, _received(pipe)):
            pipe.send(outcome)


def _received(pipe: Connection) -> Iterator[Photo]:
    with contextlib.suppress(EOFError, OSError):
        while True:
            yield pipe.recv()
