"""Every benchmark still runs as far as its help; mypy holds its calls to fdc's signatures."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = sorted(path.name for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_says_how_it_is_called(name: str) -> None:
    said = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, "--help"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert f"usage: {name}" in said.stdout


def test_make_bench_prints_every_figure() -> None:
    recipe = (ROOT / "Makefile").read_text().split("\nbench:")[1].split("\n\n")[0]
    assert sorted(re.findall(r"benchmarks/(\w+\.py)", recipe)) == BENCHMARKS


def test_make_bench_asks_for_photos_and_networks() -> None:
    said = subprocess.run(
        ["make", "--dry-run", "-o", ".venv/.ready", "bench"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode != 0
    assert "make bench PHOTOS=folder WEIGHTS=folder" in said.stderr
