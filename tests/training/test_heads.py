"""Heads: what they encode is what they decode, in NumPy as in the exported network."""

import keras
import keras_tuner
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.tasks import Task
from fdc.training.heads import ClassHead, DistributionHead, ScaledHead, choose_head
from fdc.training.scale import Scale

NUMBERS = {
    "ages": [0.0, 1.0, 33.3, 99.0],
    "scores": [1.0, 2.5, 4.0, 5.0],
    "changes": [-3e-3, 0.0, 1e-3, 2e-3],
}


def learnt(head, targets):
    """The outputs of a network that has learnt its targets by heart."""
    encoded = head.encode(targets)
    return encoded if isinstance(head, ScaledHead) else np.log(encoded + 1e-12)


@given(st.integers(2, 12), st.floats(0, 0.5), st.floats(0, 2))
def test_soft_labels_sum_to_one_and_prefer_the_true_class(count, smoothing, spread):
    truth = np.arange(count)
    soft = ClassHead(count, label_smoothing=smoothing, spread=spread).encode(truth)
    assert soft.shape == (count, count)
    assert soft.dtype == np.float32
    np.testing.assert_allclose(soft.sum(axis=1), 1, atol=1e-5)
    assert (soft.argmax(axis=1) == truth).all()


@given(st.integers(2, 12), st.floats(0, 0.5), st.floats(0, 2))
def test_classes_survive_encoding_and_decoding(count, smoothing, spread):
    head = ClassHead(count, label_smoothing=smoothing, spread=spread)
    answers = head.decode(learnt(head, np.arange(count)))
    np.testing.assert_allclose(answers, head.encode(np.arange(count)), atol=1e-5)


def test_ordinal_labels_favour_neighbours():
    soft = ClassHead(5, spread=0.8).encode(np.array([2]))[0]
    assert soft[1] == soft[3] > soft[0] == soft[4] > 0


def test_answers_of_classes_are_probabilities():
    outputs = np.array([[0.0, 0.0], [3.0, -3.0]], np.float32)
    answers = ClassHead(2).decode(outputs)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(answers[0], [0.5, 0.5])


@pytest.mark.parametrize("make", [DistributionHead, ScaledHead])
@given(targets=st.lists(st.integers(-2000, 2000), min_size=2, max_size=20, unique=True))
def test_numbers_of_any_range_survive_encoding_and_decoding(make, targets):
    numbers = np.array(targets, np.float32) / 7
    head = make(Scale.of(numbers))
    encoded = head.encode(numbers)
    assert encoded.shape == (len(numbers), head.units)
    assert encoded.dtype == np.float32
    np.testing.assert_allclose(head.decode(learnt(head, numbers)), numbers, atol=0.01 * head.span)


@pytest.mark.parametrize("make", [DistributionHead, ScaledHead])
def test_one_target_only_divides_by_nothing(make):
    scale = Scale.of(np.full(4, 7.0, np.float32))
    assert np.isfinite(make(scale).encode(np.full(2, 7.0))).all()


@pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("make", [DistributionHead, ScaledHead])
def test_the_exported_layers_decode_numbers_alike(make, numbers):
    targets = np.array(numbers, np.float32)
    same_decoding(make(Scale.of(targets)), targets)


def test_the_exported_layers_decode_classes_alike():
    same_decoding(ClassHead(3, label_smoothing=0.1), np.arange(3))


def same_decoding(head, targets):
    outputs = learnt(head, targets)
    inputs = keras.Input((head.units,))
    model = keras.Model(inputs, head.decoding_layers(inputs))
    decoded = head.decode(outputs)
    np.testing.assert_allclose(model.predict_on_batch(outputs), decoded, atol=1e-4 * head.span)
    assert decoded.shape == model(outputs).shape


@pytest.mark.parametrize(
    ("head", "targets"),
    [
        (ClassHead(3), np.array([0, 2])),
        (DistributionHead(Scale(1, 5, 3, 1)), np.array([1.0, 5.0])),
        (ScaledHead(Scale(1, 5, 3, 1)), np.array([1.0, 5.0])),
    ],
    ids=["classes", "distribution", "scaled"],
)
def test_the_loss_is_smaller_for_what_is_right(head, targets):
    loss = head.loss()
    right, wrong = learnt(head, targets), learnt(head, targets[::-1])
    assert float(loss(head.encode(targets), right)) < float(loss(head.encode(targets), wrong))


def test_layers_end_in_as_many_outputs_as_are_encoded():
    head = ClassHead(3, dropout=0.5)
    features = keras.Input((8,))
    model = keras.Model(features, head.layers(features))
    assert model.output.shape == (None, 3)
    assert [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)] == [
        0.5
    ]


@pytest.mark.parametrize(
    ("task", "names", "made"),
    [
        (Task(kind="regression", column="age"), {"dropout", "target"}, DistributionHead),
        (
            Task(kind="ordinal", column="age", bins=(0, 20, 40)),
            {"dropout", "label_smoothing", "spread"},
            ClassHead,
        ),
        (
            Task(kind="classes", column="gender", classes=("female", "male")),
            {"dropout", "label_smoothing"},
            ClassHead,
        ),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_head_declares_what_it_uses_and_nothing_else(task, names, made):
    hp = keras_tuner.HyperParameters()
    scale = Scale(0, 100, 40, 20) if task.is_regression else None
    assert isinstance(choose_head(hp, task, scale), made)
    assert {entry.name for entry in hp.space} == names


def test_a_trial_chooses_its_head():
    hp = keras_tuner.HyperParameters()
    hp.values = {"target": "scaled", "label_smoothing": 0.0}
    years = Task(kind="regression", column="age")
    assert choose_head(hp, years, Scale(0, 100, 40, 20)).units == 1
    three = Task(kind="classes", column="label", classes=("a", "b", "c"))
    np.testing.assert_array_equal(choose_head(hp, three, None).encode(np.array([1])), [[0, 1, 0]])
