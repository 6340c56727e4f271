"""Workers on the nodes of a Ray cluster, each supervised there as a local one is here."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from typing_extensions import override

from fdc.errors import ExecutionError
from fdc.execution import cluster, memory
from fdc.execution.local import MOST_FAILED_STARTS, LocalPool
from fdc.execution.protocol import Died, Ready, WorkerPool, WorkerSpec

LISTEN_SECONDS = 0.25
"""How long a node listens to its worker; what is sent to the worker in the meantime waits."""

NODE_SECONDS = 600.0
"""How long a pool without any worker waits for a node that has room for one."""

NOTICE_SECONDS = 30.0
"""After how long it says that it waits."""

SECONDS_BETWEEN_LOOKS = 1.0
"""How often it looks whether the cluster has grown."""

_ONLY = "worker0"
"""The one worker of a node's pool, by the name that it has there."""


class NodePool(LocalPool):
    """The actor on a node: a pool of one worker.

    Args:
        spec: What the worker is.
        at_most: How many such workers the cluster has in all.
    """

    def __init__(self, spec: WorkerSpec, at_most: int) -> None:
        if not spec.memory_bytes:
            here = min(at_most, max(1, _cpus_here() // spec.cpus))
            spec = replace(spec, memory_bytes=memory.usable_bytes(here))
        super().__init__(1, spec)

    def listen(self) -> tuple[list[Any], int]:
        """The events of a while, and the most memory in bytes that the worker has used."""
        return [event for _, event in self.receive(LISTEN_SECONDS)], self.peak_bytes


class RayPool(WorkerPool):
    """Workers wherever the cluster has room for them.

    One that is lost with its node starts again on another node as soon as there is room.

    Args:
        ray: The module, connected to a cluster.
        count: How many; None: as many as the cluster has processors for, as it grows.
        spec: What each of them is. All nodes see its paths.
        warn: Is told what a person should know.
    """

    def __init__(
        self, ray: Any, count: int | None, spec: WorkerSpec, warn: Callable[[str], None]
    ) -> None:
        self._ray = ray
        self._count = count
        self._spec = spec
        self._warn = warn
        self._room = f"{spec.cpus} CPUs and {spec.gpus:g} GPUs"
        # A lost actor is not started again by Ray: what it had to do must go back first.
        options = {"num_cpus": spec.cpus, "num_gpus": spec.gpus, "max_restarts": 0}
        self._node_pool = ray.remote(**options)(NodePool)
        self._actors: dict[str, Any] = {}
        self._listening: dict[Any, str] = {}
        self._ready: set[str] = set()
        self._failed_starts = 0
        self._next_look = 0.0
        self._waiting_since = time.monotonic()
        self._warned = False
        self._grow()

    @property
    @override
    def names(self) -> list[str]:
        return sorted(self._ready)

    @override
    def send(self, name: str, message: object) -> None:
        self._actors[name].send.remote(_ONLY, message)

    @override
    def receive(self, timeout: float) -> Iterator[tuple[str, Any]]:
        self._grow()
        self._watch_the_wait()
        until = time.monotonic() + timeout
        came = False
        while not came:
            for name in self._actors.keys() - self._listening.values():
                self._listening[self._actors[name].listen.remote()] = name
            left = max(0.0, until - time.monotonic())
            for heard in self._ray.wait(list(self._listening), timeout=left)[0]:
                name = self._listening.pop(heard)
                for event in self._events(name, heard):
                    came = True
                    yield name, event
            if time.monotonic() >= until:
                return

    @override
    def mark_idle(self, name: str) -> None:
        self._actors[name].mark_idle.remote(_ONLY)

    @override
    def kill(self, name: str, reason: str) -> None:
        self._actors[name].kill.remote(_ONLY, reason)

    @override
    def close(self) -> None:
        for actor in self._actors.values():
            self._ray.kill(actor)
        self._actors.clear()

    def _grow(self) -> None:
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + SECONDS_BETWEEN_LOOKS
            fitting = cluster.cores(self._ray) // self._spec.cpus
            for number in range(len(self._actors), self._count or max(1, fitting)):
                self._start(f"worker{number}")

    def _watch_the_wait(self) -> None:
        if self._ready:
            self._waiting_since, self._warned = time.monotonic(), False
        waited = time.monotonic() - self._waiting_since
        if waited > NODE_SECONDS:
            raise ExecutionError(
                f"No node of the cluster has had {self._room} free for {NODE_SECONDS:.0f} s.",
                "Start more nodes, or ask for less.",
            )
        if waited > NOTICE_SECONDS and not self._warned:
            self._warned = True
            self._warn(f"waiting for a node of the cluster with {self._room} free")

    def _events(self, name: str, heard: Any) -> Iterator[Any]:
        try:
            events, peak_bytes = self._ray.get(heard)
        except self._ray.exceptions.RayActorError as error:
            yield self._replace(name, error)
            return
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from None
        self.peak_bytes = max(self.peak_bytes, peak_bytes)
        for event in events:
            if isinstance(event, Ready):
                self._ready.add(name)
                self._failed_starts = 0
            yield event

    def _start(self, name: str) -> None:
        spec = self._spec
        if spec.output:
            spec = replace(spec, output=spec.output / name)
        at_most = self._count or cluster.cores(self._ray)
        self._actors[name] = self._node_pool.remote(spec, at_most)

    def _replace(self, name: str, error: Exception) -> Died:
        self._failed_starts += name not in self._ready
        if self._failed_starts >= MOST_FAILED_STARTS:
            raise ExecutionError(
                f"Workers do not start on the cluster: {error}",
                "All nodes need the same fdc: say `make setup` on each.",
            ) from error
        self._ready.discard(name)
        # It may only be out of reach for now, and must not come back.
        self._ray.kill(self._actors[name])
        self._start(name)
        return Died("its node is gone", cause="lost")


def _cpus_here() -> int:
    ray: Any = importlib.import_module("ray")
    here = ray.get_runtime_context().get_node_id()
    resources = next(node["Resources"] for node in ray.nodes() if node["NodeID"] == here)
    return int(resources.get("CPU", 1))
