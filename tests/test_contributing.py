"""Follows each recipe of CONTRIBUTING.md word for word, in a copy of the project."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from tests.end_to_end.conftest import clone

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = {
    title: re.findall(r"^`([\w/.]+)`:\n\n```(\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    for title, section in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
}


def follow(recipe: str, folder: Path, **values: str) -> None:
    """Writes the files of a recipe and changes those that it changes.

    A `diff` shows lines of the file, taken away (-), added (+) or left as they are; hunks are
    divided by "...". What a hunk finds must be in the file once.
    """
    steps = RECIPES[recipe]
    assert 1 <= len({path for path, _, _ in steps}) <= 2
    for path, language, block in steps:
        for name, value in values.items():
            block = block.replace(name, value)
        file = folder / path
        if language != "diff":
            assert not file.exists()
            file.write_text(block, encoding="utf-8")
            continue
        code = file.read_text(encoding="utf-8")
        for hunk in block.split("...\n"):
            lines = hunk.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            assert code.count(old) == 1, f"{path} has this {code.count(old)} times:\n{old}"
            code = code.replace(old, new)
        file.write_text(code, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return clone(tmp_path / "project")


def run(project: Path, *words: str) -> str:
    """Runs Python in the copy, with the copy's code."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fdc(project: Path, *words: str) -> str:
    return run(project, "-c", "from pipelines.cli import main; main()", *words)


def photos(folder: Path, names: list[str]) -> Path:
    noise = np.random.default_rng(5)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.integers(0, 255, (64, 64, 3), np.uint8)).save(folder / name)
    return folder


def test_every_recipe_is_followed_by_a_test():
    assert [title for title, steps in RECIPES.items() if steps] == [
        "A task",
        "A language",
        "A reader",
        "A background model",
        "A network",
        "An output of the service",
    ]


def test_a_task(project: Path, tmp_path: Path):
    follow("A task", project)
    assert "gender, glasses, house" in " ".join(fdc(project, "settings").split())
    names = [f"{label}/{n}.png" for label in ("with", "without") for n in range(30)]
    root = photos(tmp_path / "photos", names)
    told = fdc(project, "prepare", "glasses", "--data", str(root), "--set", "prepare.face=whole")
    [photos_of_each] = re.findall(r"^ *photos +(\d+) +(\d+) +(\d+) +(\d+) *$", told, re.MULTILINE)
    assert photos_of_each[-1] == "60"


def test_a_language(project: Path):
    follow("A language", project)
    english = (project / "fdc" / "locale" / "en.py").read_text(encoding="utf-8")
    french = english.replace('"split.train": "training"', '"split.train": "apprentissage"')
    (project / "fdc" / "locale" / "fr.py").write_text(french, encoding="utf-8")
    asked = """
from fdc.locale import LANGUAGES, file_name, localized
print(*LANGUAGES, localized("split.train")["fr"], file_name("model_card.html", "fr"))
"""
    assert run(project, "-c", asked) == "ko en fr apprentissage model_card_fr.html\n"


def test_a_reader(project: Path, tmp_path: Path):
    follow("A reader", project)
    root = photos(tmp_path / "photos", ["KA.AN1.39.png", "KM.HA2.5.png", "YM.SU1.7.png", "x.png"])
    asked = """
import pathlib, sys
from fdc import sources
rows = sources.read(pathlib.Path(sys.argv[1])).set_index("path")
print(rows[["source", "subject", "emotion", "quarantine"]].to_json(orient="index"))
"""
    rows = json.loads(run(project, "-c", asked, str(root)))
    assert rows["KM.HA2.5.png"] == {
        "source": "jaffe", "subject": "jaffe:KM", "emotion": "happy", "quarantine": None,
    }  # fmt: skip
    assert rows["x.png"]["quarantine"].startswith("unreadable label")


def test_a_background_model(project: Path, tmp_path: Path):
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("ReduceMean", ["photo"], ["mask"], axes=[1])],
        "bright",
        [onnx.helper.make_tensor_value_info("photo", onnx.TensorProto.FLOAT, [1, 3, 64, 64])],
        [onnx.helper.make_tensor_value_info("mask", onnx.TensorProto.FLOAT, [1, 1, 64, 64])],
    )
    opset = [onnx.helper.make_opsetid("", 13)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=8)
    data = model.SerializeToString()
    (tmp_path / "bright.onnx").write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    follow("A background model", project, SHA256_OF_THE_FILE=sha256)
    asked = """
import sys
import numpy as np
from PIL import Image
from fdc.faces.background import mask_of, open_session, packages
from fdc.faces.choose import choose_recipe
recipe = choose_recipe(background="bright", detector="mtcnn", runtime="onnxruntime",
                       precision="float32", weights_folders=[sys.argv[1]])
cut = np.zeros((96, 96, 3), np.uint8)
cut[:, :48] = 200
mask = mask_of(open_session(recipe, [sys.argv[1]], 1), "bright", cut, (10, 10, 20, 20))
print(mask.shape, mask[32, 10], mask[32, 54], packages(recipe))
"""
    told = run(project, "-c", asked, str(tmp_path))
    assert told.strip() == "(64, 64) 200 0 ('onnxruntime',)"


def test_a_network(project: Path):
    follow("A network", project)
    asked = """
import keras
import keras_tuner
from fdc.training.backbones import BACKBONES
family = BACKBONES["convnext"]
hp = keras_tuner.HyperParameters()
chosen = family.choose(hp)
crops = keras.Input((64, 64, 3))
features = family.build(crops, **chosen)
print(sorted(hp.values), features.shape, keras.Model(crops, features).count_params())
"""
    told = run(project, "-c", asked).splitlines()[-1]
    assert told.startswith("['depth', 'width'] (None, 8, 8, 128) ")


def test_an_output_of_the_service(project: Path):
    follow("An output of the service", project)
    asked = """
import json
from types import SimpleNamespace
from fdc.inference.answer import answer
from fdc.serving.application import create
from fdc.tasks import Task
task = Task(name="t", kind="classes", column="c", classes=("a", "b", "c"))
said = answer(task, [0.7, 0.1, 0.2])
schema = create(SimpleNamespace(models={})).openapi()["components"]["schemas"]["Answer"]
print(json.dumps([said.lead, "lead" in schema["properties"]]))
"""
    assert json.loads(run(project, "-c", asked)) == [0.5, True]
