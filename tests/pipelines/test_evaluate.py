"""The command that shows a report, and what it says where there is none."""

import json

import mlflow
import pytest

from fdc.errors import RegistryError
from pipelines.evaluate import evaluate
from tests.registry.models import register

# Letter by letter what fdc wrote before the artifact was called report.json.
OLD_REPORT = """{
  "task": {"name": "colour", "kind": "ordinal", "column": "age",
    "title": {"ko": "나이대", "en": "age group"}, "classes": [], "bins": [0.0, 10.0],
    "names": {}, "merge": {}, "unit": {"ko": "세", "en": "years"}, "limits": [0.0, 120.0],
    "forbidden_augmentation": []},
  "metric": "accuracy", "photos": 120, "groups": 11,
  "intervals": {
    "accuracy": {"value": 0.4667, "low": 0.3538, "high": 0.6, "level": 0.95},
    "balanced_accuracy": {"value": 0.4484, "low": 0.3468, "high": 0.5561, "level": 0.95},
    "macro_f1": {"value": 0.4653, "low": 0.3589, "high": 0.5648, "level": 0.95},
    "log_loss": {"value": 1.1235, "low": 0.8991, "high": 1.3443, "level": 0.95},
    "one_off_accuracy": {"value": 0.95, "low": 0.9090, "high": 0.9818, "level": 0.95},
    "mae": {"value": 6.0833, "low": 4.3333, "high": 7.6666, "level": 0.95},
    "recall/0-9": {"value": 0.6, "low": 0.3888, "high": 0.8126, "level": 0.95},
    "recall/10+": {"value": 0.3888, "low": 0.1875, "high": 0.5882, "level": 0.95}},
  "baseline": {"accuracy": 0.1666, "balanced_accuracy": 0.1428, "macro_f1": 0.0408,
    "log_loss": 1.9424, "one_off_accuracy": 0.45, "mae": 17.0, "recall/0-9": 1.0,
    "recall/10+": 0.0},
  "trivial_answer": 0.0,
  "difference": {"value": 0.3, "low": 0.1928, "high": 0.4181, "level": 0.95},
  "beats_baseline": true, "calibration_error": 0.0968,
  "slices": [{"by": "class", "key": "0-9", "photos": 20, "groups": 11, "metric": "accuracy",
    "interval": {"value": 0.6, "low": 0.3888, "high": 0.8126, "level": 0.95}, "rest": 0.44,
    "is_worse": false, "is_small": true}]
}"""


@pytest.fixture
def version(here, store):
    return register(here / "models", store, [True])


@pytest.mark.parametrize("name", ["report.json", "verdict.json"])
def test_a_report_is_shown_slice_by_slice_also_of_models_of_before(version, store, capsys, name):
    mlflow.MlflowClient(store).log_dict(version.run_id, json.loads(OLD_REPORT), name)
    evaluate("colour")

    said = capsys.readouterr().out
    assert "fdc-colour version 1" in said
    assert "46.7%" in said
    [row] = [line for line in said.splitlines() if "0.389 to 0.813" in line]
    assert "20" in row


def test_a_report_that_is_gone_is_an_error_that_says_what_to_do(version):
    with pytest.raises(RegistryError, match=r"has no report\.json.*search again"):
        evaluate("colour")


def test_a_report_that_says_something_else_is_an_error(version, store):
    mlflow.MlflowClient(store).log_dict(version.run_id, {"metric": 3}, "report.json")

    with pytest.raises(RegistryError, match="report of fdc-colour version 1 cannot be read"):
        evaluate("colour")


def test_a_version_that_there_is_not_is_named(version):
    with pytest.raises(RegistryError, match="no version 9"):
        evaluate("colour", 9)
