"""Workers on the nodes of a Ray cluster, each supervised there as a local one is here."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from fdc.errors import SearchError
from fdc.execution import memory
from fdc.search.budget import duration
from fdc.search.messages import Died, Order, Ready, Report
from fdc.search.supervisor import MOST_FAILED_STARTS, Workers
from fdc.training.spec import TrainingSpec

LISTEN_SECONDS = 1.0
"""How long a node listens to its worker before it says that there is nothing new."""

NODE_SECONDS = 600.0
"""How long a search waits for a node that has room for a trial."""

TELL_SECONDS = 30.0
"""After how long it says that it waits."""


class Post:
    """What runs on a node: one worker process and who watches over it.

    Args:
        settings: What the worker is told first.
        folder: Where it may write what it prints.
        hang_seconds: After how much silence it is killed.
        at_most: How many such workers there are in all.
    """

    def __init__(
        self, settings: TrainingSpec, folder: Path, hang_seconds: float, at_most: int = 1
    ) -> None:
        self._settings = settings
        self._at_most = at_most
        self._folder = folder
        self._hang_seconds = hang_seconds

    def receive(self) -> tuple[list[Report], int]:
        """Listens for a while.

        Returns:
            What the worker has said, and the most memory in bytes that it has used.

        Raises:
            SearchError: The node does not reach the crops, or workers do not start here.
        """
        reports = [report for _, report in self._workers.receive(LISTEN_SECONDS)]
        return reports, self._workers.peak_bytes

    def send(self, order: Order) -> None:
        """Passes an order, or an answer, on."""
        self._workers.send("worker0", order)

    def rest(self) -> None:
        """Notes that the worker has nothing to do."""
        self._workers.rest("worker0")

    def kill(self, reason: str) -> None:
        """Ends the worker at once."""
        self._workers.kill("worker0", reason)

    @cached_property
    def _workers(self) -> Workers:
        settings = self._settings
        if not settings.train.path.is_file():
            raise SearchError(
                f"A node of the cluster does not see {settings.train.path}.",
                "Keep data/ in a folder that all nodes share.",
            )
        if not settings.memory_bytes:
            here = min(self._at_most, max(1, _cpus_here() // settings.threads))
            settings = replace(settings, memory_bytes=memory.usable_bytes(here))
        return Workers(1, settings, self._folder, self._hang_seconds)


class RemoteWorkers:
    """A fixed number of workers, wherever the cluster has room for them.

    One that is lost with its node starts again on another node as soon as there is room.

    Args:
        ray: The module, connected to a cluster.
        count: How many.
        settings: What each of them is told first; it takes as many CPUs of its node as threads.
        gpus: How many GPUs each of them takes.
        folder: Where they may write what they print; all nodes share it.
        hang_seconds: After how much silence a worker that has something to do is killed.
        say: Is told what a person should know.
    """

    def __init__(
        self,
        ray: Any,
        count: int,
        settings: TrainingSpec,
        gpus: float,
        folder: Path,
        hang_seconds: float,
        say: Callable[[str], None],
    ) -> None:
        self._ray = ray
        self._room = f"{settings.threads} CPUs and {gpus:g} GPUs"
        # A lost actor is not started again by Ray: the trial that it had must go back first.
        self._hire = ray.remote(num_cpus=settings.threads, num_gpus=gpus, max_restarts=0)(Post)
        self._arguments = (_anywhere(settings), folder, hang_seconds, count)
        self._say = say
        self.peak_bytes = 0
        """Most memory that one worker used."""
        self._posts = {f"worker{i}": self._start(f"worker{i}") for i in range(count)}
        self._listening: dict[Any, str] = {}
        self._ready: set[str] = set()
        self._failed_starts = 0
        self._waiting_since = time.monotonic()
        self._told = False

    @property
    def names(self) -> list[str]:
        """The workers that have a node."""
        return sorted(self._ready)

    def send(self, name: str, order: Order) -> None:
        """Gives a worker something to do, or an answer; one that is gone is told by `receive`."""
        self._posts[name].send.remote(order)

    def rest(self, name: str) -> None:
        """Notes that a worker has nothing to do."""
        self._posts[name].rest.remote()

    def kill(self, name: str, reason: str) -> None:
        """Ends a worker at once; `receive` then tells that it died, and why."""
        self._posts[name].kill.remote(reason)

    def receive(self, timeout: float) -> Iterator[tuple[str, Report]]:
        """Waits for reports and yields what has come, deaths and lost nodes included.

        Args:
            timeout: Seconds after which it returns even if nothing has come.

        Raises:
            SearchError: No node has had room for a worker for a long time, or workers do not start.
        """
        self._watch_the_wait()
        for name in self._posts.keys() - self._listening.values():
            self._listening[self._posts[name].receive.remote()] = name
        for heard in self._ray.wait(list(self._listening), timeout=timeout)[0]:
            name = self._listening.pop(heard)
            try:
                reports, peak = self._ray.get(heard)
            except self._ray.exceptions.RayActorError as error:
                yield name, self._replace(name, error)
                continue
            except self._ray.exceptions.RayTaskError as error:
                raise error.cause from None
            self.peak_bytes = max(self.peak_bytes, peak)
            for report in reports:
                if isinstance(report, Ready):
                    self._ready.add(name)
                    self._failed_starts = 0
                yield name, report

    def close(self) -> None:
        """Ends all workers."""
        for post in self._posts.values():
            self._ray.kill(post)

    def _watch_the_wait(self) -> None:
        if self._ready:
            self._waiting_since, self._told = time.monotonic(), False
        waited = time.monotonic() - self._waiting_since
        if waited > NODE_SECONDS:
            raise SearchError(
                f"No node of the cluster has had {self._room} free for {duration(NODE_SECONDS)}.",
                "Start more nodes, or ask for less with search.cpus and search.gpus.",
            )
        if waited > TELL_SECONDS and not self._told:
            self._told = True
            self._say(f"waiting for a node of the cluster with {self._room} free")

    def _start(self, name: str) -> Any:
        settings, folder, hang_seconds, count = self._arguments
        return self._hire.remote(settings, folder / name, hang_seconds, count)

    def _replace(self, name: str, error: Exception) -> Died:
        self._failed_starts += name not in self._ready
        if self._failed_starts >= MOST_FAILED_STARTS:
            raise SearchError(
                f"Workers do not start on the cluster: {error}",
                "All nodes need the same fdc: say `make setup` on each.",
            ) from error
        self._ready.discard(name)
        # It may only be out of reach for now, and must not come back.
        self._ray.kill(self._posts[name])
        self._posts[name] = self._start(name)
        return Died("its node is gone", "", lost=True)


def _anywhere(settings: TrainingSpec) -> TrainingSpec:
    """Settings that hold where the working directory is another one."""
    train, validation = (
        replace(crops, path=crops.path.resolve()) for crops in (settings.train, settings.validation)
    )
    return replace(settings, train=train, validation=validation)


def _cpus_here() -> int:
    ray: Any = importlib.import_module("ray")
    here = ray.get_runtime_context().get_node_id()
    resources = next(node["Resources"] for node in ray.nodes() if node["NodeID"] == here)
    return int(resources.get("CPU", 1))
