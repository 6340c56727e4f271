"""How much memory a process uses and may use."""

import contextlib
import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import psutil

GB = 1_000_000_000

USABLE_SHARE = 0.8
"""What of the free memory all workers together may use, unless a limit is set."""

_CGROUPS = (
    (r"^0::(.*)$", "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    (
        r"^\d+:memory:(.*)$",
        "/sys/fs/cgroup/memory",
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        "total_inactive_file",
    ),
)
"""For both versions of cgroups: where a process finds its group, and in it the limit, the use, and
what of the use the kernel can drop at will."""


def anonymous_bytes(pid: int) -> int:
    """Memory of a process that the kernel cannot drop: what is read from a mapped store is not in.

    Args:
        pid: The process; one that is gone uses 0.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:  # it is gone, or this is no Linux
        return _resident_bytes(pid)
    return _field(status, "RssAnon")


def usable_bytes(workers: int) -> int:
    """What each of so many workers may use: its part of the memory that is free now."""
    free = min([psutil.virtual_memory().available, *_free_in_groups()])
    return max(0, int(free * USABLE_SHARE / workers))


def limit_data(size: int) -> None:
    """Lets this process fail to allocate, instead of being killed, where the system can do that.

    Args:
        size: Bytes of data that it may hold.
    """
    with contextlib.suppress(ImportError, AttributeError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        # Only root may raise a hard limit, and what it leaves is the most that can be had.
        soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def give_back() -> None:
    """Returns freed memory to the system."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _free_in_groups() -> Iterator[int]:
    """What the container of this process, and each one around it, has left."""
    try:
        groups = Path("/proc/self/cgroup").read_text(encoding="utf-8")
    except OSError:
        return
    for pattern, mount, limit, used, droppable in _CGROUPS:
        for own in re.findall(pattern, groups, re.MULTILINE):
            inner = PurePosixPath(own).relative_to("/")
            for group in (inner, *inner.parents):
                folder = Path(mount) / group
                # The outermost group has no limit, and "max" is none.
                with contextlib.suppress(OSError, ValueError):
                    stat = (folder / "memory.stat").read_text(encoding="ascii")
                    cache = re.search(rf"^{droppable} (\d+)$", stat, re.MULTILINE)
                    taken = _number(folder / used) - int(cache[1] if cache else 0)
                    yield _number(folder / limit) - taken


def _number(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))


def _field(status: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _resident_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
