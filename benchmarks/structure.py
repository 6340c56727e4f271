"""How the house is built: modules, lines, and the arrows between its rooms, for any checkout.

    python benchmarks/structure.py [FOLDER]

FOLDER is another checkout, such as one that `git worktree add FOLDER REVISION` made.

A room is a folder of fdc/, a module beside them, or pipelines/. An arrow from one room to another
means that a module of the first imports one of the second; what rides on it is counted too.
"""

import argparse
import ast
import json
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

PACKAGES = ("fdc", "pipelines")


@dataclass(frozen=True)
class Module:
    """One file of Python.

    Attributes:
        name: As it is imported.
        lines: Of its file.
        imports: Names of modules of this project that it imports, at any depth of its code.
    """

    name: str
    lines: int
    imports: frozenset[str]

    @property
    def room(self) -> str:
        """The folder or module that it belongs to."""
        return room_of(self.name)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parents[1])
    modules = read(parser.parse_args().folder)
    arrows = Counter(
        (module.room, room_of(target))
        for module in modules
        for target in module.imports
        if room_of(target) != module.room
    )
    show(modules, arrows)
    longest = max(modules, key=lambda module: module.lines)
    print(
        json.dumps(
            {
                "modules": len(modules),
                "lines": sum(module.lines for module in modules),
                "rooms": len({module.room for module in modules}),
                "arrows": len(arrows),
                "imports across rooms": sum(arrows.values()),
                "longest": [longest.name, longest.lines],
                "over 300 lines": sum(module.lines > 300 for module in modules),
            }
        )
    )


def read(folder: Path) -> list[Module]:
    """Reads every module of a checkout as text; nothing of it is run."""
    paths = {
        module_name(path.relative_to(folder)): path
        for package in PACKAGES
        for path in sorted((folder / package).rglob("*.py"))
    }
    return [
        Module(name, len(path.read_text().splitlines()), imports_of(name, path, paths.keys()))
        for name, path in paths.items()
    ]


def imports_of(name: str, path: Path, known: Collection[str]) -> frozenset[str]:
    """Modules of the project that a file imports."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            origin = ".".join(part for part in (base, node.module) if part)
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                found.add(inner if inner in known else origin)
    return frozenset(found & set(known) - {name})


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[0] if parts[0] != "fdc" or len(parts) == 1 else parts[1]


def show(modules: list[Module], arrows: Counter[tuple[str, str]]) -> None:
    """Prints one line per room: its size, and which rooms it uses."""
    uses = defaultdict(list)
    for (source, target), count in sorted(arrows.items()):
        uses[source].append(f"{target} {count}")
    table = Table("room", "modules", "lines", "longest", "imports", box=None, header_style="bold")
    rooms = sorted({module.room for module in modules})
    for room in rooms:
        inside = [module for module in modules if module.room == room]
        longest = max(inside, key=lambda module: module.lines)
        table.add_row(
            room,
            str(len(inside)),
            str(sum(module.lines for module in inside)),
            f"{longest.name.rpartition('.')[2]} {longest.lines}",
            ", ".join(uses[room]),
        )
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
