"""Photos on a real cluster of three nodes, its nodes killed, its photos poisoned."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import fsspec
import pytest

from fdc import manifest
from fdc.crops import distributed, local
from fdc.crops.cutting import cut_crops
from fdc.crops.work import Outcome
from fdc.errors import WeightsError
from fdc.faces.recipe import Recipe
from tests.clusters import Nodes, nodes
from tests.crops.test_cutting import contents, row
from tests.crops.test_local import MEMORY, MissingJob, Poisoned, PoisonedJob, photos, rules
from tests.servers import s3


@dataclass(frozen=True)
class SlowJob(PoisonedJob):
    def preparer(self) -> Poisoned:  # type: ignore[override]
        class Slow(Poisoned):
            def crop(self, data: bytes, box: object, landmarks: object):  # type: ignore[no-untyped-def]
                time.sleep(0.05)
                return super().crop(data, box, landmarks)

        return Slow()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Nodes]:
    with s3("photos"), nodes() as made:
        yield made


def run(root: Path, contents: list[str], **options: float) -> list[Outcome]:
    job = PoisonedJob(Recipe(), str(root), (), 1)
    return list(distributed.execute(job, photos(root, contents), None, **options))


def test_outcomes_come_in_order(cluster: Nodes, tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good"] * 100)
    assert [outcome.record.key for outcome in outcomes] == [f"key {n}" for n in range(100)]
    assert all(outcome.pixels is not None for outcome in outcomes)


def test_refusals_and_faults_are_outcomes(cluster: Nodes, tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["refused", "fault", "good"])
    assert rules(outcomes) == ["no face", "failed", None]


@pytest.mark.parametrize("poison", ["segfault", "kill", "sleep"])
def test_a_poisoned_photo_costs_itself_alone(cluster: Nodes, tmp_path: Path, poison: str) -> None:
    contents = ["good"] * 4 + [poison] + ["good"] * 20
    outcomes = run(tmp_path, contents, seconds=2.0)
    assert rules(outcomes) == [None] * 4 + ["crashed the worker"] + [None] * 20


def test_a_photo_that_wants_all_the_memory(cluster: Nodes, tmp_path: Path) -> None:
    outcomes = run(tmp_path, ["good", "memory", "good"], memory=MEMORY)
    assert rules(outcomes) == [None, "out of memory", None]


def test_the_result_is_the_local_one_byte_for_byte_also_from_s3(
    cluster: Nodes, tmp_path: Path
) -> None:
    root = tmp_path / "photos"
    table = manifest.from_rows([row(root, f"얼굴/{n}.png", n) for n in range(40)], "drawn")
    files = fsspec.filesystem("s3")
    files.put(f"{root}/", "photos/faces", recursive=True)
    recipe = Recipe(size=48, detector="none")
    _, here = cut_crops(table, root, tmp_path / "local", recipe)
    for place in (root, "s3://photos/faces"):
        folder = tmp_path / str(place).replace("/", "-")
        prepared, there = cut_crops(table, place, folder, recipe, engine="ray")
        assert prepared["quarantine"].isna().all()
        assert contents(there) == contents(here)


def test_missing_weights_are_told_once(cluster: Nodes, tmp_path: Path) -> None:
    job = MissingJob(Recipe(), str(tmp_path), (), 1)
    with pytest.raises(WeightsError, match="is missing"):
        list(distributed.execute(job, photos(tmp_path, ["good"] * 5), None))


def test_a_node_that_dies_costs_no_photo(cluster: Nodes, tmp_path: Path) -> None:
    made = photos(tmp_path, ["good"] * 300)
    expected = list(local.execute(PoisonedJob(Recipe(), str(tmp_path), (), 1), made, 2))
    outcomes = distributed.execute(SlowJob(Recipe(), str(tmp_path), (), 1), made, None)
    found = list(islice(outcomes, 50))
    cluster.kill(cluster.others[0])
    found += outcomes
    assert [outcome.record for outcome in found] == [outcome.record for outcome in expected]
    cluster.add(num_cpus=1)
