"""One photo out of a form: counted, timed, checked by its header, and never written to disk."""

import asyncio
import io
from collections.abc import AsyncGenerator

from fastapi import Request
from PIL import Image, UnidentifiedImageError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from fdc.errors import PhotoError
from fdc.imaging import decoding as photos
from fdc.serving.limits import Limits
from fdc.serving.rejection import Rejected

FIELD = "photo"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
"""What browsers and cameras send; Pillow reads many more, some of which run other programs."""

FORM_BYTES = 16_384
"""What boundaries and headers may add to the photo."""


async def receive(request: Request, limits: Limits) -> bytes:
    """Reads the photo of a multipart form into memory.

    Args:
        request: Its body has not been read.
        limits: Size, pixels and time.

    Returns:
        The bytes of an image file whose header is sound.

    Raises:
        Rejected: It is too large, too slow, no photo, or not readable.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Rejected("not a photo", f"expected multipart/form-data, but got {kind or 'nothing'}")
    try:
        async with asyncio.timeout(limits.upload_seconds):
            photo = await _read(request, limits)
    except TimeoutError:
        raise Rejected("slow upload", f"over {limits.upload_seconds:g} s") from None
    _look_at_header(photo, limits)
    return photo


async def _read(request: Request, limits: Limits) -> bytes:
    parser = MultiPartParser(
        request.headers, _counted(request, limits), max_files=1, max_fields=4, max_part_size=1024
    )
    # Starlette writes larger uploads to a temporary file; a photo stays in memory.
    parser.spool_max_size = limits.photo_bytes + FORM_BYTES
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Rejected("bad form", error.message) from None
    try:
        upload = form.get(FIELD)
        if not isinstance(upload, UploadFile):
            raise Rejected("bad form", f"the form has no file in the field {FIELD!r}")
        kind = (upload.content_type or "").lower()
        if not kind.startswith("image/"):
            raise Rejected("not a photo", f"expected image/*, but got {kind or 'no content type'}")
        photo = await upload.read()
    finally:
        await form.close()
    if len(photo) > limits.photo_bytes:
        raise _too_large(limits)
    return photo


async def _counted(request: Request, limits: Limits) -> AsyncGenerator[bytes, None]:
    most = limits.photo_bytes + FORM_BYTES
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(limits)
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most:
            raise _too_large(limits)
        yield chunk


def _too_large(limits: Limits) -> Rejected:
    return Rejected("too large", f"over {limits.megabytes:g} MB")


def _look_at_header(photo: bytes, limits: Limits) -> None:
    try:
        with Image.open(io.BytesIO(photo), formats=FORMATS):
            width, height = photos.size(photo)
    except UnidentifiedImageError:
        known = ", ".join(FORMATS)
        raise Rejected("undecodable", f"the bytes are none of {known}") from None
    except Image.DecompressionBombError as error:
        raise Rejected("too many pixels", str(error)) from None
    except (PhotoError, OSError, ValueError, SyntaxError) as error:
        raise Rejected("undecodable", str(error)) from None
    if width * height > limits.photo_pixels:
        raise Rejected(
            "too many pixels",
            f"{width} x {height} pixels are over {limits.megapixels:g} megapixels",
        )
