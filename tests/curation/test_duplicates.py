"""Copies are found, whatever was done to them, and strangers are not."""

import io

import imagehash
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from fdc import manifest as manifests
from fdc.curation import duplicates
from tests.curation.manifests import RULES, code, image_id, manifest, random_codes


def _brute_force(rows: pd.DataFrame, distance: int) -> list[set[int]]:
    upright = [int(text, 16) for text in rows["perceptual_hash"]]
    mirrored = [int(text, 16) for text in rows["perceptual_hash_mirrored"]]
    of_row = list(range(len(rows)))
    for one in range(len(rows)):
        for other in range(len(rows)):
            near = (upright[one] ^ upright[other]).bit_count() <= distance
            turned = (upright[one] ^ mirrored[other]).bit_count() <= distance
            if near or turned:
                old, new = of_row[one], of_row[other]
                of_row = [new if label == old else label for label in of_row]
    clusters = [{row for row, label in enumerate(of_row) if label == of} for of in set(of_row)]
    return sorted((cluster for cluster in clusters if len(cluster) > 1), key=min)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(0, 6), st.integers(0, 2**32))
def test_clusters_are_those_of_all_pairs(data: st.DataObject, distance: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    seeds = random_codes(rng, 6)
    rows = []
    for _ in range(data.draw(st.integers(1, 25))):
        number = seeds[data.draw(st.integers(0, 5))]
        for bit in data.draw(st.lists(st.integers(0, 63), max_size=5)):
            number ^= 1 << bit
        turned = seeds[data.draw(st.integers(0, 5))]
        rows.append({"perceptual_hash": code(number), "perceptual_hash_mirrored": code(turned)})
    table = manifest(rows)
    found = duplicates.alike(table, distance)
    clusters = [set(found.index[found == label]) for label in found.dropna().unique()]
    assert sorted(clusters, key=min) == _brute_force(table, distance)


def test_photos_without_a_telling_hash_are_like_no_other() -> None:
    flat = {"perceptual_hash": code(1 << 63), "perceptual_hash_mirrored": code(1 << 63)}
    assert duplicates.alike(manifest([flat, flat, {}, {}]), 4).isna().all()


def test_thousands_of_copies_cost_neither_time_nor_memory() -> None:
    rows = [{"perceptual_hash": code(0xABCD1234ABCD1234), "perceptual_hash_mirrored": code(0xFFFF)}]
    found = duplicates.alike(manifest(rows * 20_000), 4)
    assert found.nunique() == 1
    assert found.notna().all()


@pytest.mark.parametrize("change", ["stored again", "half the size", "mirrored", "grey"])
def test_a_changed_copy_is_a_copy(change: str, face_like: Image.Image) -> None:
    changed = {
        "stored again": lambda photo: photo,
        "half the size": lambda photo: photo.resize((photo.width // 2, photo.height // 2)),
        "mirrored": ImageOps.mirror,
        "grey": lambda photo: photo.convert("L"),
    }[change](face_like)
    stored = io.BytesIO()
    changed.save(stored, "JPEG", quality=40)
    again = Image.open(stored)
    rows = [
        {
            "perceptual_hash": str(imagehash.phash(photo)),
            "perceptual_hash_mirrored": str(imagehash.phash(ImageOps.mirror(photo))),
        }
        for photo in (face_like, again)
    ]
    other = {"perceptual_hash": code(0x1234567890ABCDEF)}
    found = duplicates.alike(manifest([*rows, other]), RULES.copy_bits)
    assert found.notna().tolist() == [True, True, False]


@pytest.fixture
def face_like() -> Image.Image:
    rng = np.random.default_rng(5)
    coarse = Image.fromarray(rng.integers(0, 255, (9, 9, 3), dtype=np.uint8))
    return coarse.resize((240, 240), Image.Resampling.BICUBIC)


def test_conflicting_copies_are_all_out_and_agreeing_ones_leave_one() -> None:
    rows = manifest(
        [
            {"path": "c.jpg", "image_id": image_id("1"), "age": 26},
            {"path": "a.jpg", "image_id": image_id("1"), "age": 31},
            {"path": "b.jpg", "image_id": image_id("2"), "age": 40},
            {"path": "d.jpg", "image_id": image_id("2"), "age": 40},
            {"path": "e.jpg", "image_id": image_id("3"), "age": 40},
        ]
    )
    out = duplicates.one_of_each(duplicates.label_conflicts(rows, rows["age"]))
    assert out["quarantine"].fillna("").tolist() == [
        "label conflict: copies of this photo say 26 and 31",
        "label conflict: copies of this photo say 26 and 31",
        "",
        "exact duplicate: identical to the bytes of b.jpg",
        "",
    ]


def test_near_copies_of_one_person_are_frames_and_stay() -> None:
    hashes = {"perceptual_hash": code(0xABCD1234ABCD1234), "emotion": "happy"}
    rows = manifest(
        [
            {"subject": "ck:1"} | hashes,
            {"subject": "ck:1"} | hashes,
            {"perceptual_hash": code(0x1111222233334445)},
            {"perceptual_hash": code(0x1111222233334444)},
        ]
    )
    copies = duplicates.alike(rows, 2)
    out = duplicates.one_of_each(rows, copies)
    assert manifests.quarantine_counts(out) == {"near duplicate": 1}
    assert out["quarantine"].iloc[3] == "near duplicate: looks like 000002.jpg"


def test_a_quarantined_row_is_not_the_one_that_stays() -> None:
    rows = manifest(
        [
            {"image_id": image_id("1"), "quarantine": "too small: 3 px"},
            {"image_id": image_id("1")},
        ]
    )
    assert duplicates.one_of_each(rows)["quarantine"].isna().tolist() == [False, True]
