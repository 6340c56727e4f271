"""All champions behind a page and POST /predict."""

import logging

import uvicorn
from rich.console import Console

from fdc.errors import RegistryError
from fdc.serving.application import create
from fdc.serving.champions import Champions
from fdc.tracking import tracking_uri

LOCAL = ("127.0.0.1", "localhost", "::1", "testserver")


def serve(host: str, port: int) -> None:
    """Serves until Ctrl-C.

    Args:
        host: Address to listen at.
        port: Port to listen at.

    Raises:
        RegistryError: No task has a champion, or the registry cannot be reached.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    champions = Champions(tracking_uri())
    champions.refresh()
    if not champions.models:
        raise RegistryError("No task has a champion yet.", "Say: make promote TASK=age.")
    console = Console()
    for task, model in champions.models.items():
        console.print(f"{task}: version {model.version.number}")
    console.print(f"Page: http://{host}:{port}   (Ctrl-C stops it)")
    hosts = LOCAL if host in LOCAL else ("*",)
    # uvicorn's access log names addresses and queries; what a service of faces logs is its own.
    uvicorn.run(create(champions, hosts=hosts), host=host, port=port, access_log=False)
