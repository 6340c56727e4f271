"""The room as a whole: what may be learned from, and that nothing leaks or moves."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc import manifest as manifests
from fdc.curation import split_history
from fdc.errors import DataError
from fdc.tasks import Task
from tests.curation.manifests import (
    AGE,
    EMOTION,
    FRACTIONS,
    GENDER,
    YEARS,
    code,
    curate,
    image_id,
    manifest,
    people,
    random_codes,
)


def _quiet(_: str) -> None:
    return None


def _community(seed: int, count: int, prefix: str = "p") -> list[dict[str, Any]]:
    """People with photos, some photos copied, some people in each other's photos."""
    rng = np.random.default_rng(seed)
    photos = {f"{prefix}{n}": int(size) for n, size in enumerate(rng.integers(1, 6, count))}
    rows = people(photos, rng)
    codes = random_codes(rng, len(rows))
    for row, number in zip(rows, codes, strict=True):
        row["perceptual_hash"], row["perceptual_hash_mirrored"] = code(number), code(number ^ 0xFF0)
    for row in rows:
        if rng.random() < 0.3:
            row["subject"] = None
        if rng.random() < 0.05:
            twin = rows[int(rng.integers(len(rows)))]
            row["image_id"] = twin["image_id"]
        if rng.random() < 0.05:
            near = rows[int(rng.integers(len(rows)))]["perceptual_hash"]
            row["perceptual_hash"] = code(int(near, 16) ^ 0b101)
    return rows


def _nothing_leaks(table: pd.DataFrame) -> None:
    placed = table[table["split"].notna()]
    for key in ("group", "subject", "image_id"):
        assert (placed.dropna(subset=key).groupby(key)["split"].nunique() <= 1).all(), key
    codes = np.array([int(text, 16) for text in placed["perceptual_hash"]], np.uint64)
    near = np.bitwise_count(codes[:, None] ^ codes[None]) <= 4
    side = placed["split"].to_numpy()
    assert not (near & (side[:, None] != side[None])).any()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32), st.integers(40, 80))
def test_nothing_leaks_in_any_order_of_rows(seed: int, count: int) -> None:
    rows = manifest(_community(seed, count))
    table = curate(rows, GENDER, warn=_quiet)
    manifests.validate(table)
    _nothing_leaks(table)
    assert (table["split"].notna() == table["quarantine"].isna()).all()
    shuffled = rows.sample(frac=1, random_state=np.random.default_rng(seed))
    again = curate(shuffled, GENDER, warn=_quiet).reindex(rows.index)
    pd.testing.assert_frame_equal(again, table)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32), st.integers(30, 60), st.integers(1, 40))
def test_adding_photos_moves_none(seed: int, old: int, new: int) -> None:
    rng = np.random.default_rng(seed)
    rows = _community(seed, old)
    before = curate(manifest(rows), GENDER, warn=_quiet)
    previous = before.set_index("image_id")["split"].dropna()
    previous = previous[~previous.index.duplicated()]
    more = _community(seed + 1, new, prefix="q")
    for row in more:
        other = rows[int(rng.integers(len(rows)))]
        if rng.random() < 0.3:
            row["subject"] = other["subject"]
        if rng.random() < 0.2:
            row["perceptual_hash"] = code(int(other["perceptual_hash"], 16) ^ 0b11000)
        if rng.random() < 0.2:
            row["image_id"], row["path"] = other["image_id"], f"a{row['path']}"
    after = curate(manifest([*more, *rows]), GENDER, previous=previous, warn=_quiet)
    _nothing_leaks(after)
    placed = after.dropna(subset="split").set_index("image_id")["split"]
    both = placed.index.intersection(previous.index)
    assert len(both) > len(previous) / 3
    assert (placed[both] == previous[both]).all()


def test_a_photo_that_joins_two_sides_is_the_one_to_go() -> None:
    number = 0x0F1E2D3C4B5A6978
    rows = people({f"p{n}": 4 for n in range(30)}, np.random.default_rng(0))
    first, second = rows[0], rows[4]
    first["perceptual_hash"], second["perceptual_hash"] = code(number), code(number ^ 0xFF)
    previous = pd.Series(
        {row["image_id"]: ("train", "test", "validation")[n // 4 % 3] for n, row in enumerate(rows)}
    )
    bridge = {"path": "new.jpg", "gender": "male", "perceptual_hash": code(number ^ 0xF)}
    bridge["image_id"] = image_id("new")
    table = curate(manifest([*rows, bridge]), GENDER, copy_bits=None, previous=previous)
    said = "cross split: joins photos of train with photos of test"
    assert table["quarantine"].iloc[-1] == said
    assert table["split"][:-1].tolist() == previous.tolist()


def test_a_person_stays_where_they_were_though_their_photos_are_gone(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    rows = people({f"p{n}": 3 for n in range(40)}, rng)
    before = curate(manifest(rows), GENDER, warn=_quiet)
    split_history.save(tmp_path / "split.parquet", before, fractions=FRACTIONS, seed=0)
    anew = people({f"p{n}": 2 for n in range(40)}, np.random.default_rng(3))
    for row in anew:
        row["image_id"] = image_id(row["path"] + " again")
    kept = split_history.load(tmp_path / "split.parquet", fractions=FRACTIONS, seed=0)
    after = curate(manifest(anew), GENDER, previous=kept, warn=_quiet)
    side = before.groupby("subject")["split"].first()
    assert after["split"].tolist() == side[after["subject"]].tolist()


def _published() -> list[dict[str, Any]]:
    sides = ["train"] * 70 + ["validation"] * 10 + ["test"] * 20
    return [
        {
            "path": f"{side}/{n}.jpg",
            "image_id": image_id(str(n)),
            "emotion": ("happy", "sad", "anger")[n % 3],
            "published_split": side,
        }
        for n, side in enumerate(sides)
    ]


def test_a_published_split_is_kept_and_cleansed() -> None:
    rows = _published()
    rows[0]["image_id"], rows[0]["emotion"] = rows[90]["image_id"], rows[90]["emotion"]
    rows[1]["image_id"], rows[1]["emotion"] = rows[75]["image_id"], rows[75]["emotion"]
    rows[76]["image_id"], rows[76]["emotion"] = rows[95]["image_id"], rows[95]["emotion"]
    table = curate(manifest(rows), EMOTION, warn=_quiet)
    gone = table["quarantine"].dropna()
    assert gone.index.tolist() == [0, 1, 76]
    assert gone[0] == "cross split: a copy, or the same person, is in test"
    kept = table[table["quarantine"].isna()]
    assert (kept["split"] == kept["published_split"]).all()
    drawn = curate(manifest(rows), EMOTION, published=False, warn=_quiet)
    assert (drawn["split"] != drawn["published_split"]).sum() > 20


def test_a_side_that_was_not_published_is_cut_from_train_and_stays() -> None:
    rows = [row | {"published_split": row["published_split"].replace("validation", "train")}
            for row in _published()]  # fmt: skip
    table = curate(manifest(rows), EMOTION, warn=_quiet)
    assert (table["split"] == "test").equals(table["published_split"] == "test")
    assert 8 <= (table["split"] == "validation").sum() <= 12
    previous = table.set_index("image_id")["split"].astype("string")
    more = [*rows, {"path": "new.jpg", "emotion": "sad", "published_split": "train"}]
    again = curate(manifest(more), EMOTION, previous=previous, warn=_quiet)
    assert again["split"].iloc[:-1].tolist() == table["split"].tolist()


def test_published_folds_are_the_folds_and_the_last_is_the_test() -> None:
    rows = [row | {"published_split": None, "published_fold": n % 5}
            for n, row in enumerate(_published())]  # fmt: skip
    table = curate(manifest(rows), EMOTION, warn=_quiet)
    assert ((table["split"] == "test") == (table["published_fold"] == 4)).all()
    for number in range(5):
        fold = curate(manifest(rows), EMOTION, fold=(number, 5), warn=_quiet)
        assert ((fold["split"] == "test") == (fold["published_fold"] == number)).all()
    drawn = curate(manifest(rows), EMOTION, fold=(1, 4), warn=_quiet)
    assert 20 <= (drawn["split"] == "test").sum() <= 30


def test_ages_of_one_decade_still_conflict_and_merged_classes_do_not() -> None:
    rows = people({f"p{n}": 1 for n in range(60)}, np.random.default_rng(0), emotion="happy")
    rows[1] |= {"image_id": rows[0]["image_id"], "age": 21.0, "emotion": "contempt"}
    rows[0] |= {"age": 29.0, "emotion": "disgust"}
    for row in rows[2:20]:
        row["emotion"] = "disgust"
    ages = curate(manifest(rows), AGE, warn=_quiet)
    assert manifests.quarantine_counts(ages) == {"label conflict": 2}
    merged = Task(kind="classes", column="emotion", merge={"contempt": "disgust"})
    merged = merged.complete(manifest(rows)["emotion"])
    table = curate(manifest(rows), merged, warn=_quiet)
    assert manifests.quarantine_counts(table) == {"exact duplicate": 1}


def test_labels_that_are_missing_or_outside_are_named() -> None:
    rows = people({f"p{n}": 1 for n in range(60)}, np.random.default_rng(0))
    rows[0]["age"], rows[1]["age"] = None, 125.0
    table = curate(manifest(rows), YEARS, warn=_quiet)
    assert table["quarantine"].iloc[:2].tolist() == [
        "label missing: no age",
        "label outside: 125.0 is no age of this task",
    ]


def test_rare_and_absent_classes_are_told() -> None:
    rows = people({f"p{n}": 2 for n in range(60)}, np.random.default_rng(0), emotion="happy")
    for row in rows[:50]:
        row["emotion"] = "sad"
    rows[50]["emotion"] = "anger"
    told: list[str] = []
    curate(manifest(rows), EMOTION, warn=told.append)
    assert "anger 1" in told[0]
    assert "happy" not in told[0]
    assert any("No photo in test of: anger" in text or "anger" in text for text in told[1:])


@pytest.mark.parametrize(
    ("genders", "said"),
    [
        (["male"] * 40, "have one label: female 0, male 40"),
        (["male"], "1 usable photos for 2 classes: female 0, male 1"),
        (["male", "female"], "A side of the split is empty: train"),
        ([None] * 5, "None of the 5 photos can be used"),
        ([], "None of the 0 photos can be used"),
    ],
)
def test_too_little_to_learn_from_is_one_clear_error(genders: list[str | None], said: str) -> None:
    with pytest.raises(DataError, match=said):
        curate(manifest({"gender": gender} for gender in genders), GENDER, warn=_quiet)


def test_fewer_photos_than_classes() -> None:
    rows = [{"age": 5.0}, {"age": 25.0}, {"age": 65.0}]
    with pytest.raises(DataError, match="3 usable photos for 7 classes: 0-9 1, 10-19 0, 20-29 1"):
        curate(manifest(rows), AGE, warn=_quiet)


def test_all_photos_of_one_person_cannot_be_split() -> None:
    rows = people({"p": 30}, np.random.default_rng(0))
    for row in rows[:15]:
        row["gender"] = "female" if row["gender"] == "male" else "male"
    with pytest.raises(DataError, match="from 30 photos in 1 groups"):
        curate(manifest(rows), GENDER, warn=_quiet)


@pytest.mark.parametrize(
    ("label", "complaint"),
    [("tall", "label outside 30"), (np.inf, "outside 30"), (3.0, "one label")],
)
def test_a_regression_without_usable_numbers_says_why(label, complaint):
    rows = people({f"p{n}": 3 for n in range(10)}, np.random.default_rng(0), score=label)
    with pytest.raises(DataError, match=complaint):
        curate(manifest(rows), Task(kind="regression", column="score"), warn=lambda _: None)
