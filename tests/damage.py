"""Every kind of damage and oddity that photos come with, for the tests of any room."""

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image

WIDTH, HEIGHT = 120, 160
WIDE = 12_000

UNDECODABLE = "undecodable"
UNREADABLE_NAME = "unreadable name"
MISSING_FILE = "missing file"


def picture(number: int = 0, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A smooth RGB picture that has no symmetry; every number gives quite another one."""
    coarse = np.random.default_rng(number).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=format, **options)
    return buffer.getvalue()


def write_damaged(folder: Path) -> dict[str, str | None]:
    """Writes one file of every kind.

    Returns:
        For each file's name (or one in a subfolder), the rule that must quarantine it, or None for
        a photo that is odd but sound. All have pixels of their own, so that none are duplicates.
    """
    folder.mkdir(parents=True, exist_ok=True)
    expected: dict[str, str | None] = {}
    kinds = {**dict.fromkeys(SOUND), **dict.fromkeys(BROKEN, UNDECODABLE)}
    for number, (name, rule) in enumerate(kinds.items()):
        make = SOUND.get(name) or BROKEN[name]
        (folder / name).write_bytes(make(picture(number)))
        expected[name] = rule
    if os.name == "posix":
        bad_name = os.fsdecode(b"\xb1\xe8 not utf-8.jpg")  # Korean in CP949, from an old archive
        (folder / bad_name).write_bytes(encoded(picture(900), "JPEG"))
        expected[bad_name] = UNREADABLE_NAME
        (folder / "link to nowhere.jpg").symlink_to(folder / "nowhere.jpg")
        expected["link to nowhere.jpg"] = MISSING_FILE
    return expected


def turned_by_exif(image: Image.Image, orientation: int) -> bytes:
    """A JPEG whose pixels lie as a camera held askew wrote them; upright, it is `image`."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    lying = image.transpose(undo[orientation]) if orientation in undo else image
    return encoded(lying, "JPEG", exif=exif, quality=95)


def _plain(format: str, mode: str = "RGB", **options: Any) -> Callable[[Image.Image], bytes]:
    return lambda image: encoded(image.convert(mode), format, **options)


def _turned(orientation: int) -> Callable[[Image.Image], bytes]:
    return lambda image: turned_by_exif(image, orientation)


def _wide(format: str) -> Callable[[Image.Image], bytes]:
    return lambda image: encoded(image.resize((WIDE, 90)), format)


def _see_through(image: Image.Image) -> bytes:
    cut = image.convert("RGBA")
    cut.putalpha(Image.linear_gradient("L").resize(image.size))
    return encoded(cut, "PNG")


def _grey_see_through(image: Image.Image) -> bytes:
    cut = image.convert("LA")
    cut.putalpha(Image.linear_gradient("L").resize(image.size))
    return encoded(cut, "PNG")


def _sixteen_bits(format: str) -> Callable[[Image.Image], bytes]:
    def make(image: Image.Image) -> bytes:
        deep = np.asarray(image.convert("L")).astype(np.uint16) * 257
        return encoded(Image.fromarray(deep), format)

    return make


def _animated(format: str) -> Callable[[Image.Image], bytes]:
    def make(image: Image.Image) -> bytes:
        others = [image.rotate(90), image.rotate(180)]
        return encoded(image, format, save_all=True, append_images=others, duration=50)

    return make


def _palette_see_through(image: Image.Image) -> bytes:
    return encoded(image.quantize(32), "PNG", transparency=0)


def _broken_exif(image: Image.Image) -> bytes:
    return encoded(image, "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff garbage")


def _trailing_garbage(image: Image.Image) -> bytes:
    return encoded(image, "JPEG") + b"\x00 appended by a phone " * 40


def _truncated(format: str, **options: Any) -> Callable[[Image.Image], bytes]:
    def make(image: Image.Image) -> bytes:
        data = encoded(image, format, **options)
        return data[: len(data) * 6 // 10]

    return make


def _header_only(image: Image.Image) -> bytes:
    data = encoded(image, "JPEG")
    return data[: data.index(b"\xff\xda") + 4]


def _flipped_bits(image: Image.Image) -> bytes:
    data = bytearray(encoded(image, "PNG"))
    middle = data.index(b"IDAT") + 200
    data[middle : middle + 40] = bytes(255 - byte for byte in data[middle : middle + 40])
    return bytes(data)


SOUND: dict[str, Callable[[Image.Image], bytes]] = {
    "plain.jpg": _plain("JPEG"),
    "with space (1).jpg": _plain("JPEG"),
    "유아 사진 (2).jpg": _plain("JPEG"),
    "naïve—Ünïcode 😀.png": _plain("PNG"),
    "a,comma;semicolon'quote.jpg": _plain("JPEG"),
    "-starts with dash.jpg": _plain("JPEG"),
    "100%.jpg": _plain("JPEG"),
    "hash#1.jpg": _plain("JPEG"),
    "SHOUTED.JPG": _plain("JPEG"),
    "Mixed.JpEg": _plain("JPEG"),
    "really a png.jpg": _plain("PNG"),
    "really a jpeg.png": _plain("JPEG"),
    "really a webp.jpeg": _plain("WEBP"),
    "no suffix": _plain("JPEG"),
    "odd suffix.jpg_large": _plain("JPEG"),
    "two.suffixes.jpg.chip.jpg": _plain("JPEG"),
    "progressive.jpg": _plain("JPEG", progressive=True),
    "grey.jpg": _plain("JPEG", "L"),
    "grey.png": _plain("PNG", "L"),
    "black and white.png": _plain("PNG", "1"),
    "palette.png": _plain("PNG", "P"),
    "palette with transparency.png": _palette_see_through,
    "rgba.png": _see_through,
    "grey with alpha.png": _grey_see_through,
    "rgba.webp": _plain("WEBP", "RGBA"),
    "sixteen bits.png": _sixteen_bits("PNG"),
    "sixteen bits.tiff": _sixteen_bits("TIFF"),
    "cmyk.jpg": _plain("JPEG", "CMYK"),
    "cmyk.tif": _plain("TIFF", "CMYK"),
    "ycbcr.tif": _plain("TIFF", "YCbCr"),
    "lab.tif": _plain("TIFF", "LAB"),
    "bitmap.bmp": _plain("BMP"),
    "still.gif": _plain("GIF"),
    "animated.gif": _animated("GIF"),
    "animated.webp": _animated("WEBP"),
    "animated.png": _animated("PNG"),
    "wide.jpg": _wide("JPEG"),
    "wide.png": _wide("PNG"),
    "broken exif.jpg": _broken_exif,
    "trailing garbage.jpg": _trailing_garbage,
    **{f"exif turned {n}.jpg": _turned(n) for n in range(1, 9)},
}
"""Odd, but photos."""

BROKEN: dict[str, Callable[[Image.Image], bytes]] = {
    "zero bytes.jpg": lambda _: b"",
    "one byte.png": lambda _: b"\x89",
    "text.jpg": lambda _: "사진이 아니라 글입니다.\n".encode(),
    "web page.jpg": lambda _: b"<!DOCTYPE html><title>404 Not Found</title>",
    "noise.jpg": lambda _: np.random.default_rng(1).bytes(5000),
    "zeros.jpg": lambda _: bytes(5000),
    "jpeg header only.jpg": _header_only,
    "truncated.jpg": _truncated("JPEG", quality=95),
    "truncated progressive.jpg": _truncated("JPEG", quality=95, progressive=True),
    "truncated.png": _truncated("PNG"),
    "truncated.webp": _truncated("WEBP"),
    "truncated.gif": _truncated("GIF"),
    "truncated.tif": _truncated("TIFF"),
    "truncated.bmp": _truncated("BMP"),
    "flipped bits.png": _flipped_bits,
    "zip named.jpg": lambda _: b"PK\x03\x04" + bytes(200),
}
"""No decoder can make a photo of these."""
