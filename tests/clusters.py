"""Real Ray clusters of several nodes on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil


@dataclass
class Nodes:
    """A running cluster that this process is connected to.

    Attributes:
        cluster: Ray's handle of it.
        others: The nodes beside the one that the driver is on.
    """

    cluster: Any
    others: list[Any]

    def kill(self, node: Any) -> None:
        """Ends a node as a power cut does: every process of it at once."""
        self.others.remove(node)
        parts = [
            psutil.Process(part.process.pid) for x in node.all_processes.values() for part in x
        ]
        everything = parts + [child for part in parts for child in part.children(recursive=True)]
        for process in everything:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def workers(self, node: Any) -> list[psutil.Process]:
        """The workers of a pool on a node."""
        raylet = psutil.Process(node.all_processes["raylet"][0].process.pid)
        below = raylet.children(recursive=True)
        return [process for process in below if "fdc.execution.process" in process.cmdline()]

    def add(self, **resources: Any) -> None:
        """A node joins."""
        self.others.append(self.cluster.add_node(object_store_memory=100 << 20, **resources))


@contextmanager
def nodes(cpus: tuple[int, ...] = (1, 1, 1)) -> Iterator[Nodes]:
    """A cluster with so many CPUs on each of its nodes; the driver is on the first of them."""
    import ray
    from ray.cluster_utils import Cluster

    arguments = {"include_dashboard": False, "object_store_memory": 100 << 20}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": cpus[0], **arguments})
    made = Nodes(cluster, [])
    try:
        for count in cpus[1:]:
            made.add(num_cpus=count)
        ray.init(address=cluster.address, log_to_driver=False)
        yield made
    finally:
        ray.shutdown()
        cluster.shutdown()
