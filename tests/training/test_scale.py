import numpy as np
import pytest

from fdc.errors import DataError
from fdc.training.scale import Scale


def test_a_scale_is_measured_in_the_targets_own_unit():
    scale = Scale.of(np.array([1, 2, 2, 5], np.float32))
    assert (scale.low, scale.high, scale.mean, scale.span) == (1.0, 5.0, 2.5, 4.0)
    assert scale.deviation == pytest.approx(1.5)


def test_one_value_only_has_a_span_to_divide_by():
    scale = Scale.of(np.full(3, 7.0))
    assert (scale.span, scale.deviation) == (1.0, 1.0)


@pytest.mark.parametrize("targets", [[], [1.0, np.nan], [np.inf]])
def test_what_is_no_number_is_refused(targets):
    with pytest.raises(DataError, match="finite numbers"):
        Scale.of(np.array(targets, np.float32))
