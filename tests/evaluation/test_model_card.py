"""The model card."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from fdc.evaluation import evaluate, figures
from fdc.evaluation.counts import count_photos
from fdc.evaluation.model_card import render
from fdc.evaluation.wording import sentences


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
