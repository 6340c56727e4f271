"""A search on three nodes, its runs in PostgreSQL, its artifacts in S3; node and driver killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from tests.clusters import nodes
from tests.end_to_end.conftest import SMALL, make_in
from tests.end_to_end.test_readme import running
from tests.servers import free_port, postgresql, s3

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(1800)]

ON_RAY = f"{SMALL} --set prepare.engine=ray --set search.engine=ray --set search.workers=2"


def test_a_search_on_a_cluster_outlives_a_node_and_its_driver(empty_project: Path, tmp_path: Path):
    from mlflow import MlflowClient

    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    with postgresql() as database, s3("artifacts") as keys, nodes() as cluster:
        server = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
        server += ["--backend-store-uri", database, "--artifacts-destination", "s3://artifacts"]
        with running(server, tmp_path, f"{uri}/health", **keys):
            env = {
                **os.environ,
                "RAY_ADDRESS": cluster.cluster.address,
                "MLFLOW_TRACKING_URI": uri,
                "COLUMNS": "200",
            }
            command = [".venv/bin/fdc", "search", "age", "--minutes", "1.5", *ON_RAY.split()]
            first = subprocess.Popen(
                command, cwd=empty_project, env=env, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip
            said = _read_until(first, "epoch")
            cluster.kill(cluster.others[0])
            said += _read_until(first, "epoch")
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
            again = make_in(empty_project)("search", TASK="age", MINUTES=1.5, ARGS=ON_RAY, env=env)
            assert again.returncode == 0, said + again.stdout + again.stderr
            assert "taking up the search" in again.stdout + again.stderr

            client = MlflowClient(uri)
            [experiment] = [e for e in client.search_experiments() if e.name == "fdc-age"]
            runs = client.search_runs([experiment.experiment_id])
            [parent] = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
            assert parent.info.status == "FINISHED"
            for run in runs:
                points = client.get_metric_history(run.info.run_id, "val_accuracy")
                steps = [point.step for point in points]
                assert sorted(set(steps)) == sorted(steps), run.info.run_name
            [version] = client.search_model_versions("name='fdc-age'")
            assert version.version == "1"
            kept = boto3.client("s3").list_objects_v2(Bucket="artifacts")["Contents"]
            assert any(each["Key"].endswith("network.onnx") for each in kept)


def _read_until(process: subprocess.Popen[str], word: str) -> str:
    said = ""
    until = time.monotonic() + 300
    for line in process.stdout:
        said += line
        assert time.monotonic() < until, said
        if word in line:
            return said
    raise AssertionError(said)
