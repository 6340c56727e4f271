"""The built wheel, installed on its own and used from an empty folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SMALL, clone

pytestmark = pytest.mark.end_to_end

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make wheel` builds."""
    folder = clone(tmp_path_factory.mktemp("source"))
    made = subprocess.run(
        ["make", "-o", ".venv/.ready", "wheel"], cwd=folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    [wheel] = folder.glob("dist/*.whl")
    return wheel


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of a fresh environment with the wheel in it, and what it needs in reach."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder)
    python = folder / "bin" / "python"
    subprocess.run(
        [UV, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel],
        check=True,
    )
    [packages] = folder.glob("lib/python*/site-packages")
    # A path in a .pth is searched last, and the .pth files in it (this checkout's) are not read.
    (packages / "shared.pth").write_text(sysconfig.get_paths()["purelib"])
    return python.parent


def say(commands: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [commands / "fdc", *words],
        cwd=folder,
        env={**env, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def test_the_wheel_claims_one_name_and_carries_what_fdc_reads(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0].removesuffix("-0.1.0.dist-info") for name in names} == {"fdc"}
    checkout = Path(__file__).parents[2]
    for folder in ("fdc", "pipelines", "experiments"):
        for path in (checkout / folder).rglob("*"):
            name = path.relative_to(checkout).as_posix()
            if path.is_file() and "__pycache__" not in name:
                assert (name if folder == "fdc" else f"fdc/{name}") in names


def test_the_installed_commands_search_from_an_empty_folder(commands: Path, tmp_path: Path):
    said = say(commands, tmp_path, "--help")
    assert "search" in said.stdout
    said = say(commands, tmp_path, "settings")
    names = ", ".join(sorted(path.stem for path in EXPERIMENTS.glob("*.yaml")))
    assert f"Experiments: {names}" in " ".join(said.stdout.split()), said.stderr
    assert list(tmp_path.iterdir()) == []
    said = say(commands, tmp_path, "search", "age", "--trials", "1", *SMALL.split())
    assert said.returncode == 0, said.stdout + said.stderr
    assert "fdc-age version 1" in said.stdout
    asked = "import fdc, json, sys; print(json.dumps([fdc.__file__, sys.prefix]))"
    where = subprocess.run(
        [commands / "python", "-I", "-c", asked], capture_output=True, check=True
    ).stdout
    module, prefix = json.loads(where)
    assert module.startswith(prefix), "the checkout was used, and not the wheel"


def test_ones_own_experiment_is_found_beside_those_of_the_wheel(commands: Path, tmp_path: Path):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "glasses.yaml").write_text(
        "task: {kind: classes, column: glasses, classes: [with, without]}"
    )
    said = say(commands, tmp_path, "settings")
    assert "age, age_regression," in said.stdout
    assert "gender, glasses, house" in " ".join(said.stdout.split())
    said = say(commands, tmp_path, "prepare", "glases")
    assert said.returncode == 2
    assert "Did you mean 'glasses'?" in said.stderr
