"""Processors of a process, on systems that tell and on others."""

import os
import subprocess
import sys

import pytest

from fdc.execution.cpus import usable_cpus


def test_a_process_that_is_kept_on_one_processor_has_one() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os; os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1])\n"
            "from fdc.execution.cpus import usable_cpus; print(usable_cpus())",
        ],
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "1"


@pytest.mark.parametrize(("count", "expected"), [(7, 7), (None, 1)])
def test_a_system_without_affinity(
    monkeypatch: pytest.MonkeyPatch, count: int | None, expected: int
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert usable_cpus() == expected
