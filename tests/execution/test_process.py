"""A worker's process without its parent."""

import os
import subprocess
import sys

import psutil
import pytest

from tests.waiting import wait_until


def test_a_process_whose_parent_is_gone_ends_before_it_begins() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "fdc.execution.process", "0", "1"], capture_output=True, text=True
    )
    assert (told.returncode, told.stderr.strip()) == (1, "the parent is gone")


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_process_ends_with_its_parent_on_any_system(system: str) -> None:
    """The grandchild of this process; its parent ends at once."""
    grandchild = (
        "import os, sys, time; from fdc.execution import process\n"
        f"sys.platform = {system!r}\n"
        "process.end_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {grandchild!r}], stdout=subprocess.PIPE)"
        "\nprint(child.stdout.readline().decode(), flush=True); os._exit(0)"
    )
    told = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True)
    grandchild_id = int(told.stdout)
    # Well before the 60 seconds after which it would end by itself.
    wait_until(lambda: not _runs(grandchild_id), seconds=20)


def _runs(process_id: int) -> bool:
    try:
        return psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_kernel_is_to_take_workers_first() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from fdc.execution import process; process.end_with({os.getpid()})\n"
            "print(open('/proc/self/oom_score_adj').read())",
        ],
        capture_output=True,
        text=True,
    )
    assert int(told.stdout) == 500
