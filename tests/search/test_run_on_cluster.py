"""Searches on a real cluster, its nodes killed."""

from pathlib import Path

from fdc.search import Resources, SearchSpec, search
from tests.clusters import Nodes
from tests.search.conftest import Recorder
from tests.synthetic_crops import TASKS, Data

SPEC = SearchSpec(
    TASKS["classes"],
    tuner="random",
    minutes=None,
    trials=3,
    epochs=3,
    baselines=False,
    resources=Resources(engine="ray", workers=2),
)


def test_a_node_that_dies_gives_its_trial_back(cluster: Nodes, data: Data, tmp_path: Path) -> None:
    killed = []

    def kill_its_node(trial: str, epoch: int) -> None:
        # Once both workers have a trial, whichever node goes takes one with it.
        if len(log.began) == 2 and not killed:
            node = next(node for node in cluster.others if cluster.workers(node))
            killed.append(trial)
            cluster.kill(node)
            cluster.add(num_cpus=1)

    log = Recorder(tmp_path, kill_its_node)
    train, validation = data.split("classes")
    result = search(train, validation, SPEC, tmp_path, history=log, quiet=True)
    assert killed
    assert {trial.status for trial in result.trials} <= {"COMPLETED", "PRUNED"}
    # No epoch was trained twice: the trial went on from its checkpoint on another node.
    assert sorted(log.epochs) == [
        (trial.id, epoch) for trial in result.trials for epoch in range(len(trial.curve))
    ]
    assert len(log.began) == 4
