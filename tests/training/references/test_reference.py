"""The contract of every reference: builds what its table says, learns, and answers as ONNX."""

from pathlib import Path

import keras
import numpy as np
import pytest

from fdc.training import graph
from fdc.training.checkpoint import BEST, Checkpoint
from fdc.training.export import export
from fdc.training.references import REFERENCES
from fdc.training.references.reference import LUMA
from fdc.training.spec import PUBLISHED, ExportCommand

LARGE = 30_000_000
"""Weights from which a reference is left to `make test ARGS="-m large"`."""

EVERY = [
    pytest.param(name, marks=[pytest.mark.large] if reference.weights > LARGE else [])
    for name, reference in REFERENCES.items()
]

WITH_OWN_OPERATIONS = (
    "levi_hassner",
    "emotion_cnn",
    pytest.param("efficientnet_b0", marks=pytest.mark.large),
)
"""Normalisation over channels, a grey crop, a part of one of Keras' networks."""

PAGE = Path(__file__).parents[3] / "docs" / "references.md"


def row(name):
    reference = REFERENCES[name]
    point = reference.point(name)
    cells = (
        f"`{name}`",
        f"{reference.side}{' grey' if reference.grey else ''}",
        f"{reference.weights:,}",
        ", ".join(reference.kinds),
        f"{point['optimizer']}, {reference.learning_rate:g}",
        reference.source,
        reference.published or "",
    )
    return "| " + " | ".join(cells) + " |"


@pytest.mark.parametrize("name", EVERY)
def test_a_reference_has_the_weights_of_its_table_and_learns_two_steps(data, name):
    reference = REFERENCES[name]
    spec = data.spec(reference.kinds[0])
    keras.backend.clear_session()
    network = graph.build(spec, reference.point(name))
    model = network.model
    head = network.head.units * (model.get_layer("head").input.shape[-1] + 1)
    assert model.count_params() == reference.weights + head
    assert float(model.optimizer.learning_rate) == pytest.approx(reference.learning_rate)
    # Two steps are done sooner than hundreds of layers are traced.
    model.run_eagerly = True
    crops = spec.train.read(np.arange(2)).astype(np.float32)
    targets = network.head.encode(spec.train.targets[:2])
    weights = model.get_layer("head").kernel
    before = weights.numpy().copy()
    losses = [float(model.train_on_batch(crops, targets)) for _ in range(2)]
    assert np.isfinite(losses).all()
    assert (weights.numpy() != before).any()


@pytest.mark.parametrize("name", WITH_OWN_OPERATIONS)
def test_a_reference_answers_the_same_as_onnx(data, tmp_path, name):
    spec, values = data.spec(), REFERENCES[name].point(name)
    keras.backend.clear_session()
    variables = graph.build(spec, values).model.variables
    numbers = [keras.ops.convert_to_numpy(variable) for variable in variables]
    Checkpoint(numbers, [], {}).save(tmp_path / BEST)
    told = export(spec, ExportCommand(tmp_path / "network", tmp_path / BEST, values, flip=False))
    assert told.difference < 1e-3


def test_a_reference_sees_the_side_and_the_colours_that_were_published(data):
    model = graph.build(data.spec(), REFERENCES["emotion_cnn"].point("emotion_cnn")).model
    [convolution, *_] = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert convolution.input.shape == (None, 48, 48, 1)
    assert sum(LUMA) == pytest.approx(1)


def test_a_point_says_what_was_published_and_adds_nothing_of_ours():
    point = REFERENCES["levi_hassner"].point("levi_hassner")
    assert "50.7%" in point[PUBLISHED]
    assert (point["optimizer"], point["learning_rate"]) == ("SGD", 1e-3)
    assert point["head/dropout"] == point["head/label_smoothing"] == point["mixup"] == 0
    assert REFERENCES["house_cnn"].point("house_cnn")["optimizer"] == "nadam"
    assert REFERENCES["house_cnn"].point("house_cnn")[PUBLISHED] == "no figure"


def test_the_page_of_references_has_the_table():
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert rows == [row(name) for name in REFERENCES]
