"""A face keeps its place when its photo is scaled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.faces.face import Face, annotated, overlap
from tests.faces.drawing import draw

sides = st.floats(1, 200)


@given(st.floats(0.1, 8), sides, sides)
def test_a_face_is_scaled_back(scale: float, width: float, height: float) -> None:
    face = Face((10, 20, width, height), np.arange(10.0).reshape(5, 2), 0.9, "yunet")
    seen = Face(
        (10 * scale, 20 * scale, width * scale, height * scale),
        np.arange(10.0).reshape(5, 2) * scale,
        0.9,
        "yunet",
    )
    rescaled = seen.rescaled(scale)
    assert np.allclose(rescaled.box, face.box)
    assert np.allclose(rescaled.landmarks, face.landmarks)
    assert (rescaled.confidence, rescaled.found_by) == (0.9, "yunet")


def test_overlap() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == pytest.approx(1)
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (20, 20, 5, 5)) == 0


def test_an_annotation_is_a_face() -> None:
    drawn = draw()
    face = annotated(drawn.box, drawn.landmarks)
    assert face is not None
    assert face.found_by == "annotation"
    assert face.box == tuple(drawn.box)
    alone = annotated(None, drawn.landmarks)
    assert alone is not None
    assert overlap(alone.box, face.box) > 0.4
    assert annotated(None, None) is None
