"""A copy of the project in an empty folder, driven as its users drive it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

Make = Callable[..., subprocess.CompletedProcess[str]]

SMALL = " ".join(
    f"--set {setting}"
    for setting in (
        "data.sample_subjects=24",
        "data.sample_photos=6",
        "prepare.size=32",
        "prepare.background=none",
        "search.epochs=4",
        "search.trials=2",
    )
)
"""A search that is over in a minute; it learns little."""


def clone(folder: Path) -> Path:
    """Copies what git would clone; the environment is shared, since it is the same lock file."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in listed.splitlines():
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    environment = folder / ".venv"
    environment.symlink_to(Path(sys.executable).parents[1])
    return folder


def make_in(folder: Path) -> Make:
    def run(
        target: str, timeout: float = 900, env: dict[str, str] | None = None, **variables: object
    ) -> subprocess.CompletedProcess[str]:
        words = [f"{name}={value}" for name, value in variables.items()]
        return subprocess.run(
            ["make", "--no-print-directory", "-o", ".venv/.ready", target, *words],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "COLUMNS": "200", **(env or {})},
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which `make search TASK=age` was said once."""
    folder = clone(tmp_path_factory.mktemp("clone"))
    said = make_in(folder)("search", TASK="age", MINUTES=3, ARGS=SMALL)
    assert said.returncode == 0, said.stdout + said.stderr
    (folder / "said.txt").write_text(said.stdout + said.stderr, encoding="utf-8")
    return folder


@pytest.fixture
def make(project: Path) -> Make:
    """Says `make TARGET NAME=VALUE …` in that project."""
    return make_in(project)


@pytest.fixture
def empty_project(tmp_path: Path) -> Path:
    """A fresh clone in which nothing was said yet."""
    return clone(tmp_path / "project")
