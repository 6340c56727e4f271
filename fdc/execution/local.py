"""Workers on this machine: started, watched over, and replaced where one is gone."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from typing_extensions import override

from fdc.errors import ExecutionError
from fdc.execution import memory
from fdc.execution.cpus import usable_cpus
from fdc.execution.protocol import Cause, Died, Heartbeat, Ready, WorkerPool, WorkerSpec

SECONDS_BETWEEN_LOOKS = 0.25
"""How often memory and silence are looked at."""

START_SECONDS = 120.0
"""A worker that is not ready yet may be silent for so long at least."""

END_SECONDS = 10.0
"""What a worker may take to end by itself."""

LAST_LINES = 30
MOST_FAILED_STARTS = 3


@dataclass
class _Worker:
    process: subprocess.Popen[bytes]
    connection: "Connection[Any, Any]"
    output: Path | None
    output_begins: int
    ready: bool = False
    busy: bool = False
    last_heard: float = field(default_factory=time.monotonic)
    bytes_when_ready: int = 0
    peak_bytes: int = 0
    killed: Died | None = None

    def kill(self, why: Died) -> None:
        if self.killed is None:
            self.killed = why
            self.process.kill()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.connection.close()

    def death(self, spec: WorkerSpec) -> Died:
        """Why it is gone, once it is."""
        printed = ""
        if self.output:
            printed = self.output.read_bytes()[self.output_begins :].decode(errors="replace")
        lines = printed.splitlines()
        died = self.killed
        if died is None:
            code = self.process.returncode
            figures = f"at {_gb(self.peak_bytes)}; limit {_gb(spec.memory_bytes)}"
            cause: Cause = "exhausted" if spec.exhausted(printed) else "crash"
            died = Died(_ending(code, lines), figures if code < 0 else "", cause=cause)
        return replace(died, output="\n".join(lines[-LAST_LINES:]))


class LocalPool(WorkerPool):
    """A fixed number of worker processes.

    Args:
        count: How many; None: as many as this machine has processors for.
        spec: What each of them is.
    """

    def __init__(self, count: int | None, spec: WorkerSpec) -> None:
        count = count or max(1, usable_cpus() // spec.cpus)
        limit = spec.memory_bytes or memory.usable_bytes(count)
        self.spec = replace(spec, memory_bytes=limit)
        self._failed_starts = 0
        self._next_look = 0.0
        if spec.output:
            spec.output.mkdir(parents=True, exist_ok=True)
        self._workers = {f"worker{i}": self._start(f"worker{i}") for i in range(count)}

    @property
    @override
    def names(self) -> list[str]:
        return list(self._workers)

    def pid(self, name: str) -> int:
        """Process id of a worker."""
        return self._workers[name].process.pid

    @override
    def send(self, name: str, message: object) -> None:
        worker = self._workers[name]
        worker.busy = True
        worker.last_heard = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.connection.send(message)

    @override
    def receive(self, timeout: float) -> Iterator[tuple[str, Any]]:
        until = time.monotonic() + timeout
        while True:
            seconds = min(SECONDS_BETWEEN_LOOKS, max(0.0, until - time.monotonic()))
            heard = wait([worker.connection for worker in self._workers.values()], seconds)
            names = [name for name, worker in self._workers.items() if worker.connection in heard]
            events = [(name, self._read(name)) for name in names]
            events = [(name, event) for name, event in events if not isinstance(event, Heartbeat)]
            # Only now: who has not listened for a while must not take that for a worker's silence.
            self._look()
            yield from events
            if events or time.monotonic() >= until:
                return

    @override
    def mark_idle(self, name: str) -> None:
        worker = self._workers[name]
        worker.busy = False
        growth = memory.anonymous_bytes(worker.process.pid) - worker.bytes_when_ready
        if worker.ready and growth > self.spec.growth_bytes:
            worker.end()
            self._workers[name] = self._start(name)

    @override
    def kill(self, name: str, reason: str) -> None:
        self._workers[name].kill(Died(reason))

    @override
    def close(self) -> None:
        for worker in self._workers.values():
            worker.process.kill()
        for worker in self._workers.values():
            worker.end()

    def _start(self, name: str) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        output = self.spec.output / f"{name}.log" if self.spec.output else None
        environment = {
            **os.environ,
            # What can be imported here can be imported there.
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            **self.spec.environment(self.spec.memory_bytes),
        }
        arguments = [str(theirs.fileno()), str(os.getpid())]
        with output.open("ab") if output else contextlib.nullcontext() as file, theirs:
            begins = file.tell() if file else 0
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "fdc.execution.process", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=environment,
                pass_fds=[theirs.fileno()],
                # Out of reach of a Ctrl-C that comes before the worker ignores it.
                start_new_session=True,
            )
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            ours.send((self.spec.target, self.spec.arguments))
        return _Worker(process, ours, output, begins)

    def _read(self, name: str) -> Any:
        worker = self._workers[name]
        try:
            event = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            return self._replace(name)
        if isinstance(event, Exception):
            raise event
        worker.last_heard = time.monotonic()
        if isinstance(event, Ready):
            worker.ready = True
            worker.bytes_when_ready = memory.anonymous_bytes(worker.process.pid)
            self._failed_starts = 0
        return event

    def _look(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + SECONDS_BETWEEN_LOOKS
        limit, hang_seconds = self.spec.memory_bytes, self.spec.hang_seconds
        for worker in self._workers.values():
            used = memory.anonymous_bytes(worker.process.pid)
            worker.peak_bytes = max(worker.peak_bytes, used)
            self.peak_bytes = max(self.peak_bytes, used)
            silence = now - worker.last_heard
            patience = hang_seconds if worker.ready else max(hang_seconds, START_SECONDS)
            if used > limit:
                figures = f"it used {_gb(used)} of memory, but its limit is {_gb(limit)}"
                worker.kill(Died(f"killed: {figures}"))
            elif silence > patience and (worker.busy or not worker.ready):
                worker.kill(Died(f"killed: it hung, no step for {silence:.0f} s", cause="hang"))

    def _replace(self, name: str) -> Died:
        worker = self._workers[name]
        # It has hung up, but may still be printing why.
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.process.wait(END_SECONDS)
        worker.end()
        died = worker.death(self.spec)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= MOST_FAILED_STARTS:
                raise ExecutionError(
                    f"Worker processes do not start: {died.reason}.",
                    f"See {worker.output}." if worker.output else "Free memory, or use fewer.",
                )
        self._workers[name] = self._start(name)
        return died


def _ending(code: int, lines: list[str]) -> str:
    if code == -signal.SIGKILL:
        return "killed by the system, most likely out of memory"
    if code < 0:
        return f"died of {signal.Signals(-code).name} ({signal.strsignal(-code)})"
    return f"ended with exit code {code}: {lines[-1] if lines else 'without a word'}"


def _gb(size: int) -> str:
    return f"{size / memory.GB:.1f} GB"
