"""Bytes of a photo to upright RGB pixels, whatever the camera, scanner or web page made of them."""

from __future__ import annotations

import io
import struct
import warnings
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from fdc.errors import PhotoError

# Pillow warns from 89 million pixels and refuses from twice that: a 12,000 px wide scan is no attack.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = (5, 6, 7, 8)


def decode(data: bytes, *, at_least: int | None = None) -> NDArray[np.uint8]:
    """Decode a photo.

    Every format that Pillow reads is taken: transparency is composited on white, the first frame
    of an animation is used, 16-bit and CMYK pixels become 8-bit RGB, and an embedded colour
    profile (Display P3, Adobe RGB) is turned into sRGB, because skin tone depends on it.

    Args:
        data: the file's bytes.
        at_least: allow a JPEG to be decoded at a half, a quarter or an eighth of its size, as long
            as its shorter side keeps this many pixels. None decodes at full size.

    Returns:
        uint8 RGB pixels, shape (height, width, 3), turned upright by EXIF.

    Raises:
        PhotoError: the bytes are no image, are truncated, or hold too many pixels.
    """
    try:
        with _open(data) as image:
            turn = _turn(image)
            if at_least is not None and image.format == "JPEG":
                image.draft(None, (at_least, at_least))
            image.load()
            upright = _rgb(image)
            if turn is not None:
                upright = upright.transpose(turn)
            return np.array(upright)
    except PhotoError:
        raise
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        # Damaged EXIF says nothing about the pixels: the photo stays as it lies.
        return 1
    try:
        # The base class reads the header only; PngImageFile.getexif would decode all the pixels.
        return int(Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF says nothing about the pixels: the photo stays as it lies
        return 1


def _turn(image: Image.Image) -> Image.Transpose | None:
    return _TURNS.get(_orientation(image))


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise PhotoError("floating-point pixels have no agreed range of brightness")
    if image.mode.startswith("I"):
        wide = np.asarray(image)
        return Image.fromarray((wide >> 8 if wide.max() > 255 else wide).astype("u1")).convert(
            "RGB"
        )
    image = _to_srgb(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        transform = _transform(profile, image.mode)
    except (
        ImageCms.PyCMSError,
        OSError,
    ):  # an unusable profile: the numbers are taken as sRGB
        return image
    return image if transform is None else transform.apply(image)


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "srgb" in ImageCms.getProfileDescription(own).lower():
        return None
    return ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), mode, "RGB")
