"""What tests of every room share."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from fdc import weights
from fdc.locale import LocalizedText
from fdc.tasks import Task
from tests.clusters import Nodes, nodes
from tests.synthetic_crops import Data, draw

# Machines are shared: how long an example takes says nothing about it.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("patient")

SHARED = Path(__file__).resolve().parents[2] / "shared"
if (SHARED / "models").is_dir():
    # For the commands too that tests start; rooms that must do without set a folder of their own.
    os.environ.setdefault("FDC_WEIGHTS", str(SHARED / "models"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real photos and weights beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no real photos and weights lie in ../shared")
    return SHARED


@pytest.fixture(scope="session")
def weights_folder(shared: Path) -> Path:
    """Folder of YuNet's and u2netp's weights."""
    return shared / "models"


@pytest.fixture(scope="session")
def portraits(shared: Path) -> list[Path]:
    """Real photos of single people, by path."""
    found = sorted((shared / "data" / "portraits").rglob("*.jpg"))
    assert found
    return found


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return Data(*draw(tmp_path_factory.mktemp("crops")))


@pytest.fixture
def age() -> Task:
    return Task(
        name="age",
        kind="ordinal",
        column="age",
        bins=(0, 10, 20, 30, 40, 50, 60),
        title=LocalizedText(ko="나이대", en="Age group"),
        unit=LocalizedText(ko="세", en="years"),
    )


@pytest.fixture
def years() -> Task:
    return Task(
        name="age_regression",
        kind="regression",
        column="age",
        title=LocalizedText(ko="나이", en="Age"),
        unit=LocalizedText(ko="세", en="years"),
        limits=(0, 120),
        tolerance=5,
        slice_edges=tuple(range(0, 90, 10)),
    )


@pytest.fixture
def answers():
    """Class indices and probabilities of a model that is right most of the time."""

    def make(classes: int, photos: int, skill: float = 2.0, seed: int = 0):
        draw = np.random.default_rng(seed)
        truth = draw.integers(0, classes, photos)
        scores = draw.normal(size=(photos, classes))
        scores[np.arange(photos), truth] += skill
        chances = np.exp(scores)
        return truth, chances / chances.sum(axis=1, keepdims=True)

    return make


@pytest.fixture(scope="module")
def cluster() -> Iterator[Nodes]:
    """A Ray cluster of three nodes, one processor each."""
    pytest.importorskip("ray")
    with nodes() as made:
        yield made


@pytest.fixture(params=["local", "ray"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; "ray" on the cluster."""
    if request.param == "ray":
        request.getfixturevalue("cluster")
    return str(request.param)


@pytest.fixture(scope="session")
def pretrained() -> dict[str, Path]:
    """Networks that others trained, as an installed package or the folder of weights has them."""
    found = weights.pretrained()
    if "dlib_face" not in found:
        pytest.skip("dlib's face network is not here: `make setup` installs it")
    return found
