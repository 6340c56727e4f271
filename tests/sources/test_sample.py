"""The drawn sample is read as AI-Hub's format, under a name of its own."""

from pathlib import Path

from fdc.sample import dataset
from fdc.sources import READERS, read, recognise


def test_a_drawn_sample_is_recognised_and_sound(tmp_path: Path) -> None:
    dataset.draw(tmp_path, subjects=2, photos=2)
    assert recognise(tmp_path) == "sample"
    found = read(tmp_path)
    assert set(found["source"]) == {"sample"}
    assert found["subject"].nunique() == 2
    assert found["quarantine"].isna().all()
    assert found[["age", "gender", "tone", "box", "landmarks"]].notna().all(axis=None)


def test_the_sample_is_asked_for_before_the_format_that_it_is_in() -> None:
    names = list(READERS)
    assert names.index("sample") < names.index("aihub")
