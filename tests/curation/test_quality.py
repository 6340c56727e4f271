"""Turned and blurred faces measure as such."""

import numpy as np
from PIL import Image, ImageFilter

from fdc.curation import quality

FRONTAL = [30.0, 40, 70, 40, 50, 60, 35, 80, 65, 80]


def test_the_turn_is_the_nose_off_the_middle_in_eye_distances() -> None:
    aside = [30.0, 40, 70, 40, 70, 60, 35, 80, 65, 80]
    unknown = [np.nan] * 10
    one_point = [50.0, 40, 50, 40, 50, 60, 35, 80, 65, 80]
    found = quality.turn(np.array([FRONTAL, aside, unknown, one_point]))
    assert found[:2].tolist() == [0.0, 0.5]
    assert np.isnan(found[2:]).all()


def test_a_tilted_face_is_not_turned() -> None:
    points = np.array(FRONTAL).reshape(5, 2) @ np.array([[0.8, 0.6], [-0.6, 0.8]])
    assert quality.turn(points.reshape(1, 10))[0] < 1e-12


def test_blur_takes_the_sharpness_away() -> None:
    rng = np.random.default_rng(0)
    sharp = Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8))
    blurred = [sharp.filter(ImageFilter.GaussianBlur(radius)) for radius in (0, 1, 3)]
    crops = np.stack([np.asarray(photo) for photo in blurred])
    found = quality.sharpness(crops, np.array([2, 1, 0]))
    assert found[0] < found[1] / 10 < found[2] / 100
    flat = np.full((1, 64, 64, 3), 120, np.uint8)
    assert quality.sharpness(flat, np.array([0]))[0] < 1e-6
