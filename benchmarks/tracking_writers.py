"""How many workers can log at once, and what one call costs.

    python benchmarks/tracking_writers.py --workers 8 --seconds 60

Runs the workers as processes of their own, first through `mlflow server` on loopback, then against
one bare SQLite file, and counts afterwards what MLflow holds. The last line is JSON.
"""

import argparse
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from fdc.tracking import SearchRun, TrialRecord, quiet_mlflow

EXPERIMENT = "fdc-benchmark"
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")


def work(uri: str, folder: Path, worker: int, seconds: float, pause: float) -> dict[str, float]:
    """Logs one point of four curves, again and again."""
    took: list[float] = []
    run = SearchRun(EXPERIMENT, f"worker {worker}", folder / str(worker), uri=uri)
    run.history.trial_began(TrialRecord("t", 0, {"worker": worker}, seed=1))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        run.history.epoch_ended(
            "t", len(took), dict.fromkeys(METRICS, float(len(took))), improved=True
        )
        took.append(time.perf_counter() - began)
        time.sleep(pause)
    run.history.trial_ended("t", "COMPLETED", None, seconds=seconds)
    began = time.perf_counter()
    left = run.close(timeout=300)
    if left:
        print(left, file=sys.stderr)
    return {
        "told": len(took) * len(METRICS),
        "median_ms": float(np.median(took)) * 1e3,
        "p99_ms": float(np.percentile(took, 99)) * 1e3,
        "slowest_ms": float(np.max(took)) * 1e3,
        "sent_after_s": time.perf_counter() - began,
    }


def measure(uri: str, folder: Path, workers: int, seconds: float, pause: float) -> dict[str, float]:
    """Runs the workers at once and counts what arrived."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mlflow"])
    with context.Pool(workers) as pool:
        tasks = [(uri, folder, worker, seconds, pause) for worker in range(workers)]
        said = pool.starmap(work, tasks, chunksize=1)
    told = sum(result["told"] for result in said)
    return {
        "told": told,
        "lost": told - count(uri),
        "points_per_second": round(told / seconds),
        "median_ms": round(float(np.median([result["median_ms"] for result in said])), 3),
        "p99_ms": round(max(result["p99_ms"] for result in said), 3),
        "slowest_ms": round(max(result["slowest_ms"] for result in said), 1),
        "sent_after_s": round(max(result["sent_after_s"] for result in said), 1),
    }


def count(uri: str) -> int:
    """Distinct points that MLflow holds, less those that it holds twice."""
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    points = 0
    for run in runs:
        for metric in METRICS:
            history = client.get_metric_history(run.info.run_id, metric)
            steps = [point.step for point in history]
            points += 2 * len(set(steps)) - len(steps)
    return points


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """`mlflow server` over SQLite, on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    uri = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/server.db"),
        *("--artifacts-destination", str(folder / "artifacts")),
    ]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{uri}/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield uri
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def main() -> None:
    """Reads the arguments and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two points")
    options = parser.parse_args()
    quiet_mlflow()
    results = {}
    for kind in ("server", "sqlite"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            load = (folder / "searches", options.workers, options.seconds, options.pause)
            if kind == "server":
                with server(folder) as uri:
                    results[kind] = measure(uri, *load)
            else:
                results[kind] = measure(f"sqlite:///{folder}/mlruns/mlflow.db", *load)
        print(f"{options.workers} workers, {kind}: {results[kind]}", flush=True)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
