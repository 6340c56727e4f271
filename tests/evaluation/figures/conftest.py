"""What every test of a figure holds."""

import io
import re
from collections.abc import Iterator

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

HANGUL = re.compile("[가-힣]")


@pytest.fixture(autouse=True)
def no_global_state() -> Iterator[None]:
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before


def words(figure: Figure) -> list[str]:
    """Every text that a reader of the figure sees."""
    figure.savefig(io.BytesIO(), format="png")
    found = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
    return [text for text in found if text.strip()]


def assert_one_language(figure: Figure, language: str) -> None:
    """No word of another language; names that all languages share are no words."""
    for text in words(figure):
        if language == "ko":
            assert HANGUL.search(text) or not re.search("[a-z]{3}", text), text
        else:
            assert not HANGUL.search(text), text


@pytest.fixture
def korean(recwarn: pytest.WarningsRecorder) -> Iterator[None]:
    """Skips where no font knows Korean; fails where a figure lacks a letter nevertheless."""
    if not any("Nanum" in font or "CJK" in font for font in mpl.font_manager.get_font_names()):
        pytest.skip("no font on this machine knows Korean")
    yield
    assert not [w for w in recwarn if "missing from font" in str(w.message)]
