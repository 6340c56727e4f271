"""What is said of networks that are here, and of those that are not."""

from pathlib import Path

import pytest

from fdc import weights
from pipelines.weights import console, show_weights


def said(folders: list[Path]) -> str:
    with console.capture() as captured:
        show_weights(folders)
    return captured.get()


def test_a_network_that_is_here_is_told_with_its_licence(pretrained: dict[str, Path]) -> None:
    told = said([])
    assert str(pretrained["dlib_face"]) in told
    assert "CC0" in told


def test_one_that_is_missing_is_told_with_a_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FDC_WEIGHTS", str(tmp_path))
    monkeypatch.setattr(weights, "_package_folder", lambda known: ())
    told = said([tmp_path / "empty"])
    assert told.count("not here") == len(weights.PRETRAINED)
    assert "make setup" in told
    assert str(tmp_path) in told
