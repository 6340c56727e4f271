import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.sources.vocabulary import OLDEST, age, emotion, gender, label, tone


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("31", 31),
        (" 7.5 ", 7.5),
        ("001", 1),
        ("31세", 31),
        ("만 31세", 31),
        ("31 살", 31),
        ("3 years", 3),
        ("20-29", 24.5),
        ("(25, 32)", 28.5),
        ("20~29세", 24.5),
        ("0", 0),
    ],
)
def test_ages(text: str, years: float) -> None:
    assert age(text) == years


@pytest.mark.parametrize("text", ["", "old", "-3", "131", "(25, 23)", "1e3", "nan", "inf", "3 4"])
def test_no_ages(text: str) -> None:
    with pytest.raises(ValueError, match="age"):
        age(text)


@given(st.text())
def test_any_text_is_an_age_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 0 <= age(text) <= OLDEST


@pytest.mark.parametrize("word", ["female", "F", " Woman", "여", "여자", "여성"])
def test_female(word: str) -> None:
    assert gender(word) == "female"


@pytest.mark.parametrize("word", ["male", "M", "men", "남", "남자", "남성"])
def test_male(word: str) -> None:
    assert gender(word) == "male"


@pytest.mark.parametrize("word", ["0", "1", "x", "malefemale"])
def test_no_gender(word: str) -> None:
    with pytest.raises(ValueError, match="gender"):
        gender(word)


@pytest.mark.parametrize(
    "word", ["warm", "웜", "웜톤", "Warm tone", "spring", "봄웜", "가을 웜톤", "springwarm"]
)
def test_warm(word: str) -> None:
    assert tone(word) == "warm"


@pytest.mark.parametrize(
    "word", ["cool", "쿨", "쿨톤", "WINTER", "여름쿨", "겨울 쿨톤", "cool_summer"]
)
def test_cool(word: str) -> None:
    assert tone(word) == "cool"


@pytest.mark.parametrize("word", ["neutral", "springcool", "tone"])
def test_no_tone(word: str) -> None:
    with pytest.raises(ValueError, match="tone"):
        tone(word)


def test_emotions_have_one_name_each_and_strange_ones_keep_theirs() -> None:
    assert [emotion(word) for word in ("angry", "Anger", "SAD", "happiness", "surprise")] == [
        "anger",
        "anger",
        "sadness",
        "happy",
        "surprise",
    ]
    assert emotion("Bored ") == "Bored"


def test_a_missing_label_is_null_in_every_column() -> None:
    for column in ("age", "gender", "tone", "emotion", "anything"):
        assert label(column, " None ") is None
        assert label(column, "") is None
    assert label("anything", " 12 ") == "12"
