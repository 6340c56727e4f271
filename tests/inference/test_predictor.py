"""A model folder answers alone, and refuses what it was not made for."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fdc.errors import InferenceError, WeightsError
from fdc.faces.recipe import Recipe
from fdc.inference import predictor
from fdc.inference.predictor import Predictor
from tests.inference import old_format
from tests.registry.models import (
    AGE,
    AGE_REGRESSION,
    COLOUR,
    RECIPE,
    SIZE,
    network,
    photo,
)


def folder(path: Path, task=COLOUR, weights=None, recipe=RECIPE) -> Path:
    weights = 8 * np.eye(3) if weights is None else weights
    onnx = network(path / "given.onnx", weights, softmax=not task.is_regression)
    return predictor.save(path / "model", network=onnx, task=task, recipe=recipe)


def test_a_photo_is_answered_with_probabilities_in_class_order(tmp_path):
    said = Predictor(folder(tmp_path)).predict(photo((0, 0, 255)))

    expected = np.exp([0, 0, 8]) / np.exp([0, 0, 8]).sum()
    assert list(said.probabilities) == ["red", "green", "blue"]
    assert list(said.probabilities.values()) == pytest.approx(expected, abs=1e-3)
    assert (said.label, said.names["ko"], said.names["en"]) == ("blue", "파랑", "Blue")
    assert said.value is None
    assert said.years is None
    assert said.refusal is None


def test_ages_in_classes_come_with_the_expected_years(tmp_path):
    said = Predictor(folder(tmp_path, AGE)).predict(photo((255, 255, 255)))

    assert said.label == "0-9"
    assert said.years == pytest.approx((5 + 15 + 25) / 3, abs=0.01)


@pytest.mark.parametrize(("scale", "years"), [(30.0, 30.0), (300.0, 100.0), (-5.0, 0.0)])
def test_a_regression_says_years_within_the_task_limits(tmp_path, scale, years):
    weights = np.array([[scale], [0.0], [0.0]])
    said = Predictor(folder(tmp_path, AGE_REGRESSION, weights)).predict(photo((255, 0, 0)))

    assert said.value == said.years == pytest.approx(years, rel=0.01)
    assert said.names["ko"] == f"{said.years:.0f}세"
    assert said.label is None
    assert said.probabilities == {}


def test_bytes_that_are_no_photo_are_refused_in_both_languages(tmp_path):
    said = Predictor(folder(tmp_path)).predict(b"no photo")

    assert said.label is None
    assert said.refusal.rule == "undecodable"
    assert "읽을 수 없습니다" in said.refusal.message["ko"]
    assert "cannot be read" in said.refusal.message["en"]


def test_a_photo_without_a_face_is_refused_by_the_detector(tmp_path, shared):
    yunet = shared / "models" / "face_detection_yunet_2023mar.onnx"
    recipe = Recipe(size=SIZE, detector="yunet", detector_weights=YUNET)
    onnx = network(tmp_path / "given.onnx", 8 * np.eye(3))
    made = predictor.save(
        tmp_path / "model",
        network=onnx,
        task=COLOUR,
        recipe=recipe,
        weights_folders=[yunet.parent],
    )

    assert (made / "weights" / yunet.name).read_bytes() == yunet.read_bytes()
    assert Predictor(made).predict(photo((9, 9, 9), 300)).refusal.rule == "no face"


YUNET = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"


def test_weights_that_are_missing_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("FDC_WEIGHTS", str(tmp_path / "none"))
    recipe = Recipe(size=SIZE, detector="yunet", detector_weights="0" * 64)
    onnx = network(tmp_path / "given.onnx", 8 * np.eye(3))

    with pytest.raises(WeightsError, match="yunet"):
        predictor.save(tmp_path / "model", network=onnx, task=COLOUR, recipe=recipe)


def test_crops_of_another_recipe_are_refused(tmp_path):
    model = Predictor(folder(tmp_path))
    crops = np.zeros((2, SIZE, SIZE, 3), np.uint8)
    other = RECIPE.model_copy(update={"margin": 0.4})

    assert model.outputs(crops, RECIPE.fingerprint).shape == (2, 3)
    with pytest.raises(InferenceError, match=other.fingerprint):
        model.outputs(crops, other.fingerprint)


def test_a_recipe_that_was_exchanged_is_refused(tmp_path):
    made = folder(tmp_path)
    other = RECIPE.model_copy(update={"colour": (0, 0, 0)})
    (made / predictor.RECIPE).write_text(other.model_dump_json())

    with pytest.raises(InferenceError, match=other.fingerprint):
        Predictor(made)


@pytest.mark.parametrize(
    ("task", "outputs", "said"),
    [(COLOUR, 4, "gives 4 outputs, but the task colour needs 3"), (AGE_REGRESSION, 2, "needs 1")],
)
def test_a_network_that_does_not_fit_its_task_is_refused(tmp_path, task, outputs, said):
    with pytest.raises(InferenceError, match=said):
        Predictor(folder(tmp_path, task, np.ones((3, outputs))))


def test_a_network_of_another_size_is_refused(tmp_path):
    recipe = RECIPE.model_copy(update={"size": 48})

    with pytest.raises(InferenceError, match="crops of 32 px"):
        Predictor(folder(tmp_path, recipe=recipe))


def test_an_incomplete_folder_says_what_is_missing(tmp_path):
    made = folder(tmp_path)
    (made / predictor.TASK).unlink()

    with pytest.raises(InferenceError, match=r"task\.json is missing"):
        Predictor(made)


def test_answering_imports_nothing_that_trains(tmp_path):
    made = folder(tmp_path)
    (tmp_path / "photo.png").write_bytes(photo((255, 0, 0)))
    program = """
import json, pathlib, sys
from fdc.inference.predictor import Predictor
answer = Predictor(pathlib.Path(sys.argv[1])).predict(pathlib.Path(sys.argv[2]).read_bytes())
import fdc.registry, fdc.serving.application
heavy = {"tensorflow", "keras", "autokeras", "keras_tuner", "torch", "jax"} & set(sys.modules)
print(json.dumps([answer.label, sorted(heavy)]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, made, tmp_path / "photo.png"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == ["red", []]


@pytest.mark.parametrize(
    ("text", "outputs", "label", "value", "years"),
    [
        (old_format.AGE, 8 * np.eye(3), "0-9", None, 5.0),
        (old_format.AGE_REGRESSION, np.array([[31.0], [0.0], [0.0]]), None, 31.0, 31.0),
        (old_format.TONE, 8 * np.eye(3)[:, :2], "warm", None, None),
    ],
)
def test_a_model_registered_before_still_answers(tmp_path, text, outputs, label, value, years):
    task = json.loads(text)
    softmax = task["kind"] != "regression"
    network(tmp_path / "network.onnx", outputs, softmax=softmax)
    (tmp_path / "task.json").write_text(text, encoding="utf-8")
    (tmp_path / "recipe.json").write_text(old_format.RECIPE, encoding="utf-8")
    (tmp_path / "model.json").write_text(old_format.description(task["name"]), encoding="utf-8")

    model = Predictor(tmp_path)
    said = model.predict(photo((255, 0, 0)))

    assert model.recipe.fingerprint == old_format.FINGERPRINT
    assert (said.task, said.label, said.refusal) == (task["name"], label, None)
    assert said.value == pytest.approx(value, abs=0.1)
    assert said.years == pytest.approx(years, abs=0.1)
