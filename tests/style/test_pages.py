"""A page is whole, escaped, and in one language."""

import re

import jinja2
import pytest

from fdc.style import pages, palette


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "page_of_a_test.html.jinja"
    path.write_text(
        '{% extends "page.html.jinja" %}{% block title %}{{ title }}{% endblock %}'
        '{% block main %}<p>{{ t("figure.unseen photos", photos=n | count) }}</p>'
        "{{ svg | drawing }}<b>{{ 0.125 | percent }}</b>{% endblock %}"
    )
    return path


def test_a_page_speaks_its_language_and_escapes_what_it_is_given(template):
    page = pages.render(template, "ko", title="<b>", n=1234, svg="<svg></svg>")
    assert page.startswith('<!doctype html>\n<html lang="ko">')
    assert "<title>&lt;b&gt;</title>" in page
    assert "<p>한 번도 본 적 없는 사진 1,234장</p><svg></svg><b>12.5%</b>" in page
    assert "1,234 unseen photos" in pages.render(template, "en", title="", n=1234, svg="")


def test_a_page_has_the_palette_and_needs_no_other_file(template):
    page = pages.render(template, "en", title="", n=1, svg="")
    assert f"--ink: {palette.INK}" in page
    assert not re.search(r"(src|href)=|@import|url\(", page)


def test_what_is_not_given_is_an_error(template):
    with pytest.raises(jinja2.UndefinedError, match="title"):
        pages.render(template, "en", n=1, svg="")
