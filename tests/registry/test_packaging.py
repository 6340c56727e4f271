"""A packaged model stands alone."""

import base64
import json
import os
import subprocess
import sys
from importlib.metadata import version as installed
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from fdc import registry
from fdc.errors import InferenceError, RegistryError
from fdc.inference.predictor import Predictor
from fdc.registry.packaging import PREDICTIONS, drawn_face, requirements
from tests.registry.models import COLOUR, RECIPE, network, photo, predictions, register


def test_the_model_is_registered_with_what_belongs_to_it(tmp_path, store):
    path = list(sys.path)
    version = register(tmp_path, store, [True, True, False])

    assert (version.name, version.number) == ("fdc-colour", "1")
    assert sys.path == path
    client = mlflow.MlflowClient(store)
    registered = client.get_model_version(version.name, version.number)
    split = registry.split_digest(predictions([True, True, False]))
    assert registered.tags == {
        "fdc.task": "colour",
        "fdc.recipe": RECIPE.fingerprint,
        "fdc.test_split": split,
        "fdc.metric.accuracy": "0.666667",
    }
    assert registered.run_id == version.run_id
    assert client.get_run(version.run_id).info.status == "RUNNING", "the run's owner ends it"
    [model] = client.search_logged_models([client.get_run(version.run_id).info.experiment_id])
    assert model.source_run_id == version.run_id
    info = mlflow.models.get_model_info(version.uri)
    assert info.metadata["recipe"] == RECIPE.fingerprint
    assert info.metadata["metrics"] == {"accuracy": pytest.approx(2 / 3)}
    assert [column.name for column in info.signature.inputs] == ["photo"]
    logged = mlflow.artifacts.download_artifacts(
        run_id=version.run_id, artifact_path=PREDICTIONS, tracking_uri=store
    )
    assert list(pd.read_parquet(logged).columns) == [
        "image_id", "group", "truth", "output_0", "output_1", "output_2",
    ]  # fmt: skip


def test_pyfunc_and_predictor_say_the_same(tmp_path, store):
    version = register(tmp_path, store, [True])
    photos = [photo((0, 200, 0)), b"no photo", drawn_face()]

    rows = mlflow.pyfunc.load_model(version.uri).predict(pd.DataFrame({"photo": photos}))
    model = Predictor(registry.folder(version, store))

    assert rows.to_dict("records") == [model.predict(each).model_dump() for each in photos]
    assert rows["label"][0] == "green"
    assert rows["refusal"][1]["rule"] == "undecodable"


def test_requirements_name_the_installed_versions_and_nothing_that_trains(tmp_path, store):
    version = register(tmp_path, store, [True])
    said = Path(mlflow.pyfunc.get_model_dependencies(version.uri)).read_text().split()

    assert said == requirements(RECIPE)
    assert f"onnxruntime=={installed('onnxruntime')}" in said
    assert not [each for each in said if "keras" in each or "tensorflow" in each]


def test_the_package_needs_no_installed_fdc(tmp_path, store):
    version = register(tmp_path, store, [True])
    model = registry.folder(version, store).parents[1]
    program = """
import base64, json, sys
import mlflow, pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
photo = base64.b64decode(sys.argv[2])
print(json.dumps(model.predict(pandas.DataFrame({"photo": [photo]}))["label"][0]))
import fdc
print(json.dumps(fdc.__file__))
heavy = {"tensorflow", "keras", "autokeras", "keras_tuner"} & set(sys.modules)
print(json.dumps(sorted(heavy)))
"""
    # -S with the packages' folder alone on the path: an editable installation of fdc is not seen.
    packages = next(each for each in sys.path if each.endswith("site-packages"))
    done = subprocess.run(
        [sys.executable, "-S", "-c", program, model, base64.b64encode(photo((255, 0, 0)))],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": packages},
    )
    assert done.returncode == 0, done.stderr
    label, origin, heavy = (json.loads(line) for line in done.stdout.splitlines())

    assert label == "red"
    assert Path(origin).is_relative_to(model)
    assert heavy == []


def test_a_network_that_does_not_fit_is_not_registered(tmp_path, store):
    with pytest.raises(InferenceError, match="gives 2 outputs"):
        register(tmp_path, store, [True], weights=np.ones((3, 2)))
    assert registry.champion("colour", store) is None
    assert mlflow.MlflowClient(store).search_registered_models() == []


def test_an_unknown_run_is_an_error_that_names_the_store(tmp_path, store):
    onnx = network(tmp_path / "given.onnx", np.eye(3))
    with pytest.raises(RegistryError, match="Registering fdc-colour failed"):
        registry.package(
            run_id="0" * 32,
            task=COLOUR,
            network=onnx,
            recipe=RECIPE,
            predictions=predictions([True]),
            metrics={},
            tracking_uri=store,
        )
