"""Who stood on which side is kept, also of those who are gone."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fdc.curation import split_history
from fdc.errors import DataError
from tests.curation.manifests import FRACTIONS, image_id, manifest


def load(path: Path, fractions: tuple[float, ...] = FRACTIONS, seed: int = 0) -> dict[str, str]:
    return split_history.load(path, fractions=fractions, seed=seed).to_dict()


def save(
    path: Path,
    sides: dict[str, str | None],
    fractions: tuple[float, ...] = FRACTIONS,
    seed: int = 0,
) -> None:
    rows = [
        {"path": name, "subject": f"of {name}" if name < "b" else None, "split": side}
        for name, side in sides.items()
    ]
    split_history.save(path, manifest(rows), fractions=fractions, seed=seed)


def test_photos_and_people_are_known_by_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "new" / "split.parquet"
    save(path, {"a": "train", "b": "test", "c": None})
    assert load(path) == {image_id("a"): "train", "of a": "train", image_id("b"): "test"}


def test_who_is_gone_is_kept_and_who_moved_has_moved(tmp_path: Path) -> None:
    path = tmp_path / "split.parquet"
    save(path, {"a": "train", "b": "test"})
    save(path, {"b": "train", "c": "validation"})
    assert load(path) == {
        image_id("a"): "train",
        "of a": "train",
        image_id("b"): "train",
        image_id("c"): "validation",
    }


def test_another_way_to_split_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "split.parquet"
    assert load(path) == {}
    save(path, {"a": "train"})
    assert load(path, seed=1) == {}
    assert load(path, fractions=(0.6, 0.2, 0.2)) == {}


@pytest.mark.parametrize("other", [{"seed": 1}, {"fractions": (0.6, 0.2, 0.2)}])
def test_one_way_to_split_erases_nothing_of_another(tmp_path: Path, other: dict[str, Any]) -> None:
    path = tmp_path / "split.parquet"
    save(path, {"b": "train", "c": "test"})
    save(path, {"b": "validation"}, **other)
    save(path, {"c": "train"})
    assert load(path) == {image_id("b"): "train", image_id("c"): "train"}
    assert load(path, **other) == {image_id("b"): "validation"}


@pytest.mark.parametrize("content", [b"PAR1 and no more", b""])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "split.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"split\.parquet cannot be read"):
        load(tmp_path / "split.parquet")


def test_a_table_of_something_else_is_told(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "split.parquet")
    with pytest.raises(DataError, match="Delete it to split anew"):
        load(tmp_path / "split.parquet")
