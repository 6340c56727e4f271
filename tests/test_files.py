"""Whole or not there."""

import subprocess
import sys
from pathlib import Path

import pytest

from fdc import files


def test_a_file_comes_into_a_folder_that_is_made(tmp_path: Path) -> None:
    files.write_text(tmp_path / "a" / "b.txt", "나이")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "나이".encode()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_an_error_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "table.csv"
    files.write_text(place, "old")

    def fail_half_way() -> None:
        with files.whole(place) as unfinished:
            unfinished.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert place.read_text() == "old"
    assert list(tmp_path.iterdir()) == [place]


def test_a_kill_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "table.csv"
    files.write_text(place, "old")
    program = (
        "import os, sys, pathlib, signal; from fdc import files\n"
        "with files.whole(pathlib.Path(sys.argv[1])) as unfinished:\n"
        "    unfinished.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(place)], check=False)
    assert ended.returncode == -9
    assert place.read_text() == "old"
    files.write_text(place, "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]
