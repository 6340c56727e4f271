"""The hash is imagehash's own, and a mirror image's is the mirrored one."""

import imagehash
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageOps

from fdc.imaging.perceptual_hash import perceptual_hashes
from tests.damage import picture


@settings(max_examples=200, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 70), st.just(3))))
def test_the_hash_is_written_as_imagehash_writes_it(pixels: np.ndarray) -> None:
    small = Image.fromarray(pixels).convert("L").resize((32, 32), Image.Resampling.LANCZOS)
    expected = str(imagehash.phash(small)), str(imagehash.phash(ImageOps.mirror(small)))
    assert perceptual_hashes(pixels) == expected


def test_a_mirrored_photo_swaps_the_two() -> None:
    pixels = np.asarray(picture(3).resize((32, 32)))
    straight, mirrored = perceptual_hashes(pixels)
    assert perceptual_hashes(pixels[:, ::-1]) == (mirrored, straight)
    assert straight != mirrored
