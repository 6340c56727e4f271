"""A person's mask without a network."""

import numpy as np
from PIL import Image

from fdc.faces.grabcut import GrabCut
from tests.faces.drawing import draw


def test_grabcut_finds_a_person() -> None:
    face = draw(400, 400, eyes=60)
    cut = face.pixels
    truth = np.abs(cut.astype(int) - (30, 90, 60)).sum(axis=2) > 60
    masks = GrabCut().predict(Image.fromarray(cut), face=face.box)
    mask = np.asarray(masks[0]) >= 128
    assert mask.shape == (400, 400)
    assert (mask & truth).sum() / (mask | truth).sum() > 0.9


def test_grabcut_gives_the_same_mask_again() -> None:
    image = Image.fromarray(draw(300, 300, eyes=40).pixels)
    one, other = (GrabCut().predict(image)[0] for _ in range(2))
    assert np.array_equal(np.asarray(one), np.asarray(other))
