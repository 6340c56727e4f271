"""The readers on real photos, where there are any."""

import re
from pathlib import Path

import pandas as pd
import pytest

from fdc import manifest
from fdc.sources import read, recognise


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def found(shared: Path, cache: Path, name: str, reader: str) -> pd.DataFrame:
    root = shared / "data" / name
    assert recognise(root) == reader
    return read(root, cache=cache)


def test_utkface(shared: Path, cache: Path) -> None:
    table = found(shared, cache, "utkface", "utkface")
    assert len(table) == 8786
    pattern = re.compile(r"\d+_[01]_[0-4]_\d{17}\.jpg\.chip\.jpg")
    odd = {p.name for p in (shared / "data" / "utkface").iterdir() if not pattern.fullmatch(p.name)}
    assert set(table.path[table.quarantine.notna()]) == odd
    assert manifest.quarantine_counts(table) == {"unreadable label": len(odd)}
    assert table.age.between(0, 116).sum() == len(table) - len(odd)


def test_fer2013(shared: Path, cache: Path) -> None:
    table = found(shared, cache, "fer2013", "fer2013")
    assert len(table) == 6671
    assert table.emotion.nunique() == 7
    assert set(table.published_split) == {"train", "validation", "test"}
    assert table.quarantine.isna().all()


def test_ckplus(shared: Path, cache: Path) -> None:
    table = found(shared, cache, "ckplus48", "ckplus")
    assert len(table) == 981
    assert table.subject.nunique() == 118
    assert table.emotion.nunique() == 7


def test_lfw(shared: Path, cache: Path) -> None:
    table = found(shared, cache, "lfw", "table")
    assert len(table) == 678
    assert table.subject.notna().sum() == 616  # 62 rows name nobody
    assert table.quarantine.isna().all()


def test_personal_colour(shared: Path, cache: Path) -> None:
    table = found(shared, cache, "personal_color", "table")
    assert len(table) == 239
    assert table.tone.value_counts().to_dict() == {"cool": 123, "warm": 116}
    assert table.quarantine.isna().all()
