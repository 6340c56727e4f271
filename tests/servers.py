"""Real servers on loopback: PostgreSQL, and what speaks like S3."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

KEY = {
    "AWS_ACCESS_KEY_ID": "fdc",
    "AWS_SECRET_ACCESS_KEY": "fdc",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql() -> Iterator[str]:
    """An empty database of Debian's PostgreSQL; gives its SQLAlchemy URL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    binaries, port = found[-1], free_port()
    folder = Path(tempfile.mkdtemp(prefix="fdc-postgresql-", dir="/tmp"))
    # It refuses to run as root.
    user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    options = ["-D", folder / "data", "-U", "fdc", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    subprocess.run([*user, binaries / "initdb", *options], check=True, capture_output=True)
    command = [*user, binaries / "postgres", "-D", folder / "data", "-k", folder]
    command += ["-p", str(port), "-h", "127.0.0.1"]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        arguments = ["-h", "127.0.0.1", "-p", str(port), "-U", "fdc"]
        until = time.monotonic() + 60
        while subprocess.run(
            [binaries / "createdb", *arguments, "fdc"], capture_output=True
        ).returncode:
            assert time.monotonic() < until, "PostgreSQL does not answer"
            time.sleep(0.2)
        yield f"postgresql://fdc@127.0.0.1:{port}/fdc"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
        Path(log.name).unlink()


@contextmanager
def s3(*buckets: str) -> Iterator[dict[str, str]]:
    """A server that speaks like S3; gives the environment in which its clients find it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {**KEY, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        client = boto3.client("s3")
        for bucket in buckets:
            client.create_bucket(Bucket=bucket)
        try:
            yield environment
        finally:
            server.stop()
