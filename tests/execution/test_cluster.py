"""Connecting to a cluster, or to none."""

import os
import subprocess
import sys

ALONE = """
from fdc.execution.cluster import connected
with connected() as ray:
    print(len(ray.nodes()))
print(ray.is_initialized())
"""


def test_without_a_cluster_this_machine_is_one() -> None:
    told = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.split() == ["1", "False"]


def test_a_cluster_that_does_not_answer() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from fdc.execution.cluster import connected\nwith connected(): pass",
        ],
        env={**os.environ, "RAY_ADDRESS": "127.0.0.1:1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "No Ray cluster answers at 127.0.0.1:1" in told.stderr
