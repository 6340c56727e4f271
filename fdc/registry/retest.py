"""A version against the champion; where their test photos differ, the champion is tested again."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

import mlflow
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fdc.errors import RegistryError
from fdc.inference.predictor import Predictor
from fdc.registry.comparison import Comparison, compare, predictions_table, split_digest
from fdc.registry.packaging import PREDICTIONS
from fdc.registry.store import Version, client, folder, reported


@dataclass(frozen=True, eq=False)
class PhotoCrops:
    """Crops of photos that lie on this machine.

    Attributes:
        fingerprint: Of the recipe that made them.
        pixels: uint8 RGB (count, size, size, 3); may be memory-mapped.
        positions: Where each photo's crop stands in `pixels`, by image_id.
    """

    fingerprint: str
    pixels: NDArray[np.uint8]
    positions: Mapping[str, int]


def held_out_photos(version: Version, tracking_uri: str | None = None) -> list[str]:
    """The image_ids of the test photos of a version, which it was not trained on.

    Raises:
        RegistryError: They were not kept, or the store cannot be reached.
    """
    with reported(f"Looking up the test photos of {version.name} version {version.number}"):
        client(tracking_uri)
        return [str(image_id) for image_id in _predictions(version)["image_id"]]


def compare_versions(
    challenger: Version, champion: Version, crops: PhotoCrops | None = None
) -> Comparison:
    """Compares two versions on the challenger's test photos.

    Args:
        challenger: The new version.
        champion: The present one.
        crops: Of the challenger's test photos, on which the champion is tested again if it was
            tested on others.

    Raises:
        RegistryError: The champion was tested on others, and cannot be tested on these.
        InferenceError: One of the models cannot be loaded.
    """
    ours, theirs = _predictions(challenger), _predictions(champion)
    new = Predictor(folder(challenger))
    if split_digest(ours) == split_digest(theirs):
        return compare(new.task, ours, theirs)
    both = f"Version {challenger.number} and the champion, version {champion.number},"
    old = Predictor(folder(champion))
    if old.recipe.fingerprint != new.recipe.fingerprint or old.task.labels != new.task.labels:
        raise RegistryError(
            f"{both} were tested on different photos, and the champion cannot be tested on the new "
            "ones: its recipe or its classes differ.",
            hint="Search again with the champion's recipe and classes, or pass --force.",
        )
    missing = [each for each in ours["image_id"] if crops is None or each not in crops.positions]
    if crops is None or missing:
        raise RegistryError(
            f"{both} were tested on different photos, and {len(missing)} of the new ones have no "
            "crop on this machine.",
            hint=f"Say fdc prepare {challenger.task} with the same photos first, or pass --force.",
        )
    positions = np.array([crops.positions[each] for each in ours["image_id"]], np.int64)
    outputs = old.outputs(crops.pixels, crops.fingerprint, positions)
    image_ids, truth, groups = (ours[name].tolist() for name in ("image_id", "truth", "group"))
    return compare(new.task, ours, predictions_table(image_ids, truth, outputs, groups))


def _predictions(version: Version) -> pd.DataFrame:
    action = f"Reading the test predictions of {version.name} version {version.number}"
    with reported(action), tempfile.TemporaryDirectory() as scratch:
        path = mlflow.artifacts.download_artifacts(
            run_id=version.run_id, artifact_path=PREDICTIONS, dst_path=scratch
        )
        return pd.read_parquet(path)
