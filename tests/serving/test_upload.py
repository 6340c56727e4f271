"""A photo out of a form, without a server."""

import asyncio
import io

import pytest
from fastapi import Request
from PIL import Image

from fdc.serving.limits import Limits
from fdc.serving.rejection import Rejected
from fdc.serving.upload import FORM_BYTES, receive
from tests.registry.models import photo

RED = photo((255, 0, 0), kind="JPEG")
FORM = "multipart/form-data; boundary=x"


def form(content: bytes, field: str = "photo", kind: str = "image/jpeg") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{field}"; filename="a.jpg"'
    return (
        f"--x\r\n{disposition}\r\nContent-Type: {kind}\r\n\r\n".encode()
        + content
        + b"\r\n--x--\r\n"
    )


def upload(
    body: bytes,
    limits: Limits | None = None,
    kind: str = FORM,
    chunk: int = 1000,
    wait: float = 0.0,
) -> bytes:
    """Sends a body in chunks, without saying how long it is."""
    chunks = [body[start : start + chunk] for start in range(0, len(body), chunk)]

    async def read():
        await asyncio.sleep(wait)
        part = chunks.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(chunks)}

    headers = [(b"content-type", kind.encode())]
    scope = {"type": "http", "method": "POST", "headers": headers}
    return asyncio.run(receive(Request(scope, read), limits or Limits()))


def rule(*arguments, **settings) -> str:
    with pytest.raises(Rejected) as raised:
        upload(*arguments, **settings)
    return raised.value.refusal.rule


@pytest.mark.parametrize("chunk", [1, 64, 10_000])
def test_the_bytes_of_the_photo_come_whole_however_they_are_cut(chunk):
    assert upload(form(RED), chunk=chunk) == RED


def test_a_photo_of_just_the_limit_is_taken_and_a_larger_one_is_not():
    most = RED + bytes(5000 - len(RED))
    limits = Limits(megabytes=0.005)

    assert upload(form(most), limits) == most
    assert rule(form(most + b"."), limits) == "too large"


def test_reading_ends_soon_after_the_limit():
    limits = Limits(megabytes=0.005)
    body = form(RED + bytes(10 * (FORM_BYTES + limits.photo_bytes)))
    taken = []

    async def read():
        taken.append(1000)
        start = sum(taken) - 1000
        return {"type": "http.request", "body": body[start : start + 1000], "more_body": True}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", FORM.encode())]}
    with pytest.raises(Rejected):
        asyncio.run(receive(Request(scope, read), limits))
    assert sum(taken) <= limits.photo_bytes + FORM_BYTES + 1000


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (form(RED), "application/json", "not a photo"),
        (form(RED), "", "not a photo"),
        (form(RED, kind="text/html"), FORM, "not a photo"),
        (form(RED, field="picture"), FORM, "bad form"),
        (b"--x\r\nnonsense", FORM, "bad form"),
        (form(b"GIF89a"), FORM, "undecodable"),
    ],
)
def test_what_is_no_photo_in_a_form_is_refused_by_its_rule(body, kind, expected):
    assert rule(body, kind=kind) == expected


def test_pixels_are_counted_by_the_header_alone():
    buffer = io.BytesIO()
    Image.new("1", (1200, 1000)).save(buffer, "PNG")
    limits = Limits(megapixels=1.2)

    assert upload(form(buffer.getvalue()), limits) == buffer.getvalue()
    assert rule(form(buffer.getvalue()), Limits(megapixels=1.1)) == "too many pixels"


def test_a_client_that_takes_its_time_is_given_up():
    assert rule(form(RED), Limits(upload_seconds=0.05), wait=0.2) == "slow upload"
