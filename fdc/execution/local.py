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
    killed_for: str | None = None
    cause: Cause = "crash"


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
            self._look()
            seconds = min(SECONDS_BETWEEN_LOOKS, max(0.0, until - time.monotonic()))
            heard = wait([worker.connection for worker in self._workers.values()], seconds)
            names = [name for name, worker in self._workers.items() if worker.connection in heard]
            events = [(name, self._read(name)) for name in names]
            events = [(name, event) for name, event in events if not isinstance(event, Heartbeat)]
            yield from events
            if events or time.monotonic() >= until:
                return

    @override
    def mark_idle(self, name: str) -> None:
        worker = self._workers[name]
        worker.busy = False
        growth = memory.anonymous_bytes(worker.process.pid) - worker.bytes_when_ready
        if worker.ready and growth > self.spec.growth_bytes:
            _end(worker)
            self._workers[name] = self._start(name)

    @override
    def kill(self, name: str, reason: str) -> None:
        self._kill(self._workers[name], reason, "crash")

    @override
    def close(self) -> None:
        for worker in self._workers.values():
            worker.process.kill()
        for worker in self._workers.values():
            _end(worker)

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
                reason = f"killed: it used {_gb(used)} of memory, but its limit is {_gb(limit)}"
                self._kill(worker, reason, "crash")
            elif silence > patience and (worker.busy or not worker.ready):
                self._kill(worker, f"killed: it hung, no step for {silence:.0f} s", "hang")

    @staticmethod
    def _kill(worker: _Worker, reason: str, cause: Cause) -> None:
        if worker.killed_for is None:
            worker.killed_for, worker.cause = reason, cause
            worker.process.kill()

    def _replace(self, name: str) -> Died:
        worker = self._workers[name]
        # It has hung up, but may still be printing why.
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.process.wait(END_SECONDS)
        _end(worker)
        died = self._death(worker)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= MOST_FAILED_STARTS:
                raise ExecutionError(
                    f"Worker processes do not start: {died.reason}.",
                    f"See {worker.output}." if worker.output else "Free memory, or use fewer.",
                )
        self._workers[name] = self._start(name)
        return died

    def _death(self, worker: _Worker) -> Died:
        printed = ""
        if worker.output:
            printed = worker.output.read_bytes()[worker.output_begins :].decode(errors="replace")
        lines = printed.splitlines()
        last_lines = "\n".join(lines[-LAST_LINES:])
        if worker.killed_for is not None:
            return Died(worker.killed_for, "", last_lines, worker.cause)
        code = worker.process.returncode
        cause: Cause = "exhausted" if self.spec.exhausted(printed) else "crash"
        if code >= 0:
            last_word = lines[-1] if lines else "without a word"
            return Died(f"ended with exit code {code}: {last_word}", "", last_lines, cause)
        what = f"died of {signal.Signals(-code).name} ({signal.strsignal(-code)})"
        if code == -signal.SIGKILL:
            what = "killed by the system, most likely out of memory"
        used = f"at {_gb(worker.peak_bytes)}; limit {_gb(self.spec.memory_bytes)}"
        return Died(what, used, last_lines, cause)


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.wait()
    worker.connection.close()


def _gb(size: int) -> str:
    return f"{size / memory.GB:.1f} GB"
