"""From a trained network to the champion that answers: package, promote, roll back."""

# ruff: noqa: E402
from fdc.tracking import quiet_mlflow

quiet_mlflow()  # before MLflow is imported, or it reports its use to its makers

from fdc.registry.champion import (
    Promotion,
    champion,
    champions,
    history,
    promote,
    rollback,
    version,
)
from fdc.registry.comparison import Comparison, compare, predictions_table, split_digest
from fdc.registry.packaging import package
from fdc.registry.retest import PhotoCrops, held_out_photos
from fdc.registry.store import Version, folder, run_json

__all__ = [
    "Comparison",
    "PhotoCrops",
    "Promotion",
    "Version",
    "champion",
    "champions",
    "compare",
    "folder",
    "held_out_photos",
    "history",
    "package",
    "predictions_table",
    "promote",
    "rollback",
    "run_json",
    "split_digest",
    "version",
]
