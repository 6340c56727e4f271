"""What a person reads for an output, a refusal and a note."""

import re
from pathlib import Path

import numpy as np
import pytest

from fdc import faces, locale
from fdc.faces import preparer
from fdc.inference.answer import Refusal, answer
from fdc.locale import LANGUAGES, localized
from fdc.serving.rejection import STATUS
from fdc.tasks import Task
from tests.registry.models import AGE, AGE_REGRESSION, COLOUR

NOTES = {preparer.KEPT_TIGHT, preparer.KEPT_WHOLE, preparer.BY_BOX}


def keys(prefix: str) -> set[str]:
    """What the locale has a sentence for."""
    return {key.removeprefix(prefix) for key in locale._TEXTS["en"] if key.startswith(prefix)}


def test_every_rule_that_refuses_a_photo_has_its_sentence_and_no_other_has():
    code = "".join(path.read_text() for path in Path(faces.__path__[0]).glob("*.py"))
    rules = set(re.findall(r'Refused\(\s*"([^"]+)"', code))

    assert "no face" in rules
    assert keys("refusal.") == rules | set(STATUS) | {"other"}


def test_every_note_has_its_sentence_and_no_other_has():
    assert keys("note.") == NOTES


def test_a_rule_without_a_sentence_of_its_own_is_told_in_general_words():
    said = Refusal.by("sunglasses", "two of them")

    assert (said.rule, said.reason) == ("sunglasses", "two of them")
    assert said.message == localized("refusal.other")


def test_probabilities_keep_the_order_of_the_classes_and_the_likeliest_is_named():
    said = answer(COLOUR, np.array([0.2, 0.1, 0.7]))

    assert said.probabilities == {"red": 0.2, "green": 0.1, "blue": 0.7}
    assert said.label == "blue"
    assert {language: said.names[language] for language in LANGUAGES} == {
        "ko": "파랑",
        "en": "Blue",
    }
    assert said.years is None


def test_classes_of_ages_come_with_the_years_that_their_middles_give():
    assert answer(AGE, np.array([0.5, 0.5, 0.0])).years == pytest.approx(10.0)


def test_a_number_is_kept_within_the_limits_of_its_task():
    assert answer(AGE_REGRESSION, np.array(31.456)).value == 31.46
    assert answer(AGE_REGRESSION, np.array([400.0])).value == 100


def test_a_fine_number_keeps_the_decimals_that_are_shown():
    fine = Task(name="gap", kind="regression", column="gap", tolerance=0.0005)
    said = answer(fine, np.array(0.01324))

    assert said.names["en"] == "0.0132"
    assert said.value == 0.0132


def test_notes_are_said_in_every_language():
    [said] = answer(COLOUR, np.array([1.0, 0, 0]), [preparer.KEPT_TIGHT]).notes

    assert said == localized("note.background kept: tight crop")
