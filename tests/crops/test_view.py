"""A view of some crops of a store."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from fdc.crops.view import CropView


@pytest.fixture
def view(tmp_path: Path) -> CropView:
    """Crops 7, 0 and 3 of ten, each filled with its number."""
    numbers = np.arange(10, dtype=np.uint8)
    path = tmp_path / "crops.u8"
    path.write_bytes(np.repeat(numbers, 4 * 4 * 3).tobytes())
    return CropView(path, 10, 4, np.array([7, 0, 3]), np.array([1, 0, 1]))


def test_crops_are_read_by_their_place_in_the_view(view: CropView) -> None:
    assert len(view) == 3
    crops = view.read(np.array([2, 0, 0]))
    assert crops.shape == (3, 4, 4, 3)
    assert crops.dtype == np.uint8
    assert crops[:, 0, 0, 0].tolist() == [3, 7, 7]
    assert view.read(np.array([], np.int64)).shape == (0, 4, 4, 3)


def test_the_whole_file_is_mapped_and_cannot_be_written(view: CropView) -> None:
    pixels = view.pixels()
    assert isinstance(pixels, np.memmap)
    assert pixels.shape == (10, 4, 4, 3)
    with pytest.raises(ValueError, match="read-only"):
        pixels[0] = 0


def test_a_view_travels_without_its_pixels(view: CropView) -> None:
    sent = pickle.dumps(view)
    assert len(sent) < 2000
    assert np.array_equal(pickle.loads(sent).read(np.array([1])), view.read(np.array([1])))
