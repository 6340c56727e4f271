"""Compositing by value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fdc.faces.compositing import composite

SKIN = np.array([210, 170, 150])


def soft_edge(behind: int, side: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Skin on the left melts into a background on the right, and the true mask of it."""
    alpha = np.clip((side * 0.6 - np.arange(side)) / 6, 0, 1)
    row = alpha[:, None] * SKIN + (1 - alpha[:, None]) * behind
    image = np.repeat(np.rint(row)[None], side, axis=0).astype(np.uint8)
    return image, np.repeat(np.rint(alpha * 255)[None], side, axis=0).astype(np.uint8)


@pytest.mark.parametrize("behind", [0, 128, 255])
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_soft_edges_are_blended_as_if_taken_before_that_colour(behind: int, colour: int) -> None:
    image, mask = soft_edge(behind)
    truth, _ = soft_edge(colour)
    made = composite(image, mask, (colour,) * 3)
    assert np.abs(made.astype(int) - truth).max() <= 6


def test_no_rim_is_darker_than_skin_and_background() -> None:
    image, mask = soft_edge(0)
    made = composite(image, mask, (210, 170, 150))
    premultiplied = image * (mask[..., None] / 255) ** 2 + SKIN * (1 - mask[..., None] / 255)
    assert (made.min(axis=(0, 1)) >= SKIN - 6).all()
    assert premultiplied[..., 0].min() < 180  # what the usual cut-out does to the same rim


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.uint8, (24, 24, 3)),
    hnp.arrays(np.uint8, (24, 24)),
    st.tuples(*[st.integers(0, 255)] * 3),
)
def test_opaque_pixels_stay_and_clear_ones_become_the_colour(
    image: np.ndarray, mask: np.ndarray, colour: tuple[int, int, int]
) -> None:
    mask[3:9] = 255
    mask[12:18] = 0
    made = composite(image, mask, colour)
    assert np.array_equal(made[mask == 255], image[mask == 255])
    assert (made[mask == 0] == colour).all()
