"""Head and shoulders stay in the photo, and masks that leave out the face are doubted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.faces.masking import head_and_shoulders, implausibility

places = st.floats(-300, 900)


@given(places, places, st.floats(1, 800), st.floats(1, 800))
def test_the_cut_lies_in_the_photo(x: float, y: float, w: float, h: float) -> None:
    part = head_and_shoulders((x, y, w, h), (w * h) ** 0.5, 640, 480)
    if part is not None:
        left, top, right, bottom = part
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 480


def test_the_cut_reaches_further_down_than_up() -> None:
    left, top, right, bottom = head_and_shoulders((450, 450, 100, 100), 100.0, 1000, 1000) or ()
    assert (left, right) == (350, 650)
    assert (500 - top, bottom - 500) == (120, 170)


def test_a_face_outside_the_photo_has_no_cut() -> None:
    assert head_and_shoulders((2000, 10, 50, 50), 50.0, 640, 480) is None


@pytest.mark.parametrize("times", [1, 2])
def test_a_mask_is_judged_by_the_face_and_by_the_whole(times: int) -> None:
    def reason(mask: np.ndarray) -> str | None:
        face = (30, 30, 40, 40)
        return implausibility(mask, 100, 100, face, least_foreground=0.6, most_foreground=0.98)

    mask = np.zeros((100 * times, 100 * times), np.uint8)
    assert reason(mask) == "it covers 0% of the face"
    mask[20 * times : 80 * times, 20 * times : 80 * times] = 255
    assert reason(mask) is None
    mask[:] = 255
    assert reason(mask) == "it covers 100% of head, shoulders and what is behind them"
