"""Photos that are prepared, without any photo: a manifest, and a store of coloured crops."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from fdc.faces.recipe import Recipe
from fdc.tasks import Task
from pipelines.prepare import Prepared
from tests.curation.manifests import manifest, people

SIDES = ("train", "train", "train", "validation", "test")


def prepared(task: Task, folder: Path, people_count: int = 30, source: str = "test") -> Prepared:
    """Three photos of each of so many people, one grey for each crop, and every side of a split."""
    rows = people({f"p{n}": 3 for n in range(people_count)}, np.random.default_rng(0))
    table = manifest(rows, source).assign(
        split=[SIDES[n // 3 % 5] for n in range(len(rows))],
        group=[f"g{n // 3}" for n in range(len(rows))],
        crop=range(len(rows))[::-1],
    )
    crops = np.full((len(rows), 8, 8, 3), np.arange(len(rows))[:, None, None, None], np.uint8)
    (folder / "crops.u8").write_bytes(crops.tobytes())
    store = SimpleNamespace(
        crops_path=folder / "crops.u8", count=len(rows), size=8, crops=crops, folder=folder
    )
    return Prepared(folder, task, table, Recipe(size=32, background="none"), store)
