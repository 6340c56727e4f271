"""The model card and the counts in it."""

import hashlib
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from fdc import manifest
from fdc.evaluation import evaluate, figures
from fdc.evaluation.counts import count_photos
from fdc.evaluation.model_card import render
from fdc.evaluation.wording import sentences


@pytest.fixture
def photos() -> pd.DataFrame:
    rows = [
        {
            "path": f"somebody {i}.png",
            "image_id": hashlib.sha256(str(i).encode()).hexdigest(),
            "age": None if i == 0 else float(i % 80),
            "gender": ("female", "male")[i % 2],
            "group": f"g{i // 4}",
            "split": ("train", "train", "validation", "test")[i % 4],
        }
        for i in range(80)
    ]
    table = manifest.from_rows(rows, "drawn")
    return manifest.set_aside(table, table.index.to_series() >= 76, "no_face", "none was found")


def test_counts_add_up(photos, age, years):
    found = count_photos(photos, age)
    assert (found.photos, found.used, found.unlabelled) == (80, 75, 1)
    assert found.quarantine == {"no_face": 4}
    assert found.groups == 19
    assert found.sources == {"drawn": 75}
    assert sum(found.splits.values()) == 75
    assert list(found.labels) == list(age.labels)
    assert found.labels["0-9"] == {"train": 5, "validation": 2, "test": 2}
    decades = count_photos(photos, years).labels
    assert list(decades) == [f"{10 * i}-{10 * i + 9}" for i in range(8)]


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.open, self.mismatched = [], [], []

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            self.mismatched.append(tag)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_card_is_one_whole_page(photos, age, answers, language):
    truth, chances = answers(7, 200)
    report = evaluate(
        age, truth, chances, train_truth=truth, manifest=photos.sample(200, replace=True)
    )
    page = render(
        report,
        counts=count_photos(photos, age),
        recipe={"size": 64, "background": "<grabcut>", "detector_weights": None},
        training={"trials": 3},
        figures={"Confusion": figures.confusion(age, truth, chances, language)},
        notes=["Drawings & no photos."],
        version="fdc-age, version 3",
        language=language,
    )
    reader = Reader()
    reader.feed(page)
    assert reader.mismatched == reader.open == []
    assert len(reader.links) == 1
    assert reader.links[0].startswith("data:image/png;base64,")
    for sentence in sentences(report, language):
        assert sentence in page
    assert "no_face" in page
    assert "&lt;grabcut&gt;" in page
    assert "detector_weights" not in page
    assert "Drawings &amp; no photos." in page
    assert "somebody" not in page
    assert "http" not in re.sub(r"base64,[^\"]*", "", page)
    assert "nan" not in re.sub(r"<[^>]+>", "", page)


def test_a_regression_has_a_card_too(photos, years):
    draw = np.random.default_rng(0)
    truth = draw.uniform(0, 80, 60)
    report = evaluate(years, truth, truth + draw.normal(size=60), train_truth=truth)
    page = render(report, counts=count_photos(photos, years), recipe={}, language="en")
    assert "Mean absolute error" in page
    assert "Better than the baseline" in page
