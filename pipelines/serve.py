"""All champions behind a page and POST /predict."""

from rich.console import Console

from fdc.serving import application
from fdc.tracking import tracking_uri


def serve(host: str, port: int) -> None:
    """Serves until Ctrl-C.

    Args:
        host: Address to listen at.
        port: Port to listen at.

    Raises:
        RegistryError: No task has a champion, or the registry cannot be reached.
    """
    Console().print(f"Page: http://{host}:{port}   (Ctrl-C stops it)")
    application.serve(host=host, port=port, tracking_uri=tracking_uri())
