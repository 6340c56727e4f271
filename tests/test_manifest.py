import os

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc import manifest
from fdc.errors import DataError

ROWS = [
    {"path": "a.jpg", "age": 3, "box": [1, 2, 3, 4], "hat": "red", "image_id": "0" * 64},
    {"path": "사진 (1).jpg", "gender": "female", "landmarks": range(10), "image_id": "1" * 64},
]


@pytest.fixture
def table():
    return manifest.from_rows(ROWS, "test")


def test_what_is_written_is_read_again(table, tmp_path):
    manifest.write(table, tmp_path / "deep" / "manifest.parquet")
    again = manifest.read(tmp_path / "deep" / "manifest.parquet")
    pd.testing.assert_frame_equal(again, table, check_dtype=False)
    assert again["box"][0] == [1.0, 2.0, 3.0, 4.0]
    assert again["box"][1] is None
    assert manifest.digest(again) == manifest.digest(table)
    assert os.listdir(tmp_path / "deep") == ["manifest.parquet"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("gender", "woman"), ("box", [1.0]), ("age", -1), ("split", "dev"), ("image_id", "xyz")],
)
def test_a_value_outside_the_schema_is_named(table, column, value):
    table.at[0, column] = value
    with pytest.raises(DataError, match=column):
        manifest.validate(table)


def test_the_first_rule_keeps_a_row_and_none_is_dropped(table):
    marked = manifest.set_aside(table, table["age"].notna(), "too small", "8 px")
    marked = manifest.set_aside(marked, pd.Series([True, True]), "no face", pd.Series(["x", "y"]))
    assert marked["quarantine"].tolist() == ["too small: 8 px", "no face: y"]
    assert manifest.quarantine_counts(marked) == {"too small": 1, "no face": 1}
    assert len(manifest.clean(marked)) == 0
    assert table["quarantine"].isna().all()


def test_the_digest_follows_labels_and_not_the_order_of_rows(table):
    turned = table.iloc[::-1].reset_index(drop=True)
    assert manifest.digest(turned) == manifest.digest(table)
    older = table.assign(age=table["age"] + 1)
    assert manifest.digest(older) != manifest.digest(table)


@given(st.binary(max_size=300))
def test_a_damaged_file_gives_one_clear_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "manifest.parquet"
    path.write_bytes(data)
    with pytest.raises(DataError, match="cannot be read"):
        manifest.read(path)


def test_a_missing_manifest_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="fdc prepare"):
        manifest.read(tmp_path / "none.parquet")


def test_the_digest_says_nothing_of_where_files_and_crops_lie(table):
    elsewhere = table.assign(path=["b.jpg", "c.jpg"], crop=pd.Series([7, None], dtype="Int64"))
    assert manifest.digest(elsewhere) == manifest.digest(table)


def test_the_digest_says_nothing_of_what_was_measured_on_crops(table):
    measured = table.assign(turn=[0.1, 0.2], sharpness=[30.5, 12.25])
    assert manifest.digest(measured) == manifest.digest(table)


def test_a_manifest_from_before_crops_had_a_column_is_read(table, tmp_path):
    table.drop(columns="crop").to_parquet(tmp_path / "old.parquet", index=False)
    old = manifest.read(tmp_path / "old.parquet")
    assert old["crop"].isna().all()
    assert old["crop"].dtype == "Int64"
    assert manifest.digest(old) == manifest.digest(table)
