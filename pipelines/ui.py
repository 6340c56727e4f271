"""MLflow's own pages over the project's runs and models."""

import os
import sys

from rich.console import Console

from fdc.tracking import quiet_mlflow, tracking_uri


def ui(host: str, port: int) -> None:
    """Becomes MLflow's server on the project's database, until Ctrl-C.

    Args:
        host: Address to listen at.
        port: Port to listen at.
    """
    uri = tracking_uri()
    console = Console()
    if uri.startswith(("http://", "https://")):
        console.print(f"The runs are kept by a server: open {uri}.")
        return
    quiet_mlflow()
    console.print(f"Runs and models: http://{host}:{port} (Ctrl-C stops it)")
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri]
    os.execv(sys.executable, [*command, "--host", host, "--port", str(port), "--workers", "1"])
