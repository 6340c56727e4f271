from pathlib import Path

import pytest

from fdc.sources import read, recognise
from tests.sources.builders import ckplus, photo


def test_subjects_and_emotions(tmp_path: Path) -> None:
    paths = ckplus(tmp_path)
    assert recognise(tmp_path) == "ckplus"
    table = read(tmp_path)
    assert list(table.path) == sorted(paths)
    assert set(table.subject) == {"ckplus:S010", "ckplus:S011"}
    assert table.groupby("emotion").size().to_dict() == {"anger": 6, "happy": 6, "sadness": 6}


@pytest.mark.parametrize(
    "path",
    ["happy/S010_2.png", "happy/010_002_00000013.png", "S010_002_00000013.png", "sad/사진.png"],
)
def test_a_mangled_name_or_place_costs_no_other(tmp_path: Path, path: str) -> None:
    ckplus(tmp_path)
    before = read(tmp_path)
    photo(tmp_path / path, 99)
    after = read(tmp_path).set_index("path")
    assert after.quarantine[path].startswith("unreadable label: ")
    assert after.quarantine.drop(path).isna().all()
    assert dict(after.drop(path).emotion) == dict(before.set_index("path").emotion)
