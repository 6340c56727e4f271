"""A trained network becomes a registered model that stands alone."""

import io
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.models import Model, ModelSignature
from mlflow.types.schema import Array, ColSpec, DataType, Map, Object, Property, Schema
from PIL import Image, ImageDraw

from fdc.faces import preparer
from fdc.faces.recipe import Recipe
from fdc.inference import predictor
from fdc.locale import LANGUAGES
from fdc.registry.closure import copy_needed
from fdc.registry.comparison import split_digest
from fdc.registry.store import PREFIX, TAG, Version, by_number, client, reported
from fdc.tasks import Task

PREDICTIONS = "test/predictions.parquet"

REQUIREMENTS = (
    "mlflow",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "pandas",
    "pillow",
    "pydantic",
)
"""What the packaged code imports for every recipe; `preparer.packages` knows what for one."""

SCRIPT = Path(__file__).with_name("pyfunc_model.py")

_NAMES = Object([Property(language, DataType.string) for language in LANGUAGES])
SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec(DataType.binary, "photo")]),
    outputs=Schema(
        [
            ColSpec(DataType.string, "task"),
            ColSpec(DataType.string, "label", required=False),
            ColSpec(_NAMES, "names", required=False),
            ColSpec(Map(DataType.double), "probabilities"),
            ColSpec(DataType.double, "value", required=False),
            ColSpec(DataType.double, "years", required=False),
            ColSpec(Array(_NAMES), "notes"),
            ColSpec(
                Object(
                    [
                        Property("rule", DataType.string),
                        Property("reason", DataType.string),
                        Property("message", _NAMES),
                    ]
                ),
                "refusal",
                required=False,
            ),
        ]
    ),
)


def package(
    *,
    run_id: str,
    task: Task,
    network: Path,
    recipe: Recipe,
    predictions: pd.DataFrame,
    metrics: Mapping[str, float],
    weights_folders: Sequence[Path] = (),
    tracking_uri: str | None = None,
) -> Version:
    """Logs a model to the search's parent run and registers it as `fdc-<task>`.

    Args:
        run_id: The parent run.
        task: What the network predicts, its classes named.
        network: ONNX file of the winner.
        recipe: How its crops were made.
        predictions: What the network said about the test photos, from
            `comparison.predictions_table`; logged without the photos.
        metrics: Its figures on the test photos, as `fdc.evaluation.score` names them; they stand
            in the model, and on the version as tags.
        weights_folders: Where the weights of the recipe's own networks may lie; they are copied
            into the model.
        tracking_uri: MLflow's store; the one that MLflow is set to if not given.

    Returns:
        The registered version.

    Raises:
        InferenceError: The network does not fit task or recipe.
        RegistryError: The store cannot be reached.
        WeightsError: A network of the recipe is on this machine no more.
    """
    name = PREFIX + task.name
    digest = split_digest(predictions)
    with reported(f"Registering {name}"), tempfile.TemporaryDirectory() as scratch:
        store = client(tracking_uri)
        folder = predictor.save(
            Path(scratch) / "model",
            network=network,
            task=task,
            recipe=recipe,
            weights_folders=weights_folders,
            metrics=metrics,
        )
        predictor.Predictor(folder)  # a model that cannot be loaded is never registered
        table = Path(scratch) / Path(PREDICTIONS).name
        predictions.to_parquet(table, index=False)
        store.log_artifact(run_id, str(table), str(Path(PREDICTIONS).parent))
        identity = {"task": task.name, "recipe": recipe.fingerprint, "test_split": digest}
        # Model.log puts a model into the current experiment, whatever its run belongs to.
        mlflow.set_experiment(experiment_id=store.get_run(run_id).info.experiment_id)
        with _unchanged_import_path():
            # Model.log and not pyfunc.log_model: it takes the run's id, so that the run's status,
            # which the tracking room owns, stays as it is.
            logged = Model.log(
                artifact_path=None,
                name="model",
                flavor=mlflow.pyfunc,
                run_id=run_id,
                python_model=str(SCRIPT),
                code_paths=[str(copy_needed(SCRIPT, Path(scratch) / "code"))],
                artifacts={"model": str(folder)},
                pip_requirements=requirements(recipe),
                signature=SIGNATURE,
                input_example=pd.DataFrame({"photo": [drawn_face()]}),
                metadata={**identity, "metrics": dict(metrics)},
                registered_model_name=name,
                await_registration_for=60,
            )
        number = str(logged.registered_model_version)
        tags = identity | {
            f"metric.{key}": f"{value:.6g}"
            for key, value in metrics.items()
            if "/" not in key  # a class's own figures are on the run; its name may be no tag
        }
        for key, value in tags.items():
            store.set_model_version_tag(name, number, TAG + key, value)
        return by_number(store, name, number)


def requirements(recipe: Recipe) -> list[str]:
    """The packages that the model needs, pinned to the versions that are installed here."""
    needed = dict.fromkeys((*REQUIREMENTS, *preparer.packages(recipe)))
    return [f"{name}=={version(name)}" for name in needed]


def drawn_face() -> bytes:
    """An input example that shows nobody: a face drawn with a few ellipses, as PNG bytes."""
    image = Image.new("RGB", (192, 224), (216, 226, 232))
    draw = ImageDraw.Draw(image)
    draw.rectangle((28, 188, 164, 224), fill=(70, 92, 120))
    draw.ellipse((40, 18, 152, 190), fill=(64, 46, 38))
    draw.ellipse((50, 40, 142, 188), fill=(228, 186, 160))
    for x in (76, 116):
        draw.ellipse((x - 9, 96, x + 9, 108), fill="white")
        draw.ellipse((x - 5, 97, x + 5, 107), fill=(52, 36, 30))
        draw.arc((x - 14, 80, x + 14, 100), 200, 340, fill=(64, 46, 38), width=4)
    draw.line((96, 106, 90, 134, 98, 136), fill=(190, 146, 122), width=3)
    draw.chord((76, 144, 116, 168), 0, 180, fill=(186, 92, 92))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@contextmanager
def _unchanged_import_path() -> Iterator[None]:
    """MLflow tries the package out and leaves its temporary folder on the import path."""
    before = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = before
