"""`make report`: one page about the photos, whatever state they are in."""

import html
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.damage import write_damaged
from tests.end_to_end.conftest import make_in

pytestmark = pytest.mark.end_to_end


def test_200_files_with_every_kind_of_damage_end_in_a_report_that_names_each(
    empty_project: Path, tmp_path: Path
):
    data, page = tmp_path / "photos", tmp_path / "report.html"
    expected: dict[str, str] = {}
    for number, label in enumerate(("happy", "sad", "fear")):
        folder = data / label
        folder.mkdir(parents=True)
        damaged = write_damaged(folder)
        expected |= {f"{label}/{name}": rule for name, rule in damaged.items() if rule}
        noise = np.random.default_rng(number)
        for photo in range(4):
            pixels = noise.integers(0, 255, (48, 48, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"sound {photo}.png")
    assert sum(1 for path in data.rglob("*") if not path.is_dir()) >= 200
    said = make_in(empty_project)(
        "report", TASK="emotion", DATA=data, ARGS=f"--output '{page}' --reader folder"
    )
    assert said.returncode == 0, said.stdout + said.stderr
    told = page.read_text(encoding="utf-8")
    named = dict(re.findall(r"<li><code>(.*?)</code> — (.*?)</li>", told))
    named = {html.unescape(path): html.unescape(reason) for path, reason in named.items()}
    readable = {path for path in expected if path.isascii()}
    assert readable <= set(named)
    assert all(named[path] for path in readable)
    assert not re.search(r'(src|href)="(https?:)?//', told), "the page loads something from the web"
