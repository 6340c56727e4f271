"""The files of fdc that a script needs: those of what it imports, and of what that imports."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import fdc

PACKAGE = Path(fdc.__file__).parent


def needed_files(script: Path) -> list[Path]:
    """Follows a script's imports through fdc, also those inside functions.

    A module that calls `import_module` is taken to need every module beside it.

    Args:
        script: A Python file; it need not belong to fdc itself.

    Returns:
        Files below `PACKAGE`, the `__init__.py` of each room among them, sorted.
    """
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        new = set(_imported_files(waiting.pop())) - found
        found |= new
        waiting += new
    return sorted(found)


def copy_needed(script: Path, folder: Path) -> Path:
    """Makes a package `fdc` of those files alone.

    Args:
        script: A Python file that imports fdc.
        folder: Where the package is put.

    Returns:
        Folder of the package.
    """
    copy = folder / PACKAGE.name
    for file in needed_files(script):
        target = copy / file.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return copy


def _imported_files(file: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What is imported from a package may be a module of it, or a name in its __init__.
            for alias in node.names:
                yield from _files(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Name) and node.id == "import_module":
            yield from file.parent.glob("*.py")  # it finds its neighbours by name


def _files(name: str) -> Iterator[Path]:
    """Files that importing a dotted name runs; none where it is not fdc's."""
    first, *parts = name.split(".")
    if first != PACKAGE.name:
        return
    place = PACKAGE
    yield place / "__init__.py"
    for part in parts:
        place /= part
        if (module := place.with_suffix(".py")).is_file():
            yield module
        if not (package := place / "__init__.py").is_file():
            return
        yield package
