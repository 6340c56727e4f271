"""Waiting for what happens in other threads and processes, however busy the machine is."""

import os
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


def wait_until_gone(group: int) -> None:
    """Waits until no process of a group runs."""
    wait_until(lambda: not _running(group))


def _running(group: int) -> list[psutil.Process]:
    # A process that ended stays as a zombie for as long as its parent does not ask.
    found = []
    for process in psutil.process_iter(["status"]):
        try:
            here = os.getpgid(process.pid) == group
        except ProcessLookupError:
            continue
        if here and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found
