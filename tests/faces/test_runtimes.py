"""What runs networks: the same masks, and a clear word where it cannot."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fdc import weights
from fdc.errors import WeightsError
from fdc.faces import background, runtimes
from fdc.imaging import decoding


@pytest.mark.skipif(not runtimes.has_openvino(), reason="OpenVINO is not installed")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_runtimes_agree(weights_folder: Path, portraits: list[Path], precision: str) -> None:
    path, _ = weights.require("u2netp", [weights_folder])
    one = background.U2Net(runtimes.load(path, "onnxruntime", "float32", 1))
    other = background.U2Net(runtimes.load(path, "openvino", precision, 1))
    image = Image.fromarray(decoding.decode(portraits[5].read_bytes(), at_least=300))
    first, second = (np.asarray(session.predict(image)[0]) >= 128 for session in (one, other))
    assert (first & second).sum() / (first | second).sum() > 0.97


def test_a_runtime_that_is_not_there_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    with pytest.raises(WeightsError, match=r"broken\.onnx cannot be loaded by onnxruntime"):
        runtimes.load(broken, "onnxruntime", "float32", 1)
    with pytest.raises(WeightsError, match="computes in float32"):
        runtimes.load(broken, "onnxruntime", "bfloat16", 1)


def test_openvino_is_asked_for_only_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtimes, "has_openvino", lambda: False)
    assert runtimes.fastest() == ("onnxruntime", "float32")
    with pytest.raises(WeightsError, match=r"Install fdc\[openvino\]"):
        runtimes.load(tmp_path / "any.onnx", "openvino", "float32", 1)
