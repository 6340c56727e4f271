"""Waiting for what happens in other threads and processes, however busy the machine is."""

import time
from collections.abc import Callable
from typing import TypeVar

import psutil

Truth = TypeVar("Truth")


def wait_until(condition: Callable[[], Truth], seconds: float = 120) -> Truth:
    """Asks again and again until the answer is true, and gives it."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return answer


def wait_until_gone(processes: list[psutil.Process], seconds: float = 120) -> None:
    """Waits until none of the processes runs."""
    wait_until(lambda: not [process for process in processes if _running(process)], seconds)


def _running(process: psutil.Process) -> bool:
    # A process that ended stays as a zombie for as long as its parent does not ask.
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
