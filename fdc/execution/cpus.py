"""How many processors this process may use."""

import os


def usable_cpus() -> int:
    """Processors that this process may run on, of which a container may have fewer than its host.

    Example:
        >>> usable_cpus() >= 1
        True
    """
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
