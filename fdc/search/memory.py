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
    with contextlib.suppress(OSError, ValueError):
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
        used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii"))
        free = min(free, limit - used)
    return int(free * USABLE_SHARE / workers)


def give_back() -> None:
    """Returns freed memory to the system."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _field(status: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
