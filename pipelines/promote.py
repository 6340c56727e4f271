"""Which version of a task's model is in service."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.console import Console

from fdc import manifest, registry
from fdc.crops.store import CropStore, keys_of
from fdc.errors import RegistryError
from fdc.inference.predictor import Predictor
from fdc.tracking import tracking_uri

from . import workspace

console = Console()


def promote(task: str, version: int | None = None, *, force: bool = False) -> None:
    """Makes a version the champion if it is no worse on the same test photos; says both figures.

    Args:
        task: Name of the task.
        version: Which one; the newest by default.
        force: Promote it even where it is worse, or cannot be compared.

    Raises:
        RegistryError: It is worse, cannot be compared, or does not exist.
    """
    promotion = registry.promote(
        task,
        None if version is None else str(version),
        force=force,
        reevaluate=lambda champion, ids: reevaluate(task, champion, ids),
        tracking_uri=tracking_uri(),
    )
    console.print(str(promotion))
    console.print("Serve it: make serve", style="dim")


def rollback(task: str) -> None:
    """Puts the champion before the present one back.

    Raises:
        RegistryError: There was none before.
    """
    console.print(str(registry.rollback(task, tracking_uri())))


def reevaluate(task: str, champion: Predictor, image_ids: Sequence[str]) -> npt.NDArray[Any]:
    """The present champion's outputs for the test photos of a newer model, from their crops.

    Args:
        task: Name of the task.
        champion: The model to test again.
        image_ids: The photos, in the order of the outputs.

    Raises:
        RegistryError: Some of these photos have no crop here.
    """
    rows = _rows(task, image_ids)
    store = CropStore(workspace.STORES / champion.recipe.fingerprint)
    positions = store.find(keys_of(rows))["position"]
    if positions.isna().any():
        raise RegistryError(
            f"{int(positions.isna().sum())} of the test photos have no crop on this machine.",
            f"Say fdc prepare {task} with the same photos first, or pass --force.",
        )
    return champion.outputs(store.crops[positions.to_numpy(np.int64)], store.fingerprint)


def _rows(task: str, image_ids: Sequence[str]) -> pd.DataFrame:
    wanted = set(image_ids)
    for path in sorted((workspace.DATA / "manifests").glob(f"*/{task}.parquet")):
        clean = manifest.clean(manifest.read(path)).drop_duplicates("image_id")
        if wanted <= set(clean["image_id"]):
            return clean.set_index("image_id", drop=False).loc[list(image_ids)]
    raise RegistryError(
        "The test photos of the new version are not on this machine.",
        f"Say fdc prepare {task} with the same photos first, or pass --force.",
    )
