"""Searches on a real cluster, its nodes killed."""

from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import ray

from fdc.errors import SearchError
from fdc.search import distributed, search
from fdc.search.distributed import Post, RemoteWorkers
from tests.clusters import Nodes, nodes
from tests.search.conftest import Recorder
from tests.synthetic_crops import TASKS, Data

OPTIONS = {
    "task": TASKS["classes"],
    "minutes": None,
    "trials": 3,
    "epochs": 3,
    "engine": "ray",
    "workers": 2,
    "tuner": "random",
    "quiet": True,
}


@pytest.fixture(scope="module")
def cluster():
    with nodes() as made:
        yield made


def test_a_node_that_dies_gives_its_trial_back(cluster: Nodes, data: Data, tmp_path: Path) -> None:
    killed = []

    def kill_its_node(trial: str, epoch: int) -> None:
        # Once both workers have a trial, whichever node goes takes one with it.
        if len(log.began) == 2 and not killed:
            node = next(node for node in cluster.others if worker_of(node))
            killed.append(trial)
            cluster.kill(node)
            cluster.add(num_cpus=1)

    log = Recorder(tmp_path, kill_its_node)
    train, validation = data.split("classes")
    result = search(train, validation, folder=tmp_path, history=log, **OPTIONS)
    assert killed
    assert {trial.status for trial in result.trials} <= {"COMPLETED", "PRUNED"}
    # No epoch was trained twice: the trial went on from its checkpoint on another node.
    assert sorted(log.epochs) == [
        (trial.id, epoch) for trial in result.trials for epoch in range(len(trial.curve))
    ]
    assert len(log.began) == 4


def test_a_node_that_does_not_see_the_crops_says_so(data: Data, tmp_path: Path) -> None:
    settings = data.spec()
    elsewhere = replace(settings, train=replace(settings.train, path=tmp_path / "crops.u8"))
    with pytest.raises(SearchError, match=r"does not see .*crops\.u8"):
        Post(elsewhere, tmp_path, hang_seconds=60).receive()


def test_a_cluster_without_room_for_a_trial_says_so(
    cluster: Nodes, data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "NODE_SECONDS", 3.0)
    settings = data.spec(threads=99)
    workers = RemoteWorkers(ray, 1, settings, 0.5, tmp_path, hang_seconds=60, say=print)
    assert list(workers.receive(3.5)) == []
    assert workers.names == []
    with pytest.raises(SearchError, match=r"99 CPUs and 0\.5 GPUs free"):
        list(workers.receive(0.1))
    workers.close()


def worker_of(node) -> list:
    raylet = node.all_processes["raylet"][0].process.pid
    found = psutil.Process(raylet).children(recursive=True)
    return [each for each in found if "fdc.search.worker" in " ".join(each.cmdline())]
