"""Distributions show what is known, and say what is not."""

import re

import numpy as np

from fdc.curation.distributions import distributions
from fdc.curation.figures import Picture
from fdc.locale import name_of
from tests.curation.manifests import GENDER, curate, manifest, people


def test_figures_tell_what_is_unknown() -> None:
    rows = people({f"p{n}": 1 + n % 4 for n in range(60)}, np.random.default_rng(0))
    for row in rows[:5]:
        row["age"] = None
    table = curate(manifest(rows), GENDER, warn=lambda _: None)
    drawn = {picture.title: picture for picture in distributions(table, "en")}
    assert drawn["Age"].note == "unknown for 5 photos"
    assert drawn["Photos per person"].note == "60 people"
    assert drawn["Size of photos"] == Picture("Size of photos", "", "200 px, shorter side")
    assert "Device" not in drawn
    for side, count in table["split"].value_counts().items():
        assert f"{name_of('split', side, 'en')} ({count})" in drawn["Gender"].svg


def test_photos_that_are_not_split_are_drawn_as_one() -> None:
    rows = people({f"p{n}": 1 + n % 4 for n in range(28)}, np.random.default_rng(0))
    drawn = [picture for picture in distributions(manifest(rows), "en") if picture.svg]
    assert {"Age", "Gender"} <= {picture.title for picture in drawn}
    for picture in drawn:
        assert "training" not in picture.svg
        assert "photos (" in picture.svg or picture.title == "Photos per person"


def test_what_nobody_knows_has_no_picture() -> None:
    titles = {picture.title for picture in distributions(manifest([{"gender": "male"}]), "en")}
    assert titles == {"Gender", "Size of photos"}
    assert distributions(manifest([]), "en") == []


def test_numbers_that_are_far_out_do_not_flatten_the_rest() -> None:
    rows = people({f"p{n}": 2 for n in range(600)}, np.random.default_rng(0))
    for number, row in enumerate(rows):
        row["captured_year"] = 2000 + number % 20 if number else 1
    drawn = {picture.title: picture for picture in distributions(manifest(rows), "en")}
    years = re.findall(r">(\d{4})(?:\.0)?</text>", drawn["Year of the photo"].svg)
    assert len(years) > 2
    assert min(map(int, years)) > 1900
