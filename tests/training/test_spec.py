import pickle
from dataclasses import replace

import numpy as np
import pytest

from fdc.errors import DataError


def test_only_a_regression_has_a_scale(data):
    assert data.spec("classes").scale is None
    assert data.spec("ordinal").scale is None
    spec = data.spec("regression")
    assert spec.scale is not None
    assert (spec.scale.low, spec.scale.high) == (spec.train.targets.min(), spec.train.targets.max())


def test_a_regression_without_numbers_says_so(data):
    spec = data.spec("regression")
    empty = replace(spec.train, targets=np.full(len(spec.train), np.nan, np.float32))
    with pytest.raises(DataError, match="needs finite numbers"):
        replace(spec, train=empty).scale  # noqa: B018


def test_a_spec_travels_to_a_worker(data):
    spec = data.spec("ordinal")
    travelled = pickle.loads(pickle.dumps(spec))
    assert travelled.task == spec.task
    assert travelled.objective == spec.objective
    np.testing.assert_array_equal(travelled.train.positions, spec.train.positions)
