"""How much memory a process uses and may use."""

import contextlib
import ctypes
import re
import sys
from pathlib import Path

import psutil

GB = 1_000_000_000

USABLE_SHARE = 0.8
"""What of the free memory all workers together may use, unless a limit is set."""

CGROUP_FILES = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)
"""Limit and use of the container that this process runs in, by the version of cgroups."""


def anonymous_bytes(pid: int) -> int:
    """Memory of a process that the kernel cannot drop: what is read from a mapped store is not in.

    Args:
        pid: The process; one that is gone uses 0.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0
    except OSError:
        return _resident_bytes(pid)
    return _field(status, "RssAnon")


def usable_bytes(workers: int) -> int:
    """What each of so many workers may use: its part of the memory that is free now."""
    free = psutil.virtual_memory().available
    for limit, used in CGROUP_FILES:
        with contextlib.suppress(OSError, ValueError):
            free = min(free, _number(limit) - _number(used))
    return int(free * USABLE_SHARE / workers)


def give_back() -> None:
    """Returns freed memory to the system."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _number(path: str) -> int:
    return int(Path(path).read_text(encoding="ascii"))


def _field(status: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
