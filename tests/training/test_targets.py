import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.training import targets
from fdc.training.targets import Scale


@given(st.integers(2, 12), st.floats(0, 0.5), st.floats(0, 2))
def test_soft_labels_sum_to_one_and_prefer_the_true_class(count, smoothing, spread):
    truth = np.arange(count)
    soft = targets.classes(count, smoothing, spread).encode(truth)
    assert soft.shape == (count, count)
    assert soft.dtype == np.float32
    np.testing.assert_allclose(soft.sum(axis=1), 1, atol=1e-5)
    assert (soft.argmax(axis=1) == truth).all()


def test_ordinal_labels_favour_neighbours():
    soft = targets.classes(5, 0.0, 0.8).encode(np.array([2]))[0]
    assert soft[1] == soft[3] > soft[0] == soft[4] > 0


def test_answers_of_classes_are_probabilities():
    outputs = np.array([[0.0, 0.0], [3.0, -3.0]], np.float32)
    answers = targets.classes(2).answers(outputs)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(answers[0], [0.5, 0.5])


@pytest.mark.parametrize("make", [targets.distribution, targets.scaled])
def test_numbers_survive_encoding_and_answering(make):
    ages = np.array([0.0, 1.0, 33.3, 99.0], np.float32)
    scale = Scale.of(ages)
    made = make(scale)
    encoded = made.encode(ages)
    assert encoded.shape == (4, made.units)
    outputs = np.log(encoded + 1e-12) if made.probabilities else encoded
    np.testing.assert_allclose(made.answers(outputs), ages, atol=1.0)


def test_one_target_only_divides_by_nothing():
    scale = Scale.of(np.full(4, 7.0, np.float32))
    for make in (targets.distribution, targets.scaled):
        assert np.isfinite(make(scale).encode(np.full(2, 7.0))).all()


def test_a_trial_chooses_its_targets():
    scale = Scale(0, 100, 40, 20)
    values = {"head/target": "scaled", "label_smoothing": 0.1, "spread": 0.4}
    assert targets.for_trial("regression", 0, scale, values).units == 1
    assert targets.for_trial("ordinal", 7, None, values).units == 7
    one_hot = targets.for_trial("classes", 3, None, {**values, "label_smoothing": 0.0})
    np.testing.assert_array_equal(one_hot.encode(np.array([1])), [[0, 1, 0]])
