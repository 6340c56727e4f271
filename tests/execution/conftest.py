"""Both engines, the second on a real cluster of three nodes."""

from collections.abc import Iterator

import pytest

from tests.clusters import Nodes, nodes


@pytest.fixture(scope="module")
def cluster() -> Iterator[Nodes]:
    pytest.importorskip("ray")
    with nodes() as made:
        yield made


@pytest.fixture(params=["local", "ray"])
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "ray":
        request.getfixturevalue("cluster")
    return str(request.param)
