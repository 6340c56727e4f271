"""The journal is the truth, and the table its copy."""

from pathlib import Path

import pytest

from fdc.crops.index import journal_lines, read_index
from fdc.crops.store import CropStore
from tests.crops.stores import RECIPE, fill


def test_the_table_is_made_again_from_the_journal(tmp_path: Path) -> None:
    fill(tmp_path, range(5))
    before = (tmp_path / "index.parquet").read_bytes()
    fill(tmp_path, range(9))
    (tmp_path / "index.parquet").write_bytes(before)  # as after a kill
    assert len(CropStore(tmp_path).index) == 9
    (tmp_path / "index.parquet").write_bytes(b"torn")
    assert len(CropStore(tmp_path).index) == 9


def test_what_is_torn_or_strange_ends_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert list(journal_lines(path)) == []
    for torn in (b'{"key": "c"', b"\xff\xfe\n", b"[1]\n", b"\n"):
        path.write_bytes(b'{"key": "a"}\n{"key": "b"}\n' + torn + b'{"key": "d"}\n')
        found = list(journal_lines(path))
        assert found == [({"key": "a"}, 13), ({"key": "b"}, 13)]


def test_a_line_whose_crop_is_not_there_yet_is_not_read(tmp_path: Path) -> None:
    """Another process is writing: its table is behind, its crops may be ahead or behind."""
    fill(tmp_path, range(3))
    (tmp_path / "index.parquet").unlink()
    with (tmp_path / "crops.u8").open("r+b") as file:
        file.truncate(2 * RECIPE.crop_bytes + 10)
    index = read_index(tmp_path, RECIPE.crop_bytes)
    assert index["key"].tolist() == ["key 0", "key 1"]


@pytest.mark.parametrize("table", [True, False])
def test_table_and_journal_tell_the_same(tmp_path: Path, table: bool) -> None:
    fill(tmp_path, range(5))
    if not table:
        (tmp_path / "index.parquet").unlink()
    index = read_index(tmp_path, RECIPE.crop_bytes)
    assert index["position"].fillna(-1).tolist() == [0, 1, 2, -1, 3]
    assert index["rule"].fillna("").tolist() == ["", "", "", "no face", ""]
    assert list(index["box"][4]) == [1.0, 2.0, 3.0, 4.0]
    assert index["notes"].map(list).tolist() == [["noted"]] * 3 + [[]] + [["noted"]]
