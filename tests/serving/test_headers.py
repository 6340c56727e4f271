"""The headers stand in every response, whatever the application below does."""

import asyncio

import pytest

from fdc.serving.headers import HEADERS, SecurityHeaders


def respond(headers: list[tuple[bytes, bytes]], scope: dict) -> dict[str, list[str]]:
    """What a client gets from an application that sends those headers, by lower-case name."""

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"page"})

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(SecurityHeaders(application)(scope, None, send))
    got: dict[str, list[str]] = {}
    for name, value in sent[0]["headers"]:
        got.setdefault(name.decode().lower(), []).append(value.decode())
    assert sent[1]["body"] == b"page"
    return got


def test_every_header_is_added_and_those_of_the_application_are_kept():
    got = respond([(b"content-type", b"text/html")], {"type": "http"})

    assert got == {"content-type": ["text/html"]} | {k.lower(): [v] for k, v in HEADERS.items()}


def test_a_weaker_header_of_the_application_is_replaced():
    got = respond([(b"cache-control", b"public"), (b"x-frame-options", b"ALLOW")], {"type": "http"})

    assert got["cache-control"] == ["no-store"]
    assert got["x-frame-options"] == ["DENY"]


@pytest.mark.parametrize("kind", ["default", "script", "style", "connect"])
def test_a_page_loads_nothing_from_elsewhere(kind):
    rules = dict(each.split(" ", 1) for each in HEADERS["Content-Security-Policy"].split("; "))

    assert rules[f"{kind}-src"] == ("'none'" if kind == "default" else "'self'")
