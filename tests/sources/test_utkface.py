import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.sources import READERS, Options, read, recognise
from tests.sources.builders import photos, utkface

ROWS = READERS["utkface"].rows


def test_labels_are_read_from_names(tmp_path: Path) -> None:
    photos(
        tmp_path,
        [
            "1_0_0_20161219140530307.jpg.chip.jpg",
            "part2/116_1_4_20170112220255503.JPG",
            "26_1_2_20170116184024662.jpg.chip.jpg",
        ],
    )
    assert recognise(tmp_path) == "utkface"
    table = read(tmp_path)
    assert list(table.age) == [1, 26, 116]
    assert list(table.gender) == ["male", "female", "female"]
    assert table.subject.isna().all()
    assert set(table.source) == {"utkface"}


@pytest.mark.parametrize(
    "name",
    [
        "61_1_20170109150557335.jpg.chip.jpg",
        "55_0_0_20170116232725357jpg.chip.jpg",
        "24_0_1_20170116220224657 .jpg.chip.jpg",
        "44_1_4_20170116235150272.pg.chip.jpg",
        "200_1_4_20170116235150272.jpg.chip.jpg",
        "30_2_4_20170116235150272.jpg.chip.jpg",
        "-3_1_4_20170116235150272.jpg.chip.jpg",
        "30__4_20170116235150272.jpg.chip.jpg",
    ],
)
def test_a_name_that_breaks_the_pattern_is_set_aside(tmp_path: Path, name: str) -> None:
    utkface(tmp_path)
    photos(tmp_path, [name])
    table = read(tmp_path).set_index("path")
    assert table.quarantine[name].startswith("unreadable label: ")
    assert table.quarantine.notna().sum() == 1


FILE_NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60
).filter(lambda name: not name.startswith("."))


@settings(max_examples=60, deadline=None)
@given(name=FILE_NAMES)
def test_a_mangled_name_costs_no_other_row(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        names = utkface(root, 4)
        before = {row["path"]: row for row in ROWS(root, Options())}
        mangled = f"{name}.jpg"
        os.rename(root / names[1], root / mangled)
        after = {row["path"]: row for row in ROWS(root, Options())}
        assert after.pop(mangled)["quarantine"].startswith("unreadable label: ")
        del before[names[1]]
        assert after == before
