"""Geometry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.faces import alignment
from fdc.faces.preparer import Preparer
from fdc.faces.recipe import Recipe
from tests.faces.drawing import BEHIND, Drawn, draw, spots

numbers = st.floats(-200, 200)


@given(st.floats(-3, 3), st.floats(0.05, 20), numbers, numbers)
def test_similarity_is_found_again(angle: float, scale: float, x: float, y: float) -> None:
    points = np.array([[0.0, 0], [50, 3], [20, 70], [45, 66]])
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    matrix = np.array([[cos, -sin, x], [sin, cos, y]])
    found = alignment.similarity(points, alignment.apply(matrix, points))
    assert np.allclose(found, matrix, atol=1e-6 * max(1, scale))


@given(st.lists(st.tuples(numbers, numbers), min_size=4, max_size=4))
def test_similarity_is_the_least_of_squares(target: list[tuple[float, float]]) -> None:
    source, goal = np.array([[0.0, 0], [50, 3], [20, 70], [45, 66]]), np.array(target)
    best = alignment.similarity(source, goal)

    def error(matrix: np.ndarray) -> float:
        return float(np.sum((alignment.apply(matrix, source) - goal) ** 2))

    for nudge in ((1e-2, 0, 0, 0), (0, 1e-2, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)):
        a, b, x, y = nudge
        assert error(best) <= error(best + np.array([[a, -b, x], [b, a, y]])) + 1e-6


def test_points_in_one_place_have_no_similarity() -> None:
    with pytest.raises(ValueError, match="coincide"):
        alignment.similarity(np.ones((4, 2)), np.ones((4, 2)))


@given(st.floats(0, 1), st.integers(16, 256))
def test_canonical_face_is_symmetric(margin: float, size: int) -> None:
    points = alignment.canonical(size, margin)
    assert np.allclose(points[[0, 3]] * (-1, 1) + (size, 0), points[[1, 4]])
    assert ((points > 0) & (points < size)).all()


@given(st.floats(0.1, 3), st.floats(0.1, 3), numbers, numbers)
def test_maps_compose(x: float, y: float, left: float, top: float) -> None:
    matrix = np.array([[0.5, 0.1, 3], [-0.1, 0.5, 7.0]])
    points = np.array([[3.0, 4], [50, 60]])
    there = alignment.apply(matrix, points)
    assert np.allclose(alignment.apply(alignment.rescaled(matrix, x, y), points * (x, y)), there)
    cut = alignment.shifted(matrix, left, top)
    assert np.allclose(alignment.apply(cut, points - (left, top)), there)
    assert np.allclose(alignment.apply(alignment.inverse(matrix), there), points)


def test_eyes_and_mouths_come_in_any_order() -> None:
    points = [70, 20, 30, 22, 50, 40, 65, 60, 33, 61]
    assert alignment.ordered(points)[:, 0].tolist() == [30, 70, 50, 33, 65]


def test_warp_by_nothing_changes_nothing() -> None:
    image = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    unmoved = np.array([[1.0, 0, 0], [0, 1, 0]])
    assert np.array_equal(alignment.warp(image, unmoved, 32, 1, (0, 0, 0)), image)


@pytest.mark.parametrize("times", [2, 3, 5, 8])
def test_shrinking_sees_every_pixel(times: int) -> None:
    size = 32
    image = np.random.default_rng(1).integers(0, 256, (size * times,) * 2, dtype=np.uint8)
    matrix = np.array([[1 / times, 0, 0], [0, 1 / times, 0]])
    samples = alignment.samples_for(matrix)
    crop = alignment.shrink(alignment.warp(image, matrix, size, samples, (0,)), samples)
    area = image.reshape(size, times, size, times).mean(axis=(1, 3))
    assert np.abs(crop - area).max() <= 1


def test_fine_lines_do_not_alias_when_turned() -> None:
    image = np.zeros((600, 600), np.uint8)
    image[:, ::2] = 255
    matrix = alignment.similarity(
        np.array([[100.0, 100], [500, 200]]), np.array([[10.0, 10], [54, 21]])
    )
    samples = alignment.samples_for(matrix)
    crop = alignment.shrink(alignment.warp(image, matrix, 64, samples, (0,)), samples)
    bilinear = alignment.warp(image, matrix, 64, 1, (0,))
    assert crop[16:48, 16:48].std() < 10
    assert bilinear[16:48, 16:48].std() > 50


SIZE, MARGIN = 128, 0.3


@pytest.fixture(scope="module")
def preparer() -> Preparer:
    return Preparer(Recipe(size=SIZE, margin=MARGIN, detector="none"), threads=1)


def crop_of(preparer: Preparer, face: Drawn) -> np.ndarray:
    return preparer.crop(face.encoded(), face.box, face.landmarks).pixels


@pytest.mark.parametrize("turn", range(-30, 31, 10))
@pytest.mark.parametrize("eyes", [25.0, 120.0])
def test_eyes_stand_where_they_should(preparer: Preparer, turn: float, eyes: float) -> None:
    face = draw(700, 600, eyes=eyes, turn=turn, centre=(330, 290))
    found = spots(crop_of(preparer, face))
    assert np.abs(found - alignment.canonical(SIZE, MARGIN)[:2]).max() < 2


@pytest.mark.parametrize("centre", [(150.0, 200.0), (305.5, 180.25), (420.0, 260.0)])
def test_eyes_stand_there_wherever_the_face_is(
    preparer: Preparer, centre: tuple[float, float]
) -> None:
    found = spots(crop_of(preparer, draw(640, 480, centre=centre, eyes=50)))
    assert np.abs(found - alignment.canonical(SIZE, MARGIN)[:2]).max() < 1


def test_a_mirrored_photo_gives_the_mirrored_crop(preparer: Preparer) -> None:
    face = draw(500, 500, turn=17, eyes=55)
    one, other = crop_of(preparer, face), crop_of(preparer, face.mirrored())
    assert np.abs(one[:, ::-1].astype(int) - other.astype(int)).mean() < 0.5


def test_a_large_photo_is_decoded_small_and_gives_the_same_crop(preparer: Preparer) -> None:
    face = draw(1200, 1200, eyes=220)
    small = preparer.crop(face.encoded("JPEG", quality=97), face.box, face.landmarks).pixels
    whole = crop_of(preparer, face)
    assert np.abs(small.astype(int) - whole.astype(int)).mean() < 2
    assert np.abs(spots(small) - spots(whole)).max() < 0.3


def test_outside_the_photo_is_the_set_colour() -> None:
    preparer = Preparer(Recipe(size=64, detector="none", colour=(1, 2, 3)), threads=1)
    face = draw(200, 200, eyes=50, centre=(20, 100))
    crop = crop_of(preparer, face)
    assert crop[32, 2].tolist() == [1, 2, 3]
    assert np.abs(crop[32, 60].astype(int) - BEHIND).max() < 6


def test_without_landmarks_the_box_alone_places_the_face(preparer: Preparer) -> None:
    face = draw(640, 480, eyes=60)
    crop = preparer.crop(face.encoded(), face.box)
    assert crop.notes == ("aligned by the box: no landmarks",)
    left, right = spots(crop.pixels)
    assert abs(left[1] - right[1]) < 1
    assert abs((left[0] + right[0]) / 2 - SIZE / 2) < 2
