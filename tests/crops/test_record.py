"""A photo's name in a store."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fdc.crops.record import key_of


def test_another_annotation_is_another_photo() -> None:
    keys = {
        key_of("a", None, None),
        key_of("b", None, None),
        key_of("a", [1, 2, 3, 4], None),
        key_of("a", None, [1] * 10),
        key_of("a", [1, 2, 3, 4.5], None),
    }
    assert len(keys) == 5
    assert key_of("a", (1, 2, 3, 4), None) == key_of("a", np.array([1.0, 2, 3, 4]), None)


@given(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4))
def test_a_box_is_the_same_whatever_holds_its_numbers(box: list[float]) -> None:
    keys = {key_of("a", kind(box), None) for kind in (list, tuple, np.array)}
    assert len(keys) == 1
    assert len(keys.pop()) == 32
