"""From a trained network to the champion that answers: package, promote, roll back."""

# ruff: noqa: E402
from fdc.tracking import quiet_mlflow

quiet_mlflow()  # before MLflow is imported, or it reports its use to its makers

from fdc.registry.champion import (
    Promotion,
    champion,
    champions,
    promote,
    rollback,
    version,
)
from fdc.registry.comparison import predictions_table
from fdc.registry.packaging import package
from fdc.registry.retest import PhotoCrops, held_out_photos
from fdc.registry.store import PREFIX, Version, folder, run_json

__all__ = [
    "PREFIX",
    "PhotoCrops",
    "Promotion",
    "Version",
    "champion",
    "champions",
    "folder",
    "held_out_photos",
    "package",
    "predictions_table",
    "promote",
    "rollback",
    "run_json",
    "version",
]
