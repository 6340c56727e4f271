"""Photos to crops."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from fdc.faces.choose import choose_recipe
from fdc.faces.preparer import KEPT_TIGHT, KEPT_WHOLE, Preparer, Refused
from fdc.faces.recipe import Recipe
from tests.faces.drawing import draw


@pytest.fixture(scope="module")
def real(weights_folder: Path) -> Preparer:
    recipe = choose_recipe(weights_folders=[weights_folder], size=96, download=False)
    return Preparer(recipe, [weights_folder], threads=1)


def encoded(pixels: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def refusal(preparer: Preparer, data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        preparer.crop(data)
    return str(caught.value)


def test_a_real_portrait(real: Preparer, portraits: list[Path]) -> None:
    data = portraits[0].read_bytes()
    crop = real.crop(data)
    assert crop.pixels.shape == (96, 96, 3)
    assert crop.pixels.dtype == np.uint8
    assert crop.found_by == "yunet"
    assert crop.notes == ()
    assert np.abs(crop.pixels[:6, :6].astype(int) - 128).max() <= 8
    assert np.array_equal(real.crop(data).pixels, crop.pixels)


def test_the_photo_lying_on_its_side_gives_the_same_crop(
    real: Preparer, portraits: list[Path]
) -> None:
    upright = Image.open(portraits[0]).convert("RGB")
    upright.thumbnail((600, 600))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    one = real.crop(encoded(np.asarray(upright)))
    other = real.crop(encoded(np.asarray(lying), exif=exif))
    assert np.array_equal(one.pixels, other.pixels)
    assert one.box == other.box


def test_landmarks_are_given_back_in_pixels_of_the_photo(
    real: Preparer, portraits: list[Path]
) -> None:
    image = Image.open(portraits[0]).convert("RGB").resize((2400, 2400))
    small = image.resize((600, 600), Image.Resampling.BOX)
    one = real.crop(encoded(np.asarray(image), "JPEG", quality=95))
    other = real.crop(encoded(np.asarray(small), "JPEG", quality=95))
    assert one.landmarks is not None
    assert other.landmarks is not None
    assert np.abs(one.landmarks - 4 * other.landmarks).max() < 12


def test_a_tight_crop_keeps_its_background(real: Preparer, shared: Path) -> None:
    path = sorted((shared / "data" / "utkface").iterdir())[100]
    assert real.crop(path.read_bytes()).notes == (KEPT_TIGHT,)


def test_a_small_grey_crop(real: Preparer, shared: Path) -> None:
    path = sorted((shared / "data" / "ckplus48" / "happy").iterdir())[0]
    crop = real.crop(path.read_bytes())
    assert crop.pixels.shape == (96, 96, 3)
    assert crop.notes == (KEPT_TIGHT,)


def test_no_face(real: Preparer) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    assert refusal(real, encoded(noise)) == "no face: yunet found none"


def test_no_photo(real: Preparer) -> None:
    assert refusal(real, b"").startswith("undecodable: ")
    assert refusal(real, b"text").startswith("undecodable: ")


@pytest.fixture
def two_faces(portraits: list[Path]) -> bytes:
    face = Image.open(portraits[0]).convert("RGB").resize((400, 400))
    pair = np.concatenate([np.asarray(face), np.asarray(face)[:, ::-1]], axis=1)
    return encoded(pair)


def test_several_faces(real: Preparer, two_faces: bytes, weights_folder: Path) -> None:
    assert refusal(real, two_faces) == "several faces: yunet found 2"
    settings = {"several": "largest", "background": "none", "background_weights": None}
    largest = Preparer(real.recipe.model_copy(update=settings), [weights_folder], threads=1)
    assert largest.crop(two_faces).box is not None


def test_the_annotation_says_which_face_is_meant(real: Preparer, two_faces: bytes) -> None:
    for left in (0, 400):
        crop = real.crop(two_faces, box=[left + 80, 60, 240, 280])
        assert crop.box is not None
        assert left < crop.box[0] + crop.box[2] / 2 < left + 400
        assert crop.landmarks is not None


def test_an_annotation_outside_the_photo_is_no_face(real: Preparer) -> None:
    face = draw()
    points = [number + 5000 for number in face.landmarks]
    with pytest.raises(Refused, match="outside the photo"):
        real.crop(face.encoded(), None, points)


def test_landmarks_in_one_place_are_no_face() -> None:
    preparer = Preparer(Recipe(detector="none"), threads=1)
    with pytest.raises(Refused, match="coincide"):
        preparer.crop(draw().encoded(), [50, 50, 100, 100], [7.0] * 10)


def test_a_mask_without_the_face_is_implausible(real: Preparer) -> None:
    flat = np.full((400, 400, 3), 90, np.uint8)
    flat[:60, :60] = 255
    face = draw(400, 400, eyes=30, centre=(250, 250))
    with pytest.raises(Refused, match="implausible mask"):
        real.crop(encoded(flat), face.box, face.landmarks)


def test_grabcut_needs_no_weights() -> None:
    preparer = Preparer(
        Recipe(background="grabcut", detector="none", size=64, colour=(255, 0, 255)), threads=1
    )
    face = draw(500, 500, eyes=50)
    crop = preparer.crop(face.encoded(), face.box, face.landmarks).pixels
    assert crop[3, 3].tolist() == [255, 0, 255]
    assert np.abs(crop[32, 32].astype(int) - (200, 160, 130)).max() < 8


def test_a_whole_photo_is_fitted_in() -> None:
    preparer = Preparer(Recipe(face="whole", detector="none", size=32, colour=(9, 9, 9)), threads=1)
    crop = preparer.crop(encoded(np.full((48, 96, 3), 200, np.uint8)))
    assert crop.found_by == "whole"
    assert (crop.pixels[:7] == 9).all()
    assert (crop.pixels[10:22] == 200).all()
    square = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert np.array_equal(preparer.crop(encoded(square)).pixels, square)


def test_a_whole_photo_says_that_its_background_is_kept() -> None:
    preparer = Preparer(Recipe(face="whole", background="grabcut"), threads=1)
    assert preparer.crop(draw().encoded()).notes == (KEPT_WHOLE,)
