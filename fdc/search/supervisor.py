"""Starts worker processes, watches over them, and puts a fresh one where one is gone."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import connection
from pathlib import Path

from fdc.errors import SearchError
from fdc.execution import memory
from fdc.search.messages import Alive, Died, Order, Ready, Report
from fdc.training import backend
from fdc.training.spec import TrainingSpec

LOOK_SECONDS = 0.25
"""How often memory and silence are looked at."""

LAST_LINES = 30
MOST_FAILED_STARTS = 3

MOST_GROWTH = 3 * memory.GB // 4
"""How much a worker may have grown by its trials; libraries never give all of it back."""


@dataclass
class _Worker:
    """A worker process; `fresh` is the memory that it used when it was ready, 0 before."""

    process: subprocess.Popen[bytes]
    line: "connection.Connection[Order | TrainingSpec, Report]"
    output: Path
    output_begins: int
    fresh: int = 0
    busy: bool = False
    heard: float = field(default_factory=time.monotonic)
    memory: int = 0
    killed_for: str | None = None


class Workers:
    """A fixed number of worker processes.

    Args:
        count: How many.
        settings: What each of them is told first.
        folder: Where they may write what they print.
        hang_seconds: After how much silence a worker that has something to do is killed.
    """

    def __init__(
        self, count: int, settings: TrainingSpec, folder: Path, hang_seconds: float
    ) -> None:
        given = settings.memory_bytes or memory.usable_bytes(count)
        self.settings = replace(settings, memory_bytes=given)
        self._folder = folder
        self._hang_seconds = hang_seconds
        self._failed_starts = 0
        self.peak_bytes = 0
        """Most memory that one worker used."""
        folder.mkdir(parents=True, exist_ok=True)
        self._workers = {f"worker{i}": self._start(f"worker{i}") for i in range(count)}

    @property
    def names(self) -> list[str]:
        """The workers' names."""
        return list(self._workers)

    def pid(self, name: str) -> int:
        """Process id of a worker."""
        return self._workers[name].process.pid

    def send(self, name: str, order: Order) -> None:
        """Gives a worker something to do, or an answer; one that is gone is told by `receive`."""
        worker = self._workers[name]
        worker.busy = True
        worker.heard = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            worker.line.send(order)

    def rest(self, name: str) -> None:
        """Notes that a worker has nothing to do; one that has grown a lot is replaced by then."""
        worker = self._workers[name]
        worker.busy = False
        if worker.fresh and memory.anonymous_bytes(worker.process.pid) > worker.fresh + MOST_GROWTH:
            self._workers[name] = self._start(name)
            worker.line.close()
            worker.process.kill()
            worker.process.wait()

    def kill(self, name: str, reason: str) -> None:
        """Ends a worker at once; `receive` then tells that it died, and why."""
        worker = self._workers[name]
        if worker.killed_for is None:
            worker.killed_for = reason
            worker.process.kill()

    def receive(self, timeout: float) -> Iterator[tuple[str, Report]]:
        """Waits for reports and yields what has come, deaths included.

        Args:
            timeout: Seconds after which it returns even if nothing has come.
        """
        until = time.monotonic() + timeout
        while True:
            self._look()
            lines = [worker.line for worker in self._workers.values()]
            wait = min(LOOK_SECONDS, max(0.0, until - time.monotonic()))
            spoken = connection.wait(lines, wait)
            names = [name for name, worker in self._workers.items() if worker.line in spoken]
            told = [(name, self._read(name)) for name in names]
            reports = [(name, report) for name, report in told if not isinstance(report, Alive)]
            yield from reports
            if reports or time.monotonic() >= until:
                return

    def close(self) -> None:
        """Ends all workers."""
        for worker in self._workers.values():
            worker.line.close()
            worker.process.kill()
        for worker in self._workers.values():
            worker.process.wait()

    def _start(self, name: str) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        output = self._folder / f"{name}.log"
        command = [
            sys.executable,
            "-m",
            "fdc.search.worker",
            str(theirs.fileno()),
            str(os.getpid()),
        ]
        environment = backend.environment(self.settings.threads, self.settings.memory_bytes)
        with output.open("ab") as file, theirs:
            begins = file.tell()
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        worker = _Worker(process, ours, output, begins)
        with contextlib.suppress(BrokenPipeError):
            ours.send(self.settings)
        return worker

    def _read(self, name: str) -> Report:
        worker = self._workers[name]
        try:
            report = worker.line.recv()
        except (EOFError, ConnectionResetError):
            return self._replace(name)
        worker.heard = time.monotonic()
        if isinstance(report, Ready):
            worker.fresh = memory.anonymous_bytes(worker.process.pid)
            self._failed_starts = 0
        return report

    def _look(self) -> None:
        limit = self.settings.memory_bytes
        for name, worker in self._workers.items():
            used = memory.anonymous_bytes(worker.process.pid)
            worker.memory = max(worker.memory, used)
            self.peak_bytes = max(self.peak_bytes, used)
            silence = time.monotonic() - worker.heard
            if used > limit:
                self.kill(
                    name,
                    f"killed: it used {used / memory.GB:.1f} GB of memory, "
                    f"but its limit is {limit / memory.GB:.1f} GB",
                )
            elif silence > self._hang_seconds and (worker.busy or not worker.fresh):
                self.kill(name, f"killed: it hung, no step for {silence:.0f} s")

    def _replace(self, name: str) -> Died:
        worker = self._workers[name]
        code = worker.process.wait()
        worker.line.close()
        printed = worker.output.read_bytes()[worker.output_begins :].decode(errors="replace")
        lines = printed.splitlines()
        reason = worker.killed_for or self._told_by(code, worker, lines)
        if not worker.fresh:
            self._failed_starts += 1
            if self._failed_starts >= MOST_FAILED_STARTS:
                raise SearchError(
                    f"Worker processes do not start: {reason}.", f"See {worker.output}."
                )
        self._workers[name] = self._start(name)
        exhausted = worker.killed_for is None and backend.died_of_memory(printed)
        return Died(reason, "\n".join(lines[-LAST_LINES:]), exhausted)

    def _told_by(self, code: int, worker: _Worker, lines: list[str]) -> str:
        used = (
            f"at {worker.memory / memory.GB:.1f} GB; "
            f"limit {self.settings.memory_bytes / memory.GB:.1f} GB"
        )
        if code == -signal.SIGKILL:
            return f"killed by the system, most likely out of memory, {used}"
        if code < 0:
            return f"died of {signal.Signals(-code).name} ({signal.strsignal(-code)}), {used}"
        return f"ended with exit code {code}: {lines[-1] if lines else 'without a word'}"
