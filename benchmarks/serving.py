"""How fast the service answers, and what it costs.

    python benchmarks/serving.py PHOTOS [--requests 200]

Runs the real service over the champions of a store, sends it the photos from one client and from
several at once, and prints answers per second, latencies and memory. The last line is JSON.
"""

import argparse
import json
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import psutil
import requests

from fdc.serving.limits import Limits
from fdc.serving.settings import ServiceSettings
from fdc.sources.listing import photos_below

PORT = 8123
CLIENTS = 4


def service(tracking_uri: str | None) -> None:
    """Runs the service without a rate limit."""
    from fdc.serving.application import serve

    limits = Limits(per_minute=1e9, burst=1_000_000, waiting=100)
    serve(ServiceSettings(port=PORT, limits=limits), tracking_uri)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="folder of photos, the first twenty of them")
    parser.add_argument("--tracking-uri", help="default: MLFLOW_TRACKING_URI, else mlruns/")
    parser.add_argument("--requests", type=int, default=200)
    arguments = parser.parse_args()
    paths = sorted(islice(photos_below(arguments.photos), 20))
    photos = [(arguments.photos / path).read_bytes() for path in paths]

    began = time.monotonic()
    process = multiprocessing.get_context("spawn").Process(
        target=service, args=(arguments.tracking_uri,), daemon=True
    )
    process.start()
    try:
        models = wait(process)
        start = time.monotonic() - began
        figures = {
            "models": models,
            "start_s": round(start, 1),
            "one_client": measure(photos, arguments.requests, 1),
            f"{CLIENTS}_clients": measure(photos, arguments.requests, CLIENTS),
            "memory_mb": round(psutil.Process(process.pid).memory_info().rss / 1e6),
        }
    finally:
        process.terminate()
        process.join()
    for name, value in figures.items():
        print(f"{name}: {value}")
    print(json.dumps(figures))


def wait(process: multiprocessing.process.BaseProcess) -> int:
    """Waits until the service is up; gives the number of its models."""
    while process.is_alive():
        try:
            return len(requests.get(f"http://127.0.0.1:{PORT}/models", timeout=5).json())
        except requests.ConnectionError:
            time.sleep(0.05)
    raise SystemExit("The service did not start.")


def measure(photos: list[bytes], count: int, clients: int) -> dict[str, float]:
    """Sends photos and takes the time of each answer."""
    session = requests.Session()

    def ask(photo: bytes) -> float:
        began = time.monotonic()
        files = {"photo": ("photo", photo, "image/jpeg")}
        session.post(f"http://127.0.0.1:{PORT}/predict", files=files, timeout=60).raise_for_status()
        return time.monotonic() - began

    for photo in photos[:2]:
        ask(photo)  # warms up
    began = time.monotonic()
    with ThreadPoolExecutor(clients) as pool:
        seconds = list(pool.map(ask, islice(cycle(photos), count)))
    total = time.monotonic() - began
    middle, most = np.quantile(seconds, [0.5, 0.95]) * 1000
    return {
        "per_s": round(count / total, 1),
        "median_ms": round(float(middle), 1),
        "p95_ms": round(float(most), 1),
    }


if __name__ == "__main__":
    main()
