"""Confidence against accuracy."""

import numpy as np
import pytest

from fdc.evaluation.calibration import reliability


@pytest.fixture
def honest():
    """A model whose probabilities are true, and the labels that they gave."""
    draw = np.random.default_rng(0)
    chances = draw.dirichlet(np.ones(4), 20_000)
    truth = (draw.random((20_000, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    return truth, chances


def test_true_probabilities_have_no_error(honest):
    assert reliability(*honest).error < 0.02


def test_an_error_by_hand():
    chances = np.array([[0.9, 0.1]] * 10)
    found = reliability([0] * 6 + [1] * 4, chances)
    assert found.error == pytest.approx(0.3)
    assert found.photos.tolist() == [10]
    assert (found.confidence[0], found.accuracy[0]) == pytest.approx((0.9, 0.6))


def test_full_confidence_falls_into_the_last_bin():
    assert reliability([0, 1], np.eye(2)).error == 0.0
