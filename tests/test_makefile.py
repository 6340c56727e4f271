"""Targets pass on what their command takes, and remove nothing that cannot be made again."""

import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[1] / "Makefile"


def make(folder: Path, *words: str) -> str:
    command = ["make", "--no-print-directory", "-f", str(MAKEFILE), "-o", ".venv/.ready", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_clean_keeps_what_cannot_be_made_again(tmp_path: Path) -> None:
    kept = ["splits", "searches", "audits", "manifests"]
    for name in (*kept, "sample-60x10", "stores", "inspection", "reports"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "file").touch()
    make(tmp_path, "clean")
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == sorted(kept)


def test_the_space_of_networks_reaches_the_search(tmp_path: Path) -> None:
    command = make(tmp_path, "-n", "search", "SPACE=reference")
    assert "fdc search age --set search.space=reference" in " ".join(command.split())


@pytest.mark.parametrize("target", ["search", "audit", "prepare", "report"])
def test_minutes_reach_the_commands_that_have_them(tmp_path: Path, target: str) -> None:
    command = make(tmp_path, "-n", target, "MINUTES=5", "DATA=my photos", "ARGS=--set a=b")
    assert ("--minutes 5" in command) == (target in ("search", "audit"))
    assert '--data "my photos" --set a=b' in command
