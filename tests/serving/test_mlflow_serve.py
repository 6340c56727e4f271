"""MLflow's own server gives the same answers as ours."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests

from fdc.registry.packaging import drawn_face
from tests.registry.models import photo
from tests.serving.conftest import running


@pytest.fixture(scope="module")
def invocations(store, tmp_path_factory) -> Iterator[str]:
    """`mlflow models serve` on a free port, started in an empty folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/fdc-age@champion"),
        *("--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)),
    ]
    # MLflow starts its server by the name `uvicorn`, found on the path.
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    folder = tmp_path_factory.mktemp("serve")
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": path, "MLFLOW_TRACKING_URI": store},
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}/ping", timeout=1).raise_for_status()
                break
            except requests.RequestException:
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.mark.parametrize("shape", ["dataframe_split", "dataframe_records", "inputs", "instances"])
def test_both_services_give_the_same_answers(invocations, champions, shape):
    photos = [photo((255, 0, 0), kind="JPEG"), drawn_face(), photo((0, 90, 10))]
    texts = [base64.b64encode(each).decode() for each in photos]
    body = {
        "dataframe_split": {"columns": ["photo"], "data": [[text] for text in texts]},
        "dataframe_records": [{"photo": text} for text in texts],
        "inputs": {"photo": texts},
        "instances": [{"photo": text} for text in texts],
    }[shape]
    theirs = requests.post(invocations, json={shape: body}, timeout=60)
    assert theirs.status_code == 200, theirs.text

    with running(champions) as address:
        ours = [
            requests.post(
                f"{address}/predict?task=age", files={"photo": ("p", each, "image/png")}, timeout=30
            ).json()["answers"][0]
            for each in photos
        ]
    assert theirs.json()["predictions"] == ours


def test_bytes_that_are_no_photo_are_a_refusal(invocations):
    body = {"inputs": {"photo": [base64.b64encode(b"no photo").decode()]}}
    [said] = requests.post(invocations, json=body, timeout=60).json()["predictions"]

    assert said["label"] is None
    assert said["refusal"]["rule"] == "undecodable"
