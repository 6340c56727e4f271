"""What the documents name is there: flags, files, settings, targets, rooms."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from fdc.experiment import Experiment
from pipelines.cli import app
from pipelines.settings import fields

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")])
ROOMS = "fdc|pipelines|tests|benchmarks|experiments|docs"
FILES = rf"(?<![\w/.])((?:{ROOMS})/[a-z0-9_/]+\.\w+)"
MODULES = r"(?:`|^::: )(fdc(?:\.\w+)+)"
SETTINGS = r"(?:`|--set )((?:task|data|rules|split|prepare|search)\.\w+)"


def verbs(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every verb of the command line, such as ("store gc", …)."""
    for inner, below in getattr(command, "commands", {}).items():
        yield from verbs(below, f"{name} {inner}".strip())
    if not hasattr(command, "commands"):
        yield name, command


VERBS = dict(verbs(typer.main.get_command(app)))


def options(command: Any) -> set[str]:
    flags = {flag for parameter in command.params for flag in parameter.opts}
    return {flag for flag in flags if flag.startswith("--") and flag != "--help"}


def named(pattern: str) -> list[tuple[Path, str]]:
    """What the pages name, with the page."""
    return [(page, name) for page in PAGES for name in re.findall(pattern, page.read_text(), re.M)]


def missing(pattern: str, known: set[str]) -> list[str]:
    found = named(pattern)
    assert found
    return [f"{page.name}: {name}" for page, name in found if name not in known]


def test_every_command_has_its_page():
    pages = {path.stem for path in ROOT.glob("docs/commands/*.md")}
    assert pages == {verb.replace(" ", "-") for verb in VERBS} | {"index"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_commands_page_names_its_options_and_no_others(verb):
    page = (ROOT / "docs" / "commands" / f"{verb.replace(' ', '-')}.md").read_text()
    usage = page.split("```")[1]
    assert f"fdc {verb}" in usage
    assert set(re.findall(r"--[a-z-]+", usage)) == options(VERBS[verb])
    assert set(re.findall(r"^\| `(--[a-z-]+)` \|", page, re.MULTILINE)) <= options(VERBS[verb])


def defined(dotted: str) -> bool:
    """Whether a dotted name is a module, or something that one defines or imports."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    files = (path.parent.with_suffix(".py"), path.parent / "__init__.py")
    code = "".join(file.read_text() for file in files if file.is_file())
    defines = (
        rf"^(?:def|class) {path.name}\b|^{path.name}\b.*=|import .*\b{path.name}\b|^ +{path.name},$"
    )
    return re.search(defines, code, re.M) is not None


def test_modules_and_functions_that_the_documents_name_are_there():
    known = {name for _, name in named(MODULES) if defined(name)}
    assert missing(MODULES, known) == []


def test_files_that_the_documents_name_are_there():
    known = {name for _, name in named(FILES) if (ROOT / name).exists()}
    known |= set(re.findall(r"^`([\w/.]+)`:$", (ROOT / "CONTRIBUTING.md").read_text(), re.M))
    assert missing(FILES, known) == []


def test_settings_that_the_documents_name_can_be_set():
    assert missing(SETTINGS, {key for key, _ in fields(Experiment)}) == []


def test_make_targets_that_the_documents_name_are_there():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert missing(r"(?:`|^|&& )make ([a-z]+)", targets) == []


def test_the_architecture_page_draws_the_layers_that_are_enforced():
    page = (ROOT / "docs" / "architecture.md").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    assert [line.strip() for line in re.findall(r"^│(.*)│$", page, re.MULTILINE)] == layers


def test_the_architecture_page_tells_what_every_room_is_for():
    told = re.findall(r"`(fdc/\w+(?:\.py)?)`", (ROOT / "docs" / "architecture.md").read_text())
    rooms = {path.relative_to(ROOT).as_posix() for path in (ROOT / "fdc").iterdir()}
    unsaid = {"fdc/__init__.py", "fdc/py.typed", "fdc/__pycache__"}
    assert rooms - unsaid <= set(told)
