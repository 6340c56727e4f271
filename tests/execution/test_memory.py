"""How much memory there is, is used and may be used."""

import mmap
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from fdc.execution import memory


def test_anonymous_memory_is_counted_without_mapped_files(tmp_path: Path) -> None:
    own = memory.anonymous_bytes(os.getpid())
    ballast = np.ones(50_000_000 // 8)
    more = memory.anonymous_bytes(os.getpid())
    assert 45_000_000 < more - own < 60_000_000
    (tmp_path / "file").write_bytes(bytes(50_000_000))
    with (tmp_path / "file").open("rb") as file:
        mapped = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    mapped.sum()
    assert memory.anonymous_bytes(os.getpid()) - more < 5_000_000
    assert ballast[0] == 1


def test_a_process_that_is_gone_uses_nothing() -> None:
    assert memory.anonymous_bytes(2**22 + 1) == 0


def test_where_there_is_no_proc_resident_memory_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> str:
        raise FileNotFoundError("/proc")

    monkeypatch.setattr(Path, "read_text", nothing)
    assert memory.anonymous_bytes(os.getpid()) > 10_000_000


def test_workers_share_what_is_free() -> None:
    free = psutil.virtual_memory().available
    assert 0 < memory.usable_bytes(4) < memory.usable_bytes(1) < free


def test_more_than_the_limit_cannot_be_had() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from fdc.execution import memory; memory.limit_data(500_000_000)\n"
            "bytearray(10_000_000)\nbytearray(1_000_000_000)",
        ],
        capture_output=True,
        text=True,
    )
    assert told.stderr.splitlines()[-1] == "MemoryError"


@pytest.mark.parametrize(
    ("hard", "size", "limits"),
    [
        (resource.RLIM_INFINITY, 500, (500, resource.RLIM_INFINITY)),
        (900, 500, (500, 900)),
        (400, 500, (400, 400)),
    ],
)
def test_a_hard_limit_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, hard: int, size: int, limits: tuple[int, int]
) -> None:
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (hard, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda kind, both: asked.append((kind, both)))
    memory.limit_data(size)
    assert asked == [(resource.RLIMIT_DATA, limits)]
