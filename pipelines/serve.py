"""All champions behind a page and POST /predict."""

from rich.console import Console

from fdc.serving import application
from fdc.serving.settings import ServiceSettings
from fdc.tracking import require, tracking_uri


def serve(settings: ServiceSettings) -> None:
    """Serves until Ctrl-C.

    Args:
        settings: Where it listens, whom it believes, and what it bears.

    Raises:
        RegistryError: No task has a champion.
        TrackingError: MLflow cannot be used.
    """
    require(tracking_uri())
    Console().print(f"Page: http://{settings.host}:{settings.port}   (Ctrl-C stops it)")
    application.serve(settings, tracking_uri())
