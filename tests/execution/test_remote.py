"""What only a cluster does: nodes that go and come, and a lack of room."""

from pathlib import Path
from typing import Any

import pytest

from fdc.errors import ExecutionError
from fdc.execution import remote
from fdc.execution.protocol import Died, Ready, WorkerSpec
from fdc.execution.remote import RayPool
from tests.clusters import Nodes
from tests.execution.targets import abort, obey
from tests.execution.test_pool import events, wait_for


def open_pool(count: int | None = 1, warn: Any = print, **spec: Any) -> RayPool:
    import ray

    return RayPool(ray, count, WorkerSpec(**{"target": obey, **spec}), warn)


def wait_until_ready(pool: RayPool, count: int) -> None:
    for _ in events(pool):
        if len(pool.names) == count:
            return


def test_a_worker_that_is_lost_with_its_node_starts_on_another(cluster: Nodes) -> None:
    pool = open_pool(2)
    wait_until_ready(pool, 2)
    node = next(node for node in cluster.others if cluster.workers(node))
    cluster.kill(node)
    died = wait_for(pool, Died)
    assert died == Died("its node is gone", cause="lost")
    wait_for(pool, Ready)
    assert len(pool.names) == 2
    pool.close()
    cluster.add(num_cpus=1)


def test_a_pool_grows_with_its_cluster(cluster: Nodes) -> None:
    pool = open_pool(None)
    wait_until_ready(pool, 3)
    cluster.add(num_cpus=1)
    wait_until_ready(pool, 4)
    pool.close()
    cluster.kill(cluster.others[-1])


def test_a_cluster_without_room_says_so(cluster: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "NODE_SECONDS", 3.0)
    monkeypatch.setattr(remote, "NOTICE_SECONDS", 1.0)
    said: list[str] = []
    pool = open_pool(1, said.append, cpus=99, gpus=0.5)
    for _ in range(3):
        assert list(pool.receive(1.2)) == []
    assert pool.names == []
    assert said == ["waiting for a node of the cluster with 99 CPUs and 0.5 GPUs free"]
    with pytest.raises(ExecutionError, match=r"99 CPUs and 0\.5 GPUs free"):
        list(pool.receive(0.1))
    pool.close()


def test_each_worker_prints_into_a_folder_of_its_own(cluster: Nodes, tmp_path: Path) -> None:
    pool = open_pool(1, target=abort, output=tmp_path, environment=_faults)
    with pytest.raises(ExecutionError, match="do not start"):
        list(events(pool))
    pool.close()
    assert "Fatal Python error" in (tmp_path / "worker0" / "worker0.log").read_text()


def _faults(memory_bytes: int) -> dict[str, str]:
    assert memory_bytes > 0  # its part of what is free on its node
    return {"PYTHONFAULTHANDLER": "1"}
