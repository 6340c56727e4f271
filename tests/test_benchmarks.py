"""Every benchmark still runs as far as its help; mypy holds its calls to fdc's signatures."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_docs import defined

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


def test_programs_that_a_benchmark_runs_import_what_is_there() -> None:
    """They stand in strings, so that a process that is measured imports nothing else."""
    programs = [
        program
        for name in BENCHMARKS
        for node in ast.walk(ast.parse((ROOT / "benchmarks" / name).read_text()))
        if isinstance(node, ast.Constant) and "\nfrom fdc" in str(node.value)
        for program in [ast.parse(node.value)]
    ]
    assert programs
    imported = {
        f"{node.module}.{alias.name}"
        for program in programs
        for node in ast.walk(program)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("fdc")
        for alias in node.names
    }
    assert {name for name in imported if not defined(name)} == set()


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
