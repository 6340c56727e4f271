from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.sources import READERS, Options, read, recognise
from fdc.sources.adience import AGES, age
from tests.sources.builders import ADIENCE_ROWS, adience_line, adience_set

ROWS = READERS["adience"].rows


def test_five_folds_are_kept_as_published(tmp_path: Path) -> None:
    paths = adience_set(tmp_path)
    assert recognise(tmp_path) == "adience"
    table = read(tmp_path)
    assert list(table.path) == paths  # the frontal tables list the same photos: they are not read
    assert table.published_fold.value_counts().to_dict() == dict.fromkeys(
        range(5), len(ADIENCE_ROWS)
    )
    assert table.groupby("subject").published_fold.nunique().max() == 1
    assert table.quarantine.isna().all()
    first = table[table.published_fold == 0]
    assert list(first.age.astype(object)[:3]) == [1, 80, 35]
    assert list(first.age.isna()) == [False, False, False, True, False, True]
    assert list(first.age_text) == [row["age"] for row in ADIENCE_ROWS]
    assert list(first.gender.fillna("null")) == ["female", "male", "null", "null", "female", "male"]


@pytest.mark.parametrize("text", AGES)
def test_every_age_of_the_table_lies_in_its_range(text: str) -> None:
    ends = [int(number) for number in text.strip("()").split(", ") if number.isdigit()]
    if len(ends) == 2 and ends[0] < ends[1] and AGES[text] is not None:
        assert age(text) == sum(ends) / 2


@pytest.mark.parametrize(
    ("text", "years"), [("13", 13), ("(25, 23)", 28.5), ("None", None), ("x", None)]
)
def test_dirt_in_ages(text: str, years: float | None) -> None:
    assert age(text) == years


def test_a_photo_that_is_not_there_is_set_aside(tmp_path: Path) -> None:
    paths = adience_set(tmp_path)
    (tmp_path / paths[3]).unlink()
    table = read(tmp_path)
    assert list(table.path[table.quarantine.notna()]) == [paths[3]]
    assert table.quarantine[3] == f"missing file: there is no photo {paths[3]}"


def test_landmark_aligned_photos_serve_as_well(tmp_path: Path) -> None:
    for path in adience_set(tmp_path):
        old = tmp_path / path
        new = tmp_path / path.replace("faces/", "aligned/").replace("coarse_tilt", "landmark")
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)
    assert read(tmp_path).quarantine.isna().all()


@settings(max_examples=60, deadline=None)
@given(line=st.binary(min_size=1, max_size=80).filter(lambda line: b"\n" not in line))
def test_a_mangled_line_costs_no_other(
    line: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("adience")
    good = [adience_line(0, number).encode() for number in range(3)]
    (root / "fold_0_data.txt").write_bytes(b"\n".join(good))
    before = list(ROWS(root, Options()))
    (root / "fold_0_data.txt").write_bytes(b"\n".join([good[0], line, good[2]]))
    after = list(ROWS(root, Options()))
    assert [after[0], after[-1]] == [before[0], before[2]]
    for row in after[1:-1]:
        assert row["quarantine"].startswith("unreadable label: fold_0_data.txt:2")


@pytest.mark.parametrize(
    "changes", [{"gender": "x"}, {"user_id": ""}, {"original_image": ""}, {"age": "1\t2"}]
)
def test_mangled_fields(tmp_path: Path, changes: dict[str, str]) -> None:
    lines = [adience_line(0, 0), adience_line(0, 1, **changes)]
    (tmp_path / "fold_0_data.txt").write_text("\n".join(lines))
    rows = list(ROWS(tmp_path, Options()))
    assert "quarantine" not in rows[0]
    assert rows[1]["quarantine"].startswith("unreadable label: ")
    assert rows[1]["published_fold"] == 0
