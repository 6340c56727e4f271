"""Files of weights: found, verified, missed."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from fdc import weights
from fdc.errors import WeightsError

GOOD = b"these are the weights"
SHA256 = hashlib.sha256(GOOD).hexdigest()


@pytest.fixture(autouse=True)
def _no_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FDC_WEIGHTS", str(tmp_path / "no weights"))


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = (
        weights.Weights("tiny", "tiny.onnx", f"sha256:{SHA256}"),
        weights.Weights("old", "old.onnx", f"md5:{hashlib.md5(GOOD).hexdigest()}"),
    )
    monkeypatch.setattr(weights, "KNOWN", entries)


@pytest.mark.usefixtures("known")
def test_folders_are_searched_in_order(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    second.mkdir()
    (second / "tiny.onnx").write_bytes(GOOD)
    assert weights.find("tiny", [first, second]) == (second / "tiny.onnx", SHA256)
    assert weights.find("tiny", [first]) is None


@pytest.mark.usefixtures("known")
def test_cache_folder_is_searched_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FDC_WEIGHTS", str(tmp_path))
    (tmp_path / "old.onnx").write_bytes(GOOD)
    assert weights.require("old") == (tmp_path / "old.onnx", SHA256)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("model", ["tiny", "old"])
def test_a_wrong_file_is_named(tmp_path: Path, model: str) -> None:
    (tmp_path / f"{model}.onnx").write_bytes(GOOD[:-1])
    with pytest.raises(WeightsError, match=rf"{model}\.onnx is not the file that it should be"):
        weights.require(model, [tmp_path])


@pytest.mark.usefixtures("known")
def test_a_file_that_is_put_right_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(b"wrong")
    with pytest.raises(WeightsError):
        weights.find("tiny", [tmp_path])
    path.write_bytes(GOOD)
    assert weights.find("tiny", [tmp_path]) == (path, SHA256)


@pytest.mark.usefixtures("known")
def test_a_recipe_can_ask_for_one_very_file(tmp_path: Path) -> None:
    (tmp_path / "old.onnx").write_bytes(GOOD)
    assert weights.require("old", [tmp_path], sha256=SHA256)
    with pytest.raises(WeightsError, match=f"SHA-256 {'0' * 64}"):
        weights.require("old", [tmp_path], sha256="0" * 64)


def test_what_is_missing_is_named_with_a_place_and_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        weights.require("u2netp", [tmp_path], download=False)
    told = str(caught.value)
    for part in ("u2netp.onnx", str(tmp_path), str(weights.cache_folder()), "grabcut", "https://"):
        assert part in told
    with pytest.raises(WeightsError, match="mtcnn"):
        weights.require("yunet", [tmp_path], download=False)


def test_an_unknown_model_is_refused_with_the_list() -> None:
    with pytest.raises(WeightsError, match=r"no background model 'u2nep'.*u2netp"):
        weights.find("u2nep")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    served = tmp_path / "served"
    served.mkdir()
    (served / "tiny.onnx").write_bytes(GOOD)
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/tiny.onnx"
        running.shutdown()


@pytest.mark.parametrize(
    ("digest", "fits"), [(SHA256, True), ("0" * 64, False)], ids=["right", "wrong"]
)
def test_downloads_are_verified(
    server: str, digest: str, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = weights.Weights("tiny", "tiny.onnx", f"sha256:{digest}", server)
    monkeypatch.setattr(weights, "KNOWN", (entry,))
    if fits:
        assert weights.require("tiny") == (weights.cache_folder() / "tiny.onnx", SHA256)
    else:
        with pytest.raises(WeightsError, match="cannot be downloaded"):
            weights.require("tiny")
        assert not (weights.cache_folder() / "tiny.onnx").exists()


def test_offline_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = weights.Weights("tiny", "tiny.onnx", f"sha256:{SHA256}", "http://127.0.0.1:9/tiny.onnx")
    monkeypatch.setattr(weights, "KNOWN", (entry,))
    with pytest.raises(WeightsError, match=r"tiny\.onnx.*cannot be downloaded"):
        weights.require("tiny")


def test_a_network_to_start_from_is_found_in_a_package_that_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "carrier"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "models" / "tiny.dat").write_bytes(GOOD)
    provenance = weights.Provenance("someone", "some photos", "CC0")
    entry = weights.Weights(
        "tiny", "tiny.dat", f"sha256:{SHA256}", package="carrier/models", provenance=provenance
    )
    monkeypatch.setattr(weights, "KNOWN", (entry,))
    monkeypatch.setattr(weights, "PRETRAINED", {"tiny": provenance})
    assert weights.pretrained() == {}
    monkeypatch.syspath_prepend(str(tmp_path))
    assert weights.pretrained() == {"tiny": package / "models" / "tiny.dat"}
