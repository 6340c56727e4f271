"""Thumbnails are small, and what does not open is shown without a picture."""

import base64
import io
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from fdc import manifest as manifests
from fdc.curation import gallery
from tests.curation.manifests import AGE, EMOTION, image_id, manifest
from tests.sources.builders import photo


def test_a_thumbnail_is_a_small_jpeg_of_the_same_shape(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png", width=600, height=300)
    kind, data = gallery.thumbnail(path).split(",")
    assert kind == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as small:
        assert small.size == (gallery.SIDE, gallery.SIDE // 2)


@pytest.mark.parametrize("content", [b"no photo", b"", None])
def test_what_does_not_open_has_no_picture(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.jpg").write_bytes(content)
    assert gallery.thumbnail(tmp_path / "a.jpg") == ""


def test_without_a_root_no_photo_is_opened() -> None:
    [row] = [row for _, row in manifest([{"path": "a.jpg"}]).iterrows()]
    assert gallery.shown(row, "said", None) == gallery.Shown("a.jpg", "said")


def test_examples_are_spread_from_first_to_last() -> None:
    chosen = gallery.spread(pd.DataFrame({"n": range(1000)}))["n"].tolist()
    assert len(chosen) == gallery.EXAMPLES
    assert chosen[0] == 0
    assert chosen[-1] >= 900
    assert len(gallery.spread(pd.DataFrame({"n": range(3)}))) == 3


def test_copies_that_disagree_come_first_and_say_their_labels() -> None:
    rows = [
        {"path": "a", "image_id": image_id("x"), "age": 20.0},
        {"path": "b", "image_id": image_id("x"), "age": 20.0},
        {"path": "c", "image_id": image_id("x"), "age": 20.0},
        {"path": "d", "image_id": image_id("y"), "age": 20.0},
        {"path": "e", "image_id": image_id("y"), "age": 30.0},
        {"path": "f", "image_id": image_id("z"), "age": 40.0, "split": "train"},
    ]
    table = manifest(rows)
    spare = table["path"].isin(["b", "c"])
    table = manifests.set_aside(table, spare, "exact duplicate", "identical to the bytes of a")
    conflicting = table["path"].isin(["d", "e"])
    table = manifests.set_aside(table, conflicting, "label conflict", "copies say 20 and 30")
    conflict, identical = gallery.copies(table, AGE, None, "en")
    assert [one.path for one in conflict] == ["d", "e"]
    assert [one.path for one in identical] == ["a", "b", "c"]
    assert conflict[1].caption == "30 · copies disagree on the label"
    assert identical[0].caption == "20 · kept"


def test_each_class_shows_its_own_photos(tmp_path: Path) -> None:
    rows = [{"path": f"{n}.jpg", "emotion": ("happy", "sad")[n % 2]} for n in range(6)]
    shown = dict(gallery.class_examples(manifest(rows), EMOTION, tmp_path, "en"))
    assert {name: [one.path for one in photos] for name, photos in shown.items()} == {
        "happy": ["0.jpg", "2.jpg", "4.jpg"],
        "sad": ["1.jpg", "3.jpg", "5.jpg"],
        "anger": [],
    }
    assert gallery.class_examples(manifest(rows), EMOTION, None, "en") == []
