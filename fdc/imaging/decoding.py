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

# Pillow warns from 89 million pixels on and refuses from twice that: a wide scan is no attack.
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
    with _open(data) as image:
        turn = _TURNS.get(_orientation(image))
        if at_least is not None and image.format == "JPEG":
            image.draft(None, (at_least, at_least))
        try:
            image.load()
            upright = _rgb(image)
        except PhotoError:
            raise
        except Exception as error:  # damage makes decoders raise anything, struct.error included
            raise PhotoError(f"the photo cannot be decoded: {error}") from error
        return np.array(upright if turn is None else upright.transpose(turn))


def size(data: bytes) -> tuple[int, int]:
    """Size of the upright photo, read from its header alone.

    Args:
        data: the file's bytes; the first ones up to the header are enough.

    Returns:
        (width, height) in pixels, as `decode` without `at_least` would give.

    Raises:
        PhotoError: the bytes are no image.
    """
    with _open(data) as image:
        width, height = image.size
        lying = _orientation(image) in _LYING
    return (height, width) if lying else (width, height)


def _open(data: bytes) -> Image.Image:
    if not data:
        raise PhotoError("the photo is empty (0 bytes)")
    try:
        return Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        raise PhotoError("the bytes are no image of a known format") from None
    except Exception as error:
        raise PhotoError(f"the photo cannot be decoded: {error}") from error


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":  # Pillow turns these itself
        return 1
    try:
        # The base class reads the header only; PngImageFile.getexif would decode all the pixels.
        return int(Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1))
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return 1  # damaged EXIF says nothing about the pixels: the photo stays as it lies


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise PhotoError("floating-point pixels have no agreed range of brightness")
    if image.mode.startswith("I"):
        wide = np.asarray(image)
        narrow = wide >> 8 if wide.max() > 255 else wide
        return Image.fromarray(narrow.astype(np.uint8)).convert("RGB")
    image = _to_srgb(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    try:
        transform = _transform(profile, image.mode)
    except (ImageCms.PyCMSError, OSError):
        return image  # an unusable profile: the numbers are taken as sRGB
    if transform is None:
        return image
    converted = transform.apply(image)
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    name = ImageCms.getProfileDescription(own).strip().lower()
    if "srgb" in name or name in ("c2", "urgb"):  # the latter are sRGB in few bytes
        return None
    return ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), mode, "RGB")
