"""Every pool of workers by its engine's name."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

from fdc.choices import Engine
from fdc.errors import ExecutionError, did_you_mean
from fdc.execution import cluster
from fdc.execution.local import LocalPool
from fdc.execution.protocol import WorkerPool, WorkerSpec
from fdc.execution.remote import RayPool

_Warn = Callable[[str], None]
_log = logging.getLogger("fdc")


@contextmanager
def _local(count: int | None, spec: WorkerSpec, warn: _Warn) -> Iterator[WorkerPool]:
    with closing(LocalPool(count, spec)) as pool:
        yield pool


@contextmanager
def _ray(count: int | None, spec: WorkerSpec, warn: _Warn) -> Iterator[WorkerPool]:
    with cluster.connected() as ray, closing(RayPool(ray, count, spec, warn)) as pool:
        yield pool


_Open = Callable[[int | None, WorkerSpec, _Warn], AbstractContextManager[WorkerPool]]

ENGINES: dict[Engine, _Open] = {"local": _local, "ray": _ray}
"""A new engine is one entry here, and passes tests/execution/test_pool.py."""


def open_pool(
    engine: Engine,
    count: int | None,
    spec: WorkerSpec,
    warn: _Warn = _log.warning,
) -> AbstractContextManager[WorkerPool]:
    """Starts workers, and ends them when the block is left.

    Args:
        engine: Key of `ENGINES`: "local" for processes of this machine, "ray" for a cluster's.
        count: How many workers; None: as many as there are processors for.
        spec: What each of them is.
        warn: Is told what a person should know.

    Raises:
        ExecutionError: There is no such engine, or no cluster.
    """
    if engine not in ENGINES:
        choose = f"Choose one of: {', '.join(ENGINES)}."
        raise ExecutionError(
            f"There is no engine {engine!r}.", did_you_mean(engine, ENGINES) + choose
        )
    return ENGINES[engine](count, spec, warn)
