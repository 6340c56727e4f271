"""How much room round a face the photos give: by geometry, for photos of every kind."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.choices import MARGIN
from fdc.faces import alignment, framing
from fdc.faces.framing import Framing, Placed
from fdc.faces.preparer import Preparer
from fdc.faces.recipe import Recipe
from fdc.imaging import decoding

ROOMY = Placed(400, 400, (150, 150, 100, 100), None)


def test_roomy_photos_keep_the_usual_margin():
    assert framing.fit([ROOMY] * 5) == Framing(MARGIN, 0.0)
    assert framing.fit([]) == Framing(MARGIN, 0.0)


def test_a_few_tight_photos_change_nothing():
    tight = Placed(100, 100, (0, 0, 100, 100), None)
    assert framing.fit([ROOMY] * 19 + [tight]) == Framing(MARGIN, 0.0)


@given(st.floats(0, 60), st.floats(0, 60), st.floats(40, 80))
def test_crops_of_photos_that_were_cut_alike_hold_what_the_photos_have(left, top, side):
    face = Placed(100, 100, (left, top, side, side), None)
    found = framing.fit([face])
    smallest = Framing(framing.MARGINS[-1], found.offset)
    assert framing.real_share(face, found) >= min(
        framing.REAL, framing.real_share(face, smallest) - 1e-6
    )


@given(st.floats(-0.3, 0.5), st.floats(-0.2, 0.2), st.floats(-30, 30))
def test_the_share_is_that_of_the_pixels(margin, offset, turn):
    angle = np.radians(turn)
    matrix = 70 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    landmarks = (alignment.canonical(1, 0.0) - 0.5) @ matrix.T + 50
    face = Placed(100, 100, (15, 15, 70, 70), landmarks)
    to_crop = alignment.by_landmarks(landmarks, 200, margin, offset)
    photo = np.full((100, 100), 255, np.uint8)
    seen = alignment.warp(photo, to_crop, 200, 1, (0,)).mean() / 255
    assert framing.real_share(face, Framing(margin, offset)) == pytest.approx(seen, abs=0.03)


def test_no_crop_cuts_eyes_or_mouth():
    for margin in framing.MARGINS:
        for offset in framing.OFFSETS:
            points = alignment.canonical(100, margin, offset)
            assert points.min() > 8
            assert points.max() < 95


def test_tight_photos_fill_their_crops(shared: Path, weights_folder: Path):
    photos = sorted((shared / "data" / "utkface").glob("*.jpg"))[::75]
    preparer = Preparer(Recipe(size=32, several="largest"), [weights_folder], threads=1)
    placed = []
    for path in photos:
        data = path.read_bytes()
        found = preparer.crop(data)
        placed.append(Placed(*decoding.size(data), found.box, found.landmarks))
    some, others = placed[::2], placed[1::2]
    found = framing.fit(some)
    assert found.margin < 0
    assert framing.share_of_full(others, Framing()) < 0.1
    assert framing.share_of_full(others, found) > framing.MOST - 0.1
