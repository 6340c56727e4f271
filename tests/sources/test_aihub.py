import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.sources import READERS, Options, read, recognise
from fdc.sources.aihub import in_manifest_order
from tests.sources.builders import aihub, aihub_label, photo, write_json

ROWS = READERS["aihub"].rows


def test_the_documented_label(tmp_path: Path) -> None:
    label = aihub_label(width=120, height=160)
    photo(tmp_path / f"{label['filename']}.png")
    write_json(tmp_path / f"{label['filename']}.json", label)
    assert recognise(tmp_path) == "aihub"
    row = read(tmp_path).iloc[0]
    assert row.subject == "aihub:1"
    assert (row.age, row.gender, row.device) == (6, "male", "film")
    assert (row.birth, row.age_now, row.captured_year) == (1992, 31, 1998)
    assert (row.annotated_width, row.annotated_height) == (120, 160)
    assert row.box == [323.7, 611.2, 407.6, 394.9]
    assert row.landmarks == [445.5, 725.1, 611.2, 711.3, 526.4, 786.5, 473.6, 895.0, 589.5, 886.9]
    assert (row.width, row.height) == (120, 160)


def test_photos_and_labels_in_folders_of_their_own(tmp_path: Path) -> None:
    stems = aihub(tmp_path)
    aihub(tmp_path / "elsewhere")  # the same names again, as in a copy
    table = read(tmp_path)
    assert len(table) == 2 * len(stems)
    assert table.path.is_unique
    assert table.quarantine.isna().all()
    assert table.subject.nunique() == 3


def test_splits_of_the_folders(tmp_path: Path) -> None:
    aihub(tmp_path)
    (tmp_path / "Validation").mkdir()
    stem = "0009_1950_30_00000099_D"
    photo(tmp_path / "Validation" / f"{stem}.png", 99)
    write_json(tmp_path / "Validation" / f"{stem}.json", aihub_label(id=9))
    table = read(tmp_path)
    assert table.published_split.value_counts().to_dict() == {"train": 9, "validation": 1}


def test_a_photo_without_label_and_a_label_without_photo(tmp_path: Path) -> None:
    stems = aihub(tmp_path)
    (tmp_path / "Training" / "라벨링데이터" / f"{stems[0]}.json").unlink()
    (tmp_path / "Training" / "원천데이터" / f"{stems[1]}.png").unlink()
    table = read(tmp_path)
    assert len(table) == len(stems)
    found = set(table.quarantine.dropna().str.split(": ").str[0])
    assert found == {"unreadable label", "missing file"}
    assert table.quarantine.notna().sum() == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    mangled=st.one_of(
        st.binary(max_size=50),
        JSON.map(lambda value: json.dumps(value).encode()),
        st.tuples(st.sampled_from(sorted(aihub_label())), JSON).map(
            lambda change: json.dumps(aihub_label(**{change[0]: change[1]})).encode()
        ),
        st.sampled_from(sorted(aihub_label())).map(
            lambda key: json.dumps({k: v for k, v in aihub_label().items() if k != key}).encode()
        ),
        st.integers(0, 400).map(lambda end: json.dumps(aihub_label()).encode()[:end]),
        st.just(b"[" * 100_000),
        st.just(b'{"id": "\\ud800"}'),
    )
)
def test_a_mangled_label_costs_no_other_row(
    mangled: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("aihub")
    for name in ("a", "b", "c"):
        photo(root / f"{name}.png", width=8, height=8)
        write_json(root / f"{name}.json", aihub_label(id=name, filename=name))
    before = {row["path"]: row for row in ROWS(root, Options())}
    (root / "b.json").write_bytes(mangled)
    after = {row["path"]: row for row in ROWS(root, Options())}
    assert after.keys() == before.keys()
    assert (after["a.png"], after["c.png"]) == (before["a.png"], before["c.png"])
    reason = after["b.png"].get("quarantine", "unreadable label: ")
    assert reason.startswith("unreadable label: ")


@pytest.mark.parametrize(
    "changes",
    [
        {"age_past": -1},
        {"age_past": 200},
        {"age_past": "old"},
        {"gender": "robot"},
        {"id": ""},
        {"id": None},
        {"birth": 10**30},
        {"annotation": [{"box": {"x": 1, "y": 2}}]},
        {"annotation": [{"landmark": [[1, 2]]}]},
        {"annotation": "none"},
    ],
)
def test_values_that_are_no_label_are_set_aside(tmp_path: Path, changes: dict[str, Any]) -> None:
    photo(tmp_path / "a.png", 1)
    photo(tmp_path / "b.png", 2)
    write_json(tmp_path / "a.json", aihub_label())
    write_json(tmp_path / "b.json", aihub_label(**changes))
    table = read(tmp_path).set_index("path")
    assert table.quarantine.isna().to_dict() == {"a.png": True, "b.png": False}
    assert table.quarantine["b.png"].startswith("unreadable label: ")


@pytest.mark.parametrize("annotation", [[], None, [{}]])
def test_a_label_without_a_face_is_still_a_label(tmp_path: Path, annotation: object) -> None:
    photo(tmp_path / "a.png")
    write_json(tmp_path / "a.json", aihub_label(annotation=annotation))
    row = read(tmp_path).iloc[0]
    assert row.age == 6
    assert row.box is None
    assert row.landmarks is None


FACE = {
    "left_eye": (40.0, 50.0),
    "right_eye": (80.0, 48.0),
    "nose": (61.0, 70.0),
    "mouth_left": (45.0, 92.0),
    "mouth_right": (77.0, 90.0),
}
IN_ORDER = [number for point in FACE.values() for number in point]


@given(st.permutations(list(FACE.values())))
def test_landmarks_in_any_order_are_put_right(points: list[tuple[float, float]]) -> None:
    assert in_manifest_order(points) == IN_ORDER


def test_left_is_the_smaller_x_whatever_the_annotation_calls_it() -> None:
    eyes_swapped = [FACE[k] for k in ("nose", "right_eye", "left_eye", "mouth_right", "mouth_left")]
    assert in_manifest_order(eyes_swapped) == IN_ORDER


def test_the_documented_order_holds_where_the_head_leans() -> None:
    """With the head on one side the mouth's corner lies higher than the nose."""
    leaning = [(100.0, 100.0), (60.0, 60.0), (110.0, 50.0), (85.0, 130.0), (140.0, 95.0)]
    x_order = [60.0, 60.0, 110.0, 50.0, 100.0, 100.0, 85.0, 130.0, 140.0, 95.0]
    assert in_manifest_order(leaning) == x_order


def test_points_that_make_no_face_are_left_out() -> None:
    assert in_manifest_order([(5.0, 5.0)] * 5) is None
    assert in_manifest_order([(float(n), 5.0) for n in range(5)]) is None
