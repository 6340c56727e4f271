"""Every kind of photo, made here."""

import io
import zlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from fdc.errors import PhotoError
from fdc.imaging import decoding


def scene(width: int = 60, height: int = 40) -> Image.Image:
    """Red in the upper left corner, blue in the lower right one, green elsewhere."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 1] = 200
    pixels[: height // 2, : width // 2] = (220, 20, 20)
    pixels[height // 2 :, width // 2 :] = (20, 20, 220)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def corner(pixels: np.ndarray) -> tuple[int, int, int]:
    return tuple(int(x) for x in pixels[3, 3])


LAID = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", sorted(LAID))
def test_every_orientation_comes_out_upright(orientation: int, kind: str) -> None:
    lying = scene() if LAID[orientation] is None else scene().transpose(LAID[orientation])
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    data = encoded(lying, kind, exif=exif)
    pixels = decoding.decode(data)
    assert pixels.shape == (40, 60, 3)
    assert decoding.size(data) == (60, 40)
    assert np.abs(pixels.astype(int) - np.asarray(scene()).astype(int)).mean() < 6


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("L", (20, 20), 90), (90, 90, 90)),
        (Image.new("1", (20, 20), 1), (255, 255, 255)),
        (Image.new("LA", (20, 20), (0, 0)), (255, 255, 255)),
        (Image.new("RGBA", (20, 20), (10, 20, 30, 0)), (255, 255, 255)),
        (Image.new("RGBA", (20, 20), (10, 20, 30, 255)), (10, 20, 30)),
        (Image.fromarray(np.full((20, 20), 40000, np.uint16)), (156, 156, 156)),
        (Image.new("RGB", (20, 20), (9, 99, 199)).quantize(4), (9, 99, 199)),
    ],
    ids=["grey", "bilevel", "clear grey", "clear", "opaque", "16-bit", "palette"],
)
def test_modes_of_png(image: Image.Image, expected: tuple[int, int, int]) -> None:
    assert corner(decoding.decode(encoded(image, "PNG"))) == expected


def test_cmyk_jpeg() -> None:
    red = decoding.decode(encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG"))
    assert red[5, 5, 0] > 240
    assert red[5, 5, 1:].max() < 15


def test_palette_with_transparency_lies_on_white() -> None:
    image = Image.new("RGB", (20, 20), (9, 9, 9)).quantize(2)
    assert corner(decoding.decode(encoded(image, "PNG", transparency=0))) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_first_frame_of_an_animation(kind: str) -> None:
    frames = [Image.new("RGB", (24, 24), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert corner(decoding.decode(data))[0] > 240


def test_wide_gamut_becomes_srgb(wide_profile: bytes) -> None:
    image = Image.new("RGB", (32, 32), (200, 100, 100))
    plain = decoding.decode(encoded(image, "PNG"))
    turned = decoding.decode(encoded(image, "PNG", icc_profile=wide_profile))
    assert plain.shape == turned.shape
    assert abs(int(turned[3, 3, 0]) - int(plain[3, 3, 0])) > 2


@pytest.fixture
def wide_profile() -> bytes:
    """An sRGB profile whose red is another red, under another name."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return (
        profile.replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))
        .replace(b"sRGB", b"wide")
        .replace(_red(profile), _red(profile)[:8] + b"\x00\x00\x90\x00" + _red(profile)[12:])
    )


def _red(profile: bytes) -> bytes:
    count = int.from_bytes(profile[128:132], "big")
    for tag in range(count):
        entry = profile[132 + 12 * tag : 144 + 12 * tag]
        if entry[:4] == b"rXYZ":
            start = int.from_bytes(entry[4:8], "big")
            return profile[start : start + 20]
    raise AssertionError("the profile has no red primary")


def test_broken_profile_is_ignored() -> None:
    data = encoded(Image.new("RGB", (20, 20), (7, 8, 9)), "PNG", icc_profile=b"no profile")
    assert corner(decoding.decode(data)) == (7, 8, 9)


def test_reduced_decoding_keeps_the_shorter_side() -> None:
    data = encoded(scene(1600, 1200), "JPEG", quality=90)
    sizes = [decoding.decode(data, at_least=side).shape for side in (1200, 601, 600, 300, 151, 20)]
    assert sizes[:4] == [(1200, 1600, 3), (1200, 1600, 3), (600, 800, 3), (300, 400, 3)]
    assert all(before >= after for before, after in pairwise(sizes))
    assert sizes[-1][0] >= 20


def test_very_wide_photo() -> None:
    data = encoded(Image.new("L", (12_000, 60), 50), "PNG")
    assert decoding.size(data) == (12_000, 60)
    assert decoding.decode(data).shape == (60, 12_000, 3)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"no image at all" * 9, "no image"),
        (encoded(scene(), "JPEG")[:400], "decoded"),
        (encoded(scene(400, 300), "PNG")[:600], "decoded"),
        (encoded(Image.fromarray(np.ones((8, 8), np.float32)), "TIFF"), "floating-point"),
    ],
    ids=["empty", "text", "torn jpeg", "torn png", "float"],
)
def test_damage_is_told(data: bytes, why: str) -> None:
    with pytest.raises(PhotoError, match=why):
        decoding.decode(data)


def test_photo_beyond_all_bounds_is_refused() -> None:
    header = encoded(Image.new("L", (8, 8)), "PNG")
    chunk = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + header[24:29]
    huge = header[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + header[33:]
    with pytest.raises(PhotoError, match="decoded"):
        decoding.decode(huge)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"]), st.data())
def test_no_damage_raises_anything_else(kind: str, data: st.DataObject) -> None:
    whole = bytearray(encoded(scene(), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    try:
        pixels = decoding.decode(bytes(whole))
    except PhotoError:
        return
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
