"""The array that AutoKeras is given shows exactly the crops of a view, and nothing by accident."""

import numpy as np
import pytest

from fdc.crops.array import crop_array


@pytest.fixture
def sides(data):
    return data.split("classes")


def test_it_shows_the_crops_of_its_view(sides):
    for view in sides:
        array = crop_array(view)
        assert isinstance(array, np.ndarray)
        assert (array.shape, array.dtype) == ((len(view), 32, 32, 3), np.uint8)
        everything = view.read(np.arange(len(view)))
        np.testing.assert_array_equal(array[:], everything)
        np.testing.assert_array_equal(array[np.array([5, 2])], everything[[5, 2]])
        np.testing.assert_array_equal(array[-1], everything[-1])
        np.testing.assert_array_equal(list(array), everything)


def test_it_holds_no_crops(sides):
    array = crop_array(sides[1])
    base = array
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    assert type(array[3:5]) is np.ndarray


def test_what_would_see_other_crops_is_refused_or_sees_another_length(sides):
    array = crop_array(sides[1])
    with pytest.raises(TypeError):
        np.mean(array)
    with pytest.raises(TypeError):
        array / 255
    with pytest.raises(IndexError, match="first axis"):
        array[0, 0]
    assert len(np.asarray(array)) == sides[1].count != len(array)
