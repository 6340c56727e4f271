"""What only this machine does: its processors, its memory, its kernel."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fdc.execution import memory
from fdc.execution.cpus import usable_cpus
from fdc.execution.local import LocalPool
from fdc.execution.protocol import Died, Ready, WorkerSpec
from tests.execution.targets import obey
from tests.execution.test_pool import WORKER, wait_for


def test_there_are_as_many_workers_as_processors_for_them() -> None:
    with closing(LocalPool(None, WorkerSpec(obey))) as pool:
        assert len(pool.names) == usable_cpus()
    with closing(LocalPool(None, WorkerSpec(obey, cpus=1000))) as pool:
        assert pool.names == [WORKER]


def test_workers_without_a_limit_share_what_is_free() -> None:
    with closing(LocalPool(3, WorkerSpec(obey))) as pool:
        assert 0 < pool.spec.memory_bytes < memory.usable_bytes(2)


@pytest.fixture
def memory_group() -> Iterator[Path]:
    """A control group of the kernel, in which a process really runs out of memory."""
    group = Path("/sys/fs/cgroup/memory") / f"fdc-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no memory control group can be made here: {error}")
    yield group
    time.sleep(0.2)
    group.rmdir()


def test_a_worker_that_the_kernel_kills_for_memory_says_so(memory_group: Path) -> None:
    with closing(LocalPool(1, WorkerSpec(obey, memory_bytes=4_000_000_000))) as pool:
        wait_for(pool, Ready)
        (memory_group / "memory.limit_in_bytes").write_text(str(50_000_000))
        # What a process has is charged where it was; all that it takes from here on is limited.
        (memory_group / "cgroup.procs").write_text(str(pool.pid(WORKER)))
        pool.send(WORKER, "grow")
        died = wait_for(pool, Died)
    assert died.reason.startswith("killed by the system, most likely out of memory, at 0.")
    assert "oom_kill 1" in (memory_group / "memory.oom_control").read_text()
