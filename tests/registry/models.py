"""Small models whose answers can be known beforehand: they look at a crop's mean colour."""

import io
from collections.abc import Sequence
from pathlib import Path

import mlflow
import numpy as np
import onnx
import pandas as pd
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from fdc.faces.recipe import Recipe
from fdc.locale import LocalizedText
from fdc.registry import Version, package, predictions_table
from fdc.tasks import Task

SIZE = 32
RECIPE = Recipe(size=SIZE, face="whole", detector="none", background="none")

COLOUR = Task(
    name="colour",
    kind="classes",
    column="colour",
    title=LocalizedText(ko="색", en="Colour"),
    classes=("red", "green", "blue"),
    names={
        "red": LocalizedText(ko="빨강", en="Red"),
        "green": LocalizedText(ko="초록", en="Green"),
        "blue": LocalizedText(ko="파랑", en="Blue"),
    },
)
AGE = Task(name="age", kind="ordinal", column="age", bins=(0, 10, 20))
AGE_REGRESSION = Task(
    name="age_regression",
    kind="regression",
    column="age",
    unit=LocalizedText(ko="세", en="years"),
    limits=(0, 100),
)


def network(path: Path, weights: NDArray[np.float64], *, softmax: bool = True) -> Path:
    """Writes a network that multiplies the mean colour (3,), 0 to 1, by weights (3, outputs)."""
    crops = helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["n", SIZE, SIZE, 3])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", weights.shape[1]])
    constants = {
        "axes": np.array([1, 2], np.int64),
        "weights": weights.astype(np.float32) / 255,
    }
    last = "scores" if softmax else "output"
    nodes = [
        helper.make_node("ReduceMean", ["crops", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "weights"], [last]),
        *([helper.make_node("Softmax", ["scores"], ["output"], axis=1)] if softmax else []),
    ]
    graph = helper.make_graph(
        nodes,
        "mean colour",
        [crops],
        [output],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = [helper.make_opsetid("", 18)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), path)
    return path


def photo(colour: tuple[int, int, int], side: int = 80, kind: str = "PNG") -> bytes:
    """A plain photo of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, kind)
    return buffer.getvalue()


def predictions(
    right: list[bool], *, prefix: str = "photo", image_ids: Sequence[str] | None = None
) -> pd.DataFrame:
    """Test predictions of `COLOUR`, some of them right; the truth is always green."""
    outputs = np.array([[0.1, 0.8, 0.1] if each else [0.8, 0.1, 0.1] for each in right])
    ids = image_ids or [f"{prefix}-{i}" for i in range(len(right))]
    return predictions_table(ids, [1.0] * len(right), outputs)


def register(
    folder: Path,
    tracking_uri: str,
    right: list[bool],
    *,
    task: Task = COLOUR,
    weights: NDArray[np.float64] | None = None,
    prefix: str = "photo",
    recipe: Recipe = RECIPE,
    weights_folders: Sequence[Path] = (),
    image_ids: Sequence[str] | None = None,
) -> Version:
    """Packages a model whose test predictions were right as given; their share is its objective."""
    mlflow.set_tracking_uri(tracking_uri)
    experiment = mlflow.get_experiment_by_name(task.name)
    client = mlflow.MlflowClient()
    experiment_id = (
        experiment.experiment_id
        if experiment
        else client.create_experiment(task.name, (folder / "artifacts").as_uri())
    )
    run = client.create_run(experiment_id)
    folder.mkdir(parents=True, exist_ok=True)
    if weights is None:
        weights = 8 * np.eye(3)
    softmax = not task.is_regression
    return package(
        run_id=run.info.run_id,
        task=task,
        network=network(folder / f"{run.info.run_id}.onnx", weights, softmax=softmax),
        recipe=recipe,
        predictions=predictions(right, prefix=prefix, image_ids=image_ids),
        metrics={task.objective[0]: float(np.mean(right))},
        weights_folders=weights_folders,
        tracking_uri=tracking_uri,
    )
