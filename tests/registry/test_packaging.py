"""A packaged model stands alone."""

import ast
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
from fdc.faces.preparer import packages
from fdc.faces.recipe import Recipe
from fdc.inference.predictor import Predictor
from fdc.registry.closure import needed_files
from fdc.registry.comparison import split_digest
from fdc.registry.packaging import PREDICTIONS, REQUIREMENTS, SCRIPT, drawn_face, requirements
from tests.registry.models import COLOUR, RECIPE, SIZE, network, photo, predictions, register


def test_the_model_is_registered_with_what_belongs_to_it(tmp_path, store):
    path = list(sys.path)
    version = register(tmp_path, store, [True, True, False])

    assert (version.name, version.number) == ("fdc-colour", "1")
    assert sys.path == path
    client = mlflow.MlflowClient(store)
    registered = client.get_model_version(version.name, version.number)
    split = split_digest(predictions([True, True, False]))
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


def imports(*, inside_functions: bool) -> set[str]:
    """Top-level names that the packaged code imports when it is loaded, or only when it runs."""
    found = set()
    for file in [SCRIPT, *needed_files(SCRIPT)]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        at_once = set(tree.body)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom) and (
                (node not in at_once) == inside_functions
            ):
                names = [node.module] if isinstance(node, ast.ImportFrom) else node.names
                found |= {getattr(name, "name", name).split(".")[0] for name in names}
    return found - sys.stdlib_module_names - {"fdc"}


DISTRIBUTIONS = {"cv2": "opencv-python-headless", "PIL": "pillow"}


def test_the_requirements_are_what_the_packaged_code_imports():
    at_once = {DISTRIBUTIONS.get(name, name) for name in imports(inside_functions=False)}
    recipes = [
        Recipe(background="u2netp", runtime="onnxruntime"),
        Recipe(background="u2netp", runtime="openvino"),
        Recipe(background="isnet-anime"),
        Recipe(detector="mtcnn"),
    ]
    for_some = {name for recipe in recipes for name in packages(recipe)}

    assert at_once | {"onnxruntime"} == set(REQUIREMENTS)
    only_to_download = {"pooch", "requests"}
    assert imports(inside_functions=True) - only_to_download == for_some


@pytest.mark.parametrize(
    ("fields", "needs"),
    [
        ({"background": "u2netp"}, set()),
        ({"background": "grabcut"}, set()),
        ({"background": "u2net_human_seg", "runtime": "openvino"}, {"openvino"}),
        ({"background": "grabcut", "runtime": "openvino"}, set()),
        ({"background": "isnet-anime"}, {"rembg"}),
        ({"background": "isnet-anime", "face": "whole", "detector": "mtcnn"}, set()),
        ({"detector": "mtcnn"}, {"mtcnn", "tensorflow"}),
    ],
)
def test_a_recipe_requires_what_it_really_imports(fields, needs):
    said = {each.partition("==")[0] for each in requirements(Recipe(**fields))}

    assert said - set(REQUIREMENTS) == needs


def test_the_package_needs_no_installed_fdc_and_no_package_but_its_requirements(tmp_path, store):
    version = register(tmp_path, store, [True])
    cut = Recipe(size=SIZE, detector="none", background="grabcut")
    model = registry.folder(version, store).parents[1]
    program = """
import json, sys
for name in ("pooch", "rembg", "mtcnn", "openvino", "tensorflow", "keras", "autokeras", "onnx",
             "imagehash", "pandera", "filelock", "fsspec", "ray", "psutil", "typer"):
    sys.modules[name] = None  # importing it fails
import base64, mlflow, pandas
model = mlflow.pyfunc.load_model(sys.argv[1])
photo = base64.b64decode(sys.argv[2])
[answer] = model.predict(pandas.DataFrame({"photo": [photo]})).to_dict("records")
from fdc.faces.preparer import Preparer
from fdc.faces.recipe import Recipe
crop = Preparer(Recipe.model_validate_json(sys.argv[3])).crop(photo, box=(8, 8, 24, 24))
import fdc
print(json.dumps([answer["label"], crop.pixels.shape, fdc.__file__]))
"""
    # -S with the packages' folder alone on the path: an editable installation of fdc is not seen.
    site = next(each for each in sys.path if each.endswith("site-packages"))
    done = subprocess.run(
        [
            *(sys.executable, "-S", "-c", program),
            *(model, base64.b64encode(photo((255, 0, 0))), cut.model_dump_json()),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": site},
    )
    assert done.returncode == 0, done.stderr
    label, shape, origin = json.loads(done.stdout.splitlines()[-1])

    assert label == "red"
    assert shape == [SIZE, SIZE, 3]
    assert Path(origin).is_relative_to(model)


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
