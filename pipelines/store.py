"""Looks after the crop stores."""

from pathlib import Path

from rich.console import Console

from fdc import manifest
from fdc.crops import store

from . import workspace

console = Console()


def collect_garbage(*, delete: bool) -> None:
    """Lists, or deletes, the stores that neither a manifest nor a search refers to.

    Args:
        delete: Delete them, not only list them.
    """
    used = {recipe_of(path) for path in workspace.DATA.glob("manifests/*/*.parquet")}
    searched = workspace.DATA.glob(f"searches/*/{workspace.SEARCHED_RECIPE}")
    used |= {path.read_text(encoding="ascii") for path in searched}
    if delete:
        for folder, size in store.collect_garbage(workspace.STORES, used):
            console.print(f"Deleted {folder} ({size / 1e6:.0f} MB)")
        return
    unused = [path for path in store.stores(workspace.STORES) if path.name not in used]
    for folder in unused:
        console.print(f"{folder} ({store.size_of(folder) / 1e6:.0f} MB)")
    advice = " fdc store gc --delete removes them." if unused else ""
    console.print(f"{len(unused)} crop store(s) are used by no manifest and no search.{advice}")


def recipe_of(path: Path) -> str:
    """The fingerprint of the recipe that a manifest was last prepared with."""
    return str(manifest.read(path).attrs.get("recipe"))
