"""The page says what is so, holds everything it needs, and shows faces only where asked."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fdc import manifest as manifests
from fdc.curation.report import summary, write_reports
from fdc.locale import LANGUAGES, Language, name_of
from tests.curation.manifests import AGE, GENDER, YEARS, curate, image_id, manifest, people


@pytest.fixture
def photos(tmp_path: Path) -> tuple[pd.DataFrame, Path]:
    """A curated manifest with copies and broken files, and the folder of its photos."""
    rng = np.random.default_rng(0)
    rows = people({f"p{n}": 3 for n in range(40)}, rng, device="film", captured_year=1999)
    rows[0]["image_id"] = rows[1]["image_id"]
    rows[0]["age"], rows[1]["age"] = 20.0, 30.0
    rows[5] |= {"image_id": rows[4]["image_id"], "age": rows[4]["age"]}
    rows.append(
        {
            "path": "<b>&broken.jpg",
            "image_id": image_id("b"),
            "quarantine": "undecodable: it is truncated",
        }
    )
    for row in rows[:-1]:
        path = tmp_path / str(row["path"])
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (90, 60, 3), dtype=np.uint8)).save(path)
    return curate(manifest(rows), AGE, warn=lambda _: None), tmp_path


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.images += tag == "img"
        told = dict(attrs)
        links = (told.get("src"), told.get("href"))
        self.found += [link for link in links if link and tag not in ("use", "a")]


def _read(path: Path) -> tuple[str, _Links]:
    text = path.read_text(encoding="utf-8")
    links = _Links()
    links.feed(text)
    return text, links


def test_the_page_counts_and_names_everything(
    photos: tuple[pd.DataFrame, Path], tmp_path: Path
) -> None:
    table, root = photos
    text, links = _read(write_reports(table, AGE, tmp_path / "out/report.html", root=root)["en"])
    assert links.found == []
    assert links.images == 0
    assert text.count("<svg") >= 4
    for rule, count in manifests.quarantine_counts(table).items():
        said = html.escape(name_of("rule", rule, "en"), quote=False).replace("'", "&#39;")
        assert re.search(rf"<h3>{said} <span>{count} \(.*<code>{rule}</code>", text), rule
    for path in table["path"][table["quarantine"].notna() & ~table["path"].str.contains("<")]:
        assert path in text
    assert "&lt;b&gt;&amp;broken.jpg" in text
    assert "it is truncated" in text
    assert "film in all photos" in text
    assert "3 each" not in text  # copies have left some people with fewer
    assert summary(table, "en") in text


def test_faces_are_shown_only_where_asked(
    photos: tuple[pd.DataFrame, Path], tmp_path: Path
) -> None:
    table, root = photos
    page = write_reports(table, AGE, tmp_path / "shown.html", root=root, examples=True)["en"]
    text, links = _read(page)
    assert links.images > 20
    assert all(link.startswith("data:image/jpeg;base64,") for link in links.found)
    assert "20 · copies disagree on the label" in text
    assert not list(tmp_path.glob("*.unfinished"))


def test_an_anonymous_page_names_no_file(photos: tuple[pd.DataFrame, Path], tmp_path: Path) -> None:
    table, root = photos
    page = write_reports(
        table, AGE, tmp_path / "out/report.html", root=root, examples=True, anonymous=True
    )["en"]
    text, links = _read(page)
    assert links.images == 0
    assert "undecodable" in text
    assert not [path for path in table["path"] if path in text]
    assert "broken" not in text


def test_the_same_photos_give_the_same_page(
    photos: tuple[pd.DataFrame, Path], tmp_path: Path
) -> None:
    table, root = photos
    pages = [
        write_reports(table, AGE, tmp_path / f"{n}.html", root=root)["en"].read_text()
        for n in (1, 2)
    ]
    assert pages[0] == pages[1]


def test_a_set_that_cannot_be_split_is_shown_nevertheless(tmp_path: Path) -> None:
    rows = manifest([{"gender": "male"}, {"gender": "male", "age": 3}])
    broken = manifests.set_aside(rows, rows["path"] == "000000.jpg", "undecodable", "bad")
    text, _ = _read(write_reports(broken, GENDER, tmp_path / "report.html")["en"])
    assert "These photos are not split" in text
    assert "undecodable" in text
    empty, _ = _read(write_reports(manifest([]), YEARS, tmp_path / "empty.html")["en"])
    assert "0 of 0 photos" in empty


def test_a_regression_has_distributions_but_no_classes(tmp_path: Path) -> None:
    rows = people({f"p{n}": 3 for n in range(40)}, np.random.default_rng(0))
    table = curate(manifest(rows), YEARS, warn=lambda _: None)
    text, _ = _read(write_reports(table, YEARS, tmp_path / "report.html", title="사진")["en"])
    assert "<h1>사진</h1>" in text
    assert "Photos of each class" not in text
    assert "Nothing: every photo passed every rule." in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_speaks_one_language(
    photos: tuple[pd.DataFrame, Path], tmp_path: Path, language: Language
) -> None:
    table, root = photos
    page = write_reports(table, AGE, tmp_path / "page.html", root=root, title="2026")[language]
    recorded = r"(?s)<(style|metadata|code|details)\b.*?</\1>"
    words = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(recorded, "", _read(page)[0])))
    if language == "en":
        assert not re.search("[가-힣]", words)
    else:
        # The device is called as the set calls it.
        assert set(re.findall("[A-Za-z]{3,}", words)) <= {"film"}
