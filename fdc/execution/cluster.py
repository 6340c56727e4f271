"""The Ray cluster that work is spread over."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fdc.errors import ExecutionError

_ENVIRONMENT = {
    # Ray reports its use to its makers unless it is told not to.
    "RAY_USAGE_STATS_ENABLED": "0",
    # A task without a GPU must not hide this machine's GPUs from a worker of its own.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


@contextmanager
def connected() -> Iterator[Any]:
    """Connects to a cluster, and leaves it in the end.

    It is the one that RAY_ADDRESS names, else one that runs on this machine, else a new one of this
    machine alone. Where this process is connected already, it stays so.

    Yields:
        The module `ray`.

    Raises:
        ExecutionError: Ray is not installed, or no cluster answers at RAY_ADDRESS.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise ExecutionError(
            "The engine ray needs Ray, which is not installed.", "pip install --editable '.[ray]'"
        ) from error
    if ray.is_initialized():
        yield ray
        return
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    address = os.environ.get("RAY_ADDRESS")
    try:
        if address:
            _require_answer(address)
        ray.init("auto", **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        if address:
            raise ExecutionError(
                f"No Ray cluster answers at {address}, which RAY_ADDRESS names: {error}",
                "Start one with `ray start --head`, or unset RAY_ADDRESS.",
            ) from error
        ray.init("local", include_dashboard=False, **quiet)
    try:
        yield ray
    finally:
        ray.shutdown()


def _require_answer(address: str) -> None:
    """Ray itself asks for minutes before it gives up."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host:
        socket.create_connection((host, int(port)), timeout=10).close()


def cores(ray: Any) -> int:
    """How many cores the cluster has now."""
    return int(ray.cluster_resources().get("CPU", 0))
