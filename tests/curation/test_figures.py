"""Figures draw what they are given: every count, every rule, every weight."""

import re

import numpy as np
import pytest

from fdc.curation import figures
from fdc.locale import LANGUAGES, Language, text
from tests.curation.manifests import GENDER, YEARS, curate, manifest, people


def words(svg: str) -> set[str]:
    return set(re.findall(r">([^<>]+)</text>", svg))


def test_a_class_is_a_bar_of_all_its_sides() -> None:
    table = curate(
        manifest(people({f"p{n}": 2 for n in range(60)}, np.random.default_rng(0))),
        GENDER,
        warn=lambda _: None,
    )
    picture = figures.class_balance(table, GENDER, "en")
    assert picture is not None
    counts = table["gender"].value_counts()
    assert {"female", "male", str(counts["female"]), str(counts["male"])} <= words(picture.svg)
    assert {"training", "validation", "test"} <= words(picture.svg)
    assert figures.class_balance(table, YEARS, "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_bar_of_its_count(language: Language) -> None:
    picture = figures.quarantine({"too small": 1234, "no face": 5}, language)
    assert picture is not None
    shown = words(picture.svg)
    assert {"1,234", "5", text("rule.too small", language)} <= shown
    assert figures.quarantine({}, language) is None


def test_weights_say_whether_they_are_used() -> None:
    used = figures.weights_chart({"a": 0.5, "b": 1.5}, "weights", "en")
    assert {"a", "b", "0.50", "1.50"} <= words(used.svg)
    unused = figures.weights_chart({"a": 0.5, "b": 1.5}, "none", "en")
    assert unused.svg == used.svg
    assert unused.note != used.note


def test_sides_come_in_their_order() -> None:
    table = manifest([{"split": side} for side in ("test", "train", "test", "validation")])
    assert list(figures.sides_of(table).unique()) == ["train", "validation", "test"]
    assert set(figures.sides_of(manifest([{}, {}]))) == {figures.NOT_SPLIT}
