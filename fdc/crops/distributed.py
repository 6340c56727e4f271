"""Tasks on a Ray cluster, a handful of photos each.

They are plain tasks: one that was lost with its node is handed out again, while a pool of actors
waits for the lost one. A process keeps its networks from task to task.
"""

from __future__ import annotations

import contextlib
import resource
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

import psutil

from fdc.crops.local import MEMORY_PER_WORKER, SECONDS_PER_PHOTO
from fdc.crops.work import Job, Outcome, Photo, process_all, refusal
from fdc.execution import cluster
from fdc.faces.preparer import Preparer

PHOTOS_PER_TASK = 16
_AHEAD = 2
_ATTEMPTS = 2


@dataclass(frozen=True)
class _Batch:
    """Photos of one task.

    Attributes:
        first: number of the first of them.
        photos: neighbours.
        crashes: how many processes have died of them.
    """

    first: int
    photos: tuple[Photo, ...]
    crashes: int = 0

    def apart(self) -> Iterator[_Batch]:
        """Each photo by itself, to find out which one it was."""
        for number, photo in enumerate(self.photos, self.first):
            yield _Batch(number, (photo,), self.crashes + 1)


def execute(
    job: Job,
    photos: Iterable[Photo],
    workers: int | None,
    *,
    seconds: float = SECONDS_PER_PHOTO,
    memory: int = MEMORY_PER_WORKER,
) -> Iterator[Outcome]:
    """Prepare photos on a cluster, whose machines all reach the photos and the weights.

    Args:
        job: what is done.
        photos: taken as they are needed, so that memory does not grow with their number.
        workers: how many tasks at a time; null: one per core of the cluster, as it grows and
            shrinks.
        seconds: a photo that takes longer is given up.
        memory: bytes of data that a photo may take beside the networks.

    Yields:
        Outcomes in the order of the photos.

    Raises:
        ExecutionError: there is no cluster.
        FdcError: the networks cannot be loaded there, for example because weights are missing.
    """
    with cluster.connected() as ray:
        tasks = _Tasks(ray, job, workers, seconds, memory)
        try:
            yield from tasks.work(photos)
        finally:
            tasks.cancel()


class _Tasks:
    def __init__(
        self, ray: Any, job: Job, workers: int | None, seconds: float, memory: int
    ) -> None:
        self._ray = ray
        # Ray's own retries would not know a lost node from a photo that kills whoever decodes it.
        self._remote = ray.remote(num_cpus=job.threads, max_retries=0)(_prepare)
        self._job = ray.put(job)
        self._workers = workers
        self._seconds = seconds
        self._memory = memory
        self._running: dict[Any, _Batch] = {}
        self._again: deque[_Batch] = deque()
        self._finished: dict[int, Outcome] = {}
        self._next = 0

    def work(self, photos: Iterable[Photo]) -> Iterator[Outcome]:
        batches = _batches(photos)
        exhausted = False
        while True:
            at_once = self._workers or _AHEAD * cluster.cores(self._ray) or 1
            # What is finished out of order waits here: one slow batch must not let it grow.
            room = 2 * at_once * PHOTOS_PER_TASK
            while len(self._running) < at_once and (
                self._again or (not exhausted and len(self._finished) < room)
            ):
                batch = self._again.popleft() if self._again else next(batches, None)
                if batch is None:
                    exhausted = True
                else:
                    task = self._remote.remote(self._job, batch.photos, self._seconds, self._memory)
                    self._running[task] = batch
            if not self._running:
                return
            for task in self._ray.wait(list(self._running), timeout=1.0)[0]:
                self._take(task, self._running.pop(task))
            while self._next in self._finished:
                yield self._finished.pop(self._next)
                self._next += 1

    def cancel(self) -> None:
        for task in self._running:
            with contextlib.suppress(Exception):
                self._ray.cancel(task, force=True)

    def _take(self, task: Any, batch: _Batch) -> None:
        faults = self._ray.exceptions
        try:
            outcomes = self._ray.get(task)
        except faults.RayTaskError as error:
            raise error.cause from None
        except (
            faults.NodeDiedError,
            faults.LocalRayletDiedError,
            faults.ObjectLostError,
            faults.OutOfMemoryError,  # of its node: Ray ends a task of its own choice
        ):
            self._again.append(batch)
        except faults.WorkerCrashedError as error:
            if len(batch.photos) > 1:
                self._again.extend(batch.apart())
            elif batch.crashes + 1 < _ATTEMPTS:
                self._again.append(replace(batch, crashes=batch.crashes + 1))
            else:
                told = f"its process died, or took more than {self._seconds:.0f} s ({error})"
                self._finished[batch.first] = refusal(batch.photos[0], "crashed the worker", told)
        else:
            self._finished |= dict(enumerate(outcomes, batch.first))


def _batches(photos: Iterable[Photo]) -> Iterator[_Batch]:
    waiting = iter(photos)
    first = 0
    while some := tuple(islice(waiting, PHOTOS_PER_TASK)):
        yield _Batch(first, some)
        first += len(some)


@lru_cache(maxsize=1)
def _preparer(job: Job) -> Preparer:
    return job.preparer()


def _prepare(job: Job, photos: tuple[Photo, ...], seconds: float, memory: int) -> list[Outcome]:
    """The task: photos to outcomes; a photo that never ends takes its process with it."""
    preparer = _preparer(job)
    used = psutil.Process().memory_info().data
    resource.setrlimit(resource.RLIMIT_DATA, (used + memory, resource.RLIM_INFINITY))
    outcomes = []
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        for outcome in process_all(preparer, job.reader(), photos):
            outcomes.append(outcome)
            signal.setitimer(signal.ITIMER_REAL, seconds)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return outcomes
