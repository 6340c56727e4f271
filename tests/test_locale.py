"""Every language says the same things, and nothing is said that nobody needs."""

import re
import shutil
import string
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import ValidationError

from fdc.locale import _TEXTS, LANGUAGES, LocalizedText, file_name, has, localized, text

ROOT = Path(__file__).parents[1]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("fdc", "pipelines")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".jinja", ".js", ".html") and path.parent.name != "locale"
)
KEYS = list(_TEXTS["en"])
PAGE = "\n".join(
    (ROOT / "fdc/serving/page" / name).read_text(encoding="utf-8")
    for name in ("index.html", "page.js")
)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_in_the_same_order(language):
    assert list(_TEXTS[language]) == KEYS


def test_every_sentence_is_said_somewhere():
    # Some keys are put together: f"rule.{name}", "split." ~ split, name_of("value", …).
    together = re.findall(r'f"([a-z. ]+\.)\{|"([a-z. ]+\.)" ~|name_of\(\s*"([a-z]+)"', SOURCES)
    beginnings = ("page.", *(f"{''.join(found).removesuffix('.')}." for found in together))
    silent = [key for key in KEYS if f'"{key}"' not in SOURCES and not key.startswith(beginnings)]
    assert not silent


def test_the_page_says_the_sentences_that_are_the_page_s_and_no_others():
    said = re.findall(r'(?:data-text=|\btext\(|\btitle: |\btitle = )"([^"]+)"', PAGE)
    assert set(said) == {key.removeprefix("page.") for key in KEYS if key.startswith("page.")}


def test_a_further_language_is_one_more_file(tmp_path, monkeypatch):
    copy = shutil.copytree(ROOT / "fdc/locale", tmp_path / "locale_with_one_more")
    code = (copy / "__init__.py").read_text(encoding="utf-8")
    more = code.replace('Literal["ko", "en"]', 'Literal["ko", "en", "fr"]')
    (copy / "__init__.py").write_text(more, encoding="utf-8")
    shutil.copy(copy / "en.py", copy / "fr.py")
    monkeypatch.syspath_prepend(tmp_path)
    locale = import_module("locale_with_one_more")
    assert locale.text("split.train", "fr") == "training"
    assert list(locale.localized("split.train").root) == ["ko", "en", "fr"]
    assert locale.LocalizedText(ko="나이", en="age")["fr"] == "age"


@pytest.mark.parametrize("key", KEYS)
def test_every_language_asks_for_the_same_values(key):
    asked = {language: placeholders(_TEXTS[language][key]) for language in LANGUAGES}
    assert len(set(map(frozenset, asked.values()))) == 1, asked


def test_the_languages_are_not_mixed():
    hangul = re.compile("[가-힣]")
    assert not [key for key, sentence in _TEXTS["en"].items() if hangul.search(sentence)]
    without = {key for key, sentence in _TEXTS["ko"].items() if not hangul.search(sentence)}
    # Sentences that only arrange what others say.
    assert without == {"number.with unit", "figure.with unit", "audit.result"}


def test_every_module_of_a_language_is_a_language():
    modules = {path.stem for path in (ROOT / "fdc/locale").glob("*.py")} - {"__init__"}
    assert modules == set(LANGUAGES)


def test_a_sentence_that_is_not_there_or_lacks_a_value_is_an_error():
    assert not has("card.knid")
    with pytest.raises(KeyError, match=r"card\.knid"):
        text("card.knid", "en")
    with pytest.raises(KeyError, match="groups"):
        text("report.groups", "ko")


def test_a_text_speaks_every_language():
    photos = localized("figure.unseen photos", photos=3)
    assert photos == LocalizedText(ko="한 번도 본 적 없는 사진 3장", en="3 unseen photos")
    assert photos["ko"] == text("figure.unseen photos", "ko", photos=3)


def test_a_text_that_lacks_a_language_says_it_in_another():
    assert LocalizedText(en="age")["ko"] == "age"
    assert LocalizedText(ko="나이")["en"] == "나이"
    for wrong in ({}, {"fr": "âge"}):
        with pytest.raises(ValidationError):
            LocalizedText(wrong)


def test_json_is_as_it_always_was():
    assert LocalizedText(ko="나이", en="age").model_dump() == {"ko": "나이", "en": "age"}
    assert LocalizedText.model_validate_json('{"ko": "나이", "en": "age"}')["ko"] == "나이"


def test_pages_in_two_languages_do_not_share_a_file():
    names = {file_name("report.html", language) for language in LANGUAGES}
    assert len(names) == len(LANGUAGES)
    assert file_name("report.html", LANGUAGES[0]) == "report.html"
    assert file_name("page", "en") == "page_en"
    assert file_name(".page", "en") == ".page_en"
