"""What the service answers, and what it does not take."""

import http.client
import io
import json
import logging
import socket
import struct
import threading
import time
import zlib
from contextlib import contextmanager

import pytest
import requests
from PIL import Image

from fdc import registry
from fdc.errors import RegistryError
from fdc.inference.answer import Answer
from fdc.locale import LANGUAGES, section
from fdc.serving.application import serve
from fdc.serving.champions import Champions
from fdc.serving.headers import HEADERS
from fdc.serving.limits import Limits
from fdc.serving.settings import ServiceSettings
from tests.registry.models import photo
from tests.serving.conftest import running
from tests.waiting import wait_until

RED = photo((255, 0, 0), kind="JPEG")


def send(address, content=RED, kind="image/jpeg", field="photo", **settings):
    files = {field: ("photo.jpg", content, kind)}
    return requests.post(f"{address}/predict", files=files, timeout=60, **settings)


def rule(response) -> str:
    said = response.json()["error"]
    assert said["message"]["ko"]
    assert said["message"]["en"]
    return said["rule"]


def test_all_champions_answer(address, champions):
    said = send(address)

    assert said.status_code == 200
    answers = {each["task"]: Answer.model_validate(each) for each in said.json()["answers"]}
    assert list(answers) == ["age", "age_regression", "colour"]
    for task, answer in answers.items():
        assert answer == champions.models[task].predictor.predict(RED)
    assert answers["colour"].label == "red"
    assert answers["age_regression"].years == pytest.approx(30, abs=0.5)


def test_a_task_can_be_chosen(address):
    said = send(address, params={"task": "colour"})

    assert [each["task"] for each in said.json()["answers"]] == ["colour"]


def test_a_photo_is_prepared_once_for_models_of_one_recipe(champions, monkeypatch):
    from fdc.faces.preparer import Preparer

    seen = []
    crop = Preparer.crop
    monkeypatch.setattr(Preparer, "crop", lambda self, data: seen.append(1) or crop(self, data))

    assert len(champions.answers(RED, ["age", "colour"])) == 2
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("status", "said", "request_"),
    [
        (404, "unknown task", {"params": {"task": "shoe size"}}),
        (400, "bad form", {"field": "picture"}),
        (415, "not a photo", {"kind": "application/pdf"}),
        (415, "not a photo", {"kind": ""}),
        (422, "undecodable", {"content": b"no photo"}),
        (422, "undecodable", {"content": b""}),
        (422, "undecodable", {"content": RED[: len(RED) // 2]}),
        (422, "undecodable", {"content": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"}),
        (413, "too large", {"content": RED + bytes(16_000_000)}),
        (403, "cross site", {"headers": {"Sec-Fetch-Site": "cross-site"}}),
    ],
)
def test_what_cannot_be_taken_is_said(address, status, said, request_):
    response = send(address, **request_)

    assert (response.status_code, rule(response)) == (status, said)


def test_a_form_is_needed(address):
    said = requests.post(f"{address}/predict", data=RED, timeout=60)

    assert (said.status_code, rule(said)) == (415, "not a photo")


def test_two_photos_in_one_form_are_refused(address):
    files = [("photo", ("a.jpg", RED, "image/jpeg")), ("photo", ("b.jpg", RED, "image/jpeg"))]
    said = requests.post(f"{address}/predict", files=files, timeout=60)

    assert (said.status_code, rule(said)) == (400, "bad form")


@pytest.mark.parametrize("side", [9_000, 60_000])
def test_a_small_file_with_too_many_pixels_is_refused_by_its_header(address, side):
    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    said = send(address, bomb, "image/png")

    assert (said.status_code, rule(said)) == (413, "too many pixels")


def test_an_upload_without_a_length_is_counted_as_it_comes(champions):
    sent = 0

    def endless():
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n'
        yield b"Content-Type: image/jpeg\r\n\r\n"
        while sent < 50_000_000:
            sent += 100_000
            yield bytes(100_000)

    with running(champions, Limits(megabytes=1)) as address:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        try:
            said = requests.post(f"{address}/predict", data=endless(), headers=kind, timeout=30)
            assert (said.status_code, rule(said)) == (413, "too large")
        except requests.ConnectionError:
            pass  # the service hung up while the client was still sending
        assert sent < 50_000_000


def test_a_large_photo_never_touches_the_disk(address, monkeypatch):
    from tempfile import SpooledTemporaryFile

    rolled = []
    monkeypatch.setattr(SpooledTemporaryFile, "rollover", lambda self: rolled.append(self))
    noise = Image.effect_noise((2000, 2000), 90).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    assert buffer.tell() > 3_000_000

    assert send(address, buffer.getvalue(), "image/png").status_code == 200
    assert rolled == []


def test_nothing_of_a_photo_is_logged(address, caplog):
    caplog.set_level(logging.DEBUG)
    files = {"photo": ("a name of a person.jpg", RED, "image/jpeg")}
    requests.post(f"{address}/predict", files=files, timeout=60)
    broken = {"photo": ("a name of a person.jpg", RED[:300], "image/jpeg")}
    requests.post(f"{address}/predict", files=broken, timeout=60)

    service = [r for r in caplog.records if not r.name.startswith(("urllib3", "PIL"))]
    text = "\n".join(record.getMessage() for record in service)
    assert "/predict" in text
    assert "person" not in text
    assert "JFIF" not in text


def test_every_response_carries_the_security_headers(address):
    for response in (
        requests.get(address, timeout=60),
        requests.get(f"{address}/health", timeout=60),
        requests.get(f"{address}/page/page.js", timeout=60),
        requests.get(f"{address}/page/texts.js", timeout=60),
        requests.get(f"{address}/nowhere", timeout=60),
        send(address, b"no photo"),
    ):
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
        assert "Access-Control-Allow-Origin" not in response.headers


def test_the_page_names_nothing_outside(address):
    import re

    for file in ("", "page/style.css", "page/page.js", "page/texts.js"):
        text = requests.get(f"{address}/{file}", timeout=60).text
        assert not re.findall(r"(?:https?:)?//[a-z]", text), file


def test_the_page_gets_its_sentences_in_every_language_as_a_script(address):
    response = requests.get(f"{address}/page/texts.js", timeout=60)

    assert response.headers["Content-Type"].startswith("text/javascript")
    said = json.loads(response.text.removeprefix("export default ").rstrip(";\n"))
    assert said == section("page")
    assert list(said) == list(LANGUAGES)


def test_files_beside_the_page_cannot_be_read(address):
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    connection.request("GET", "/page/../application.py")
    assert connection.getresponse().status == 404


def test_health_models_and_limits(address, champions):
    health = requests.get(f"{address}/health", timeout=60).json()
    models = requests.get(f"{address}/models", timeout=60).json()

    assert health == {
        "status": "ok",
        "champions": {"age": "1", "age_regression": "1", "colour": "1"},
    }
    assert [each["task"] for each in models] == ["age", "age_regression", "colour"]
    assert models[2]["title"] == {"ko": "색", "en": "Colour"}
    assert models[1]["tested"] == {
        "ko": "학습에 쓰지 않은 시험 사진에서 평균 1.0세만큼 빗나갔습니다.",
        "en": "Off by 1.0 years on average on test photos that it was not trained on.",
    }
    assert "Right on 100% of" in models[2]["tested"]["en"]
    assert models[2]["classes"][0] == {"label": "red", "names": {"ko": "빨강", "en": "Red"}}
    assert requests.get(f"{address}/limits", timeout=60).json()["megabytes"] == 16


def test_a_foreign_host_name_is_refused(champions):
    with running(champions, hosts=("127.0.0.1",)) as address:
        assert requests.get(f"{address}/health", timeout=60).status_code == 200
        rebound = requests.get(f"{address}/health", headers={"Host": "evil.test"}, timeout=60)
        assert rebound.status_code == 400


def test_one_client_has_a_rate(champions):
    # So slow that no token comes back while the photos are answered, on any machine.
    with running(champions, Limits(per_minute=0.5, burst=3)) as address:
        answers = [send(address) for _ in range(4)]

        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert rule(answers[3]) == "too many requests"
        assert 60 < int(answers[3].headers["Retry-After"]) <= 120


class Held:
    """Champions that answer when they are let go."""

    def __init__(self, champions):
        self.models = champions.models
        self.released = threading.Event()
        self.now, self.most = 0, 0
        self._lock = threading.Lock()

    def answers(self, photo, tasks):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.released.wait(60)
        with self._lock:
            self.now -= 1
        return [self.models[task].predictor.predict(photo) for task in tasks]


@contextmanager
def sending(address, count):
    """Sends photos from as many threads; gives the list that their responses go to."""
    responses = []
    threads = [
        threading.Thread(target=lambda: responses.append(send(address))) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    yield responses
    for thread in threads:
        thread.join()


def test_a_few_are_answered_at_once_a_few_wait_and_the_rest_is_told_to_come_back(champions):
    held = Held(champions)
    with running(held, Limits(at_once=2, waiting=2, queue_seconds=25)) as address:
        with sending(address, 7) as responses:
            wait_until(lambda: len(responses) == 3)
            assert {each.status_code for each in responses} == {503}
            assert (rule(responses[0]), responses[0].headers["Retry-After"]) == ("busy", "25")
            held.released.set()

        assert [each.status_code for each in responses[3:]] == [200] * 4
        assert held.most == 2


def test_who_waits_too_long_is_told_to_come_back(champions):
    held = Held(champions)
    limits = Limits(at_once=1, waiting=5, queue_seconds=0.2)
    with running(held, limits) as address, sending(address, 2) as responses:
        wait_until(lambda: responses)
        assert responses[0].status_code == 503
        held.released.set()
    assert responses[1].status_code == 200


def test_a_slow_answer_is_given_up_but_keeps_its_place(champions):
    held = Held(champions)
    limits = Limits(at_once=1, answer_seconds=2, queue_seconds=0.2)
    with running(held, limits) as address:
        first = send(address)
        assert (first.status_code, rule(first)) == (504, "too slow")
        assert send(address).status_code == 503, "the thread still works on the first photo"
        held.released.set()
        wait_until(lambda: send(address).status_code == 200)
        assert held.most == 1


def test_a_slow_upload_is_given_up(champions):
    with running(champions, Limits(upload_seconds=0.5)) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(
                b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
            )
            began = time.monotonic()
            assert b"408" in connection.recv(1000).split(b"\r\n")[0]
            assert time.monotonic() - began < 5


def test_a_service_without_champions_is_unhealthy_and_says_so(store):
    with running(Champions(store)) as address:
        assert requests.get(f"{address}/health", timeout=60).status_code == 503
        said = send(address)
        assert (said.status_code, rule(said)) == (503, "no champion")


def test_serving_without_champions_is_an_error_that_says_what_to_do(monkeypatch):
    monkeypatch.setattr(registry, "champions", lambda uri: {})

    with pytest.raises(RegistryError, match=r"champion to serve\. Promote one first"):
        serve(ServiceSettings(), "sqlite:///none.db")
