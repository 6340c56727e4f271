"""The script that MLflow loads, without MLflow's loading."""

import base64
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from fdc.inference import predictor
from fdc.inference.answer import Answer
from fdc.registry.pyfunc_model import PhotoModel
from tests.registry.models import COLOUR, RECIPE, network, photo

RED = photo((255, 0, 0))


@pytest.fixture
def model(tmp_path) -> PhotoModel:
    onnx = network(tmp_path / "given.onnx", 8 * np.eye(3))
    folder = predictor.save(tmp_path / "model", network=onnx, task=COLOUR, recipe=RECIPE)
    made = PhotoModel()
    made.load_context(SimpleNamespace(artifacts={"model": str(folder)}))
    return made


@pytest.mark.parametrize(
    "given", [RED, base64.b64encode(RED), base64.b64encode(RED).decode()], ids=type
)
def test_photos_come_as_bytes_or_base64(model, given):
    rows = model.predict(None, pd.DataFrame({"photo": [given]}))

    assert rows["label"].tolist() == ["red"]


@pytest.mark.parametrize("given", [b"no photo", "no photo", b"", "한글"])
def test_what_is_no_photo_is_a_refusal_in_its_row(model, given):
    rows = model.predict(None, pd.DataFrame({"photo": [RED, given]}))

    assert rows["label"].tolist() == ["red", None]
    assert rows["refusal"][1]["rule"] == "undecodable"


def test_a_row_has_the_fields_of_an_answer_and_none_where_there_is_no_number(model):
    [row] = model.predict(None, pd.DataFrame({"photo": [RED]})).to_dict("records")

    assert Answer.model_validate(row).label == "red"
    assert row["value"] is None, "NaN would be no JSON"
    assert row["refusal"] is None
