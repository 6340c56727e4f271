"""Tests mirror the code file by file: who looks for the tests of a module knows where they are."""

from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).parents[1]

TESTED_BY_A_NEIGHBOUR = {
    "fdc/locale/en.py": "tests/test_locale.py",
    "fdc/locale/ko.py": "tests/test_locale.py",
}
"""Modules, or folders of them, without a test file of their own, and the one that tests them."""

OF_THE_WHOLE = {
    "tests/end_to_end/": "drives the commands of the README",
    "tests/curation/test_real.py": "takes real data sets through all of curation",
    "tests/search/test_run_on_cluster.py": "does on a cluster what test_run.py does here",
    "tests/serving/test_mlflow_serve.py": "asks MLflow's own service for the same answers",
    "tests/sources/test_real.py": "reads real data sets by all readers",
    "tests/test_benchmarks.py": "benchmarks are scripts",
    "tests/test_contributing.py": "follows the recipes of CONTRIBUTING.md",
    "tests/test_docs.py": "holds the documents to the code",
    "tests/test_makefile.py": "says what make runs",
    "tests/test_mirror.py": "is this file",
}
"""Test files without a module of their own, and why."""


def mirrored(module: Path) -> Path:
    """Where the tests of a module are: fdc/a/b.py has tests/a/test_b.py."""
    folder = module.parent.relative_to("fdc") if module.parts[0] == "fdc" else module.parent
    return Path("tests") / folder / f"test_{module.name}"


MODULES = {
    path.relative_to(ROOT)
    for folder in ("fdc", "pipelines")
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__init__.py"
}
TESTS = {path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")}


def excepted(path: Path, table: Collection[str]) -> bool:
    return any(path.as_posix().startswith(name) for name in table)


def test_every_module_has_its_test_file():
    without = [
        path.as_posix()
        for path in sorted(MODULES)
        if mirrored(path) not in TESTS and not excepted(path, TESTED_BY_A_NEIGHBOUR)
    ]
    assert not without, "\n" + "\n".join(without)


def test_every_test_file_has_its_module():
    homes = {mirrored(path) for path in MODULES}
    without = [
        path.as_posix()
        for path in sorted(TESTS - homes)
        if not excepted(path, OF_THE_WHOLE) and not package(path)
    ]
    assert not without, "\n" + "\n".join(without)


def package(test: Path) -> bool:
    """Whether tests/a/test_b.py tests a package fdc/a/b/."""
    return (ROOT / "fdc" / test.parent.relative_to("tests") / test.stem[5:]).is_dir()


def test_no_exception_outlives_its_reason():
    untested = {path for path in MODULES if mirrored(path) not in TESTS}
    homeless = TESTS - {mirrored(path) for path in MODULES}
    for name, neighbour in TESTED_BY_A_NEIGHBOUR.items():
        assert any(excepted(path, {name}) for path in untested), f"{name} has its tests by now"
        assert Path(neighbour) in TESTS, neighbour
    for name in OF_THE_WHOLE:
        assert any(excepted(path, {name}) for path in homeless), f"{name} is gone or has a module"
