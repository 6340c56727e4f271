"""The dirt of real sets is found; what is right is known from the bytes themselves."""

import hashlib
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from fdc import sources
from fdc.tasks import Task
from tests.curation.manifests import AGE, GENDER, curate


def _by_bytes(root: Path) -> list[list[str]]:
    """Groups of paths with identical bytes, found without any of fdc."""
    found = defaultdict(list)
    for path in sorted(root.rglob("*")):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[digest].append(path.relative_to(root).as_posix())
    return [paths for paths in found.values() if len(paths) > 1]


def _rule(table: pd.DataFrame) -> pd.Series:
    return table.set_index("path")["quarantine"].str.split(": ").str[0].fillna("")


@pytest.fixture(scope="module")
def utkface(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return sources.read(shared / "data/utkface", cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def fer2013(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return sources.read(shared / "data/fer2013", cache=tmp_path_factory.mktemp("cache"))


def test_utkface_copies_are_found_and_conflicting_ages_are_out(
    utkface: pd.DataFrame, shared: Path
) -> None:
    table = curate(utkface, AGE, warn=print)
    rule, age = _rule(table), table.set_index("path")["age"]
    twins = _by_bytes(shared / "data/utkface")
    assert len(twins) > 100
    conflicting = 0
    for paths in twins:
        labelled = [path for path in paths if rule[path] != "unreadable label"]
        found = rule[labelled].tolist()
        if age[labelled].nunique() > 1:
            conflicting += 1
            assert found == ["label conflict"] * len(labelled)
        elif "label conflict" not in found:  # of a near copy with another age
            assert sorted(found)[1:] == ["exact duplicate"] * (len(labelled) - 1)
    assert conflicting > 50
    placed = table[table["split"].notna()]
    assert not placed["image_id"].duplicated().any()
    unreadable = rule[rule == "unreadable label"].index
    assert all(len(Path(path).name.split("_")) != 4 for path in unreadable)
    assert len(unreadable) > 0


def test_utkface_genders_are_in_proportion(utkface: pd.DataFrame) -> None:
    table = curate(utkface, GENDER, warn=print)
    placed = table[table["split"].notna()]
    share = placed.groupby("split")["gender"].value_counts(normalize=True).unstack()
    assert (share.max() - share.min()).max() < 0.01
    assert placed["group"].value_counts().max() < 20


def test_fer2013_keeps_its_split_without_its_leaks(fer2013: pd.DataFrame, shared: Path) -> None:
    task = Task(kind="classes", column="emotion").complete(fer2013["emotion"])
    table = curate(fer2013, task, warn=print)
    rule = _rule(table)
    twins = _by_bytes(shared / "data/fer2013")
    across, disagreeing = 0, 0
    for paths in twins:
        sides, labels = ({path.split("/")[part] for path in paths} for part in (0, 1))
        if len(labels) > 1:
            disagreeing += 1
            assert set(rule[paths]) == {"label conflict"}
        elif len(sides) > 1:
            across += 1
            kept = [path for path in paths if not rule[path]]
            best = "test" if "test" in sides else "validation"
            assert all(path.startswith(best) for path in kept)
            gone = [rule[path] for path in paths if not path.startswith(best)]
            assert set(gone) <= {"cross split", "label conflict"}
    assert across > 20
    assert disagreeing > 2
    placed = table[table["split"].notna()]
    assert (placed["split"] == placed["published_split"]).all()
    assert (placed.groupby("group")["split"].nunique() == 1).all()
    assert not placed["image_id"].duplicated().any()
