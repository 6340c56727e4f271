"""The contract of a worker pool, which every engine keeps."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args

import psutil
import pytest

from fdc.choices import Engine
from fdc.errors import ExecutionError, WeightsError
from fdc.execution.pool import ENGINES, open_pool
from fdc.execution.protocol import Died, Ready, WorkerPool, WorkerSpec
from tests.execution.targets import abort, obey
from tests.waiting import wait_until_gone

WORKER = "worker0"
SECONDS = 60

Open = Callable[..., WorkerPool]


@pytest.fixture
def opened(engine: str) -> Iterator[Open]:
    """Opens pools of obedient workers, and closes them."""
    with ExitStack() as stack:

        def make(count: int | None = 1, **spec: Any) -> WorkerPool:
            spec = {"target": obey, "memory_bytes": 500_000_000, **spec}
            return stack.enter_context(open_pool(engine, count, WorkerSpec(**spec)))

        yield make


def events(pool: WorkerPool) -> Iterator[tuple[str, Any]]:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        yield from pool.receive(0.5)
    raise AssertionError(f"nothing came in {SECONDS} s")


def wait_for(pool: WorkerPool, kind: type[Any]) -> Any:
    return next(event for _, event in events(pool) if isinstance(event, kind))


def ask(pool: WorkerPool, word: str) -> Any:
    pool.send(WORKER, word)
    return next(event for _, event in events(pool) if not isinstance(event, Ready))


def started(pool: WorkerPool) -> int:
    """The process id of a pool's one worker, which says that it is ready first."""
    wait_for(pool, Ready)
    return int(ask(pool, "pid")[1])


def test_workers_are_other_processes_with_their_own_names(opened: Open) -> None:
    pool = opened(2)
    ready = set()
    for name, event in events(pool):
        assert event == Ready()
        ready.add(name)
        if len(ready) == 2:
            break
    assert ready == set(pool.names) == {"worker0", "worker1"}
    for name in pool.names:
        pool.send(name, "pid")
    pids = {}
    for name, (_, pid) in events(pool):
        pids[name] = pid
        if len(pids) == 2:
            break
    assert len({os.getpid(), *pids.values()}) == 3


def test_a_worker_is_what_its_spec_says(opened: Open) -> None:
    def environment(memory_bytes: int) -> dict[str, str]:
        return {"FDC_LIMIT": str(memory_bytes)}

    pool = opened(arguments=("good morning",), environment=environment)
    assert ask(pool, "greet") == "good morning"
    assert ask(pool, "environment")[1]["FDC_LIMIT"] == "500000000"


def test_events_come_in_the_order_in_which_they_happened(opened: Open) -> None:
    pool = opened()
    pool.send(WORKER, "greet")  # it waits until the worker is ready, or there
    for word in ("pid", "greet", "exit"):
        pool.send(WORKER, word)
    kinds = []
    for _, event in events(pool):
        kinds.append(type(event))
        if isinstance(event, Died):
            break
    assert kinds == [Ready, str, tuple, str, Died]


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("segfault", "died of SIGSEGV (Segmentation fault)"),
        ("abort", "died of SIGABRT (Aborted)"),
        ("kill", "killed by the system, most likely out of memory"),
        ("exit", "ended with exit code 3: that was all"),
        ("raise", "ended with exit code 1: ZeroDivisionError: nothing is left to divide"),
    ],
)
def test_a_worker_that_dies_is_replaced_and_says_why(
    opened: Open, tmp_path: Path, word: str, what: str
) -> None:
    pool = opened(output=tmp_path / "output")
    before = started(pool)
    died = ask(pool, word)
    assert (died.what, died.cause) == (what, "crash")
    if died.what.startswith(("died", "killed")):
        assert died.memory.startswith("at 0.")
        assert died.memory.endswith("GB; limit 0.5 GB")
    else:
        assert died.reason == what
    assert died.output.endswith("" if word in ("segfault", "abort", "kill") else what[25:])
    assert started(pool) != before


def test_an_error_that_a_person_can_put_right_is_raised_here(opened: Open) -> None:
    pool = opened()
    wait_for(pool, Ready)
    with pytest.raises(WeightsError, match="is missing") as told:
        ask(pool, "refuse")
    assert told.value.hint == "Put it there."


def test_an_error_that_is_sent_is_raised_here(opened: Open) -> None:
    pool = opened()
    wait_for(pool, Ready)
    with pytest.raises(KeyError, match="surprise"):
        ask(pool, "send an error")


def test_a_worker_over_its_limit_is_killed(opened: Open) -> None:
    pool = opened()
    before = started(pool)
    died = ask(pool, "memory")
    assert died.reason.startswith("killed: it used ")
    assert died.reason.endswith(" of memory, but its limit is 0.5 GB")
    assert pool.peak_bytes > 500_000_000
    assert started(pool) != before


def test_what_a_library_said_of_memory_is_understood(opened: Open, tmp_path: Path) -> None:
    pool = opened(output=tmp_path, exhausted=str.splitlines)
    wait_for(pool, Ready)
    assert ask(pool, "exit").cause == "exhausted"
    wait_for(pool, Ready)
    assert ask(pool, "kill").cause == "crash"  # what was printed before it began is not its own


def test_a_worker_that_hangs_is_killed(opened: Open) -> None:
    pool = opened(hang_seconds=2)
    wait_for(pool, Ready)
    died = ask(pool, "sleep")
    assert (died.reason, died.cause) == ("killed: it hung, no step for 2 s", "hang")
    wait_for(pool, Ready)


def test_who_does_not_listen_for_a_while_kills_nobody(opened: Open) -> None:
    pool = opened(hang_seconds=2)
    wait_for(pool, Ready)
    pool.send(WORKER, "greet")
    time.sleep(3)
    assert next(event for _, event in events(pool)) == "hello"


def test_who_beats_or_is_idle_may_take_longer(opened: Open) -> None:
    pool = opened(hang_seconds=2)
    wait_for(pool, Ready)
    assert ask(pool, "work") == "worked"
    pool.mark_idle(WORKER)
    assert list(pool.receive(4.0)) == []
    assert ask(pool, "greet") == "hello"


def test_a_worker_can_be_killed_for_a_reason(opened: Open) -> None:
    pool = opened()
    wait_for(pool, Ready)
    pool.send(WORKER, "sleep")
    pool.kill(WORKER, "killed: the budget is used up")
    pool.kill(WORKER, "killed: for another reason")
    assert wait_for(pool, Died) == Died("killed: the budget is used up")


def test_an_idle_worker_that_has_grown_is_replaced(opened: Open) -> None:
    pool = opened(growth_bytes=100_000_000)
    before = started(pool)
    pool.mark_idle(WORKER)
    assert int(ask(pool, "pid")[1]) == before
    assert ask(pool, "grow") == "grown"
    pool.mark_idle(WORKER)
    assert started(pool) != before


def test_workers_that_do_not_start_are_an_error(opened: Open) -> None:
    pool = opened(target=abort)
    with pytest.raises(ExecutionError, match="do not start: died of SIGABRT"):
        list(events(pool))


def test_no_worker_outlives_the_pool(engine: str) -> None:
    with open_pool(engine, 1, WorkerSpec(obey)) as pool:
        worker = psutil.Process(started(pool))
    wait_until_gone([worker])


DRIVER = """
import sys
from fdc.execution.pool import open_pool
from fdc.execution.protocol import Ready, WorkerSpec
from tests.execution.targets import obey
with open_pool(sys.argv[1], 1, WorkerSpec(obey)) as pool:
    while True:
        for name, event in pool.receive(1.0):
            pool.send(name, "pid") if event == Ready() else print(event[1], flush=True)
"""


def test_no_worker_outlives_a_driver_that_is_killed(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """Nor does it need a guard: the driver is a script without `if __name__ == "__main__"`."""
    environment = dict(os.environ)
    if engine == "ray":
        environment["RAY_ADDRESS"] = request.getfixturevalue("cluster").cluster.address
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, engine], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert driver.stdout is not None
    worker = psutil.Process(int(driver.stdout.readline()))
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    driver.stdout.close()
    wait_until_gone([worker])


def test_every_engine_that_can_be_chosen_has_its_pool() -> None:
    assert set(ENGINES) == set(get_args(Engine))


def test_an_unknown_engine() -> None:
    with pytest.raises(ExecutionError, match=r"no engine 'rya'\. Did you mean 'ray'\?"):
        open_pool("rya", 1, WorkerSpec(obey))
