"""What runs a background network: ONNX Runtime everywhere, OpenVINO where it is faster."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fdc.errors import WeightsError

Tensor = NDArray[np.float32]


class InferenceSession(Protocol):
    """A network that is ready to run.

    It answers like `onnxruntime.InferenceSession`, so that rembg's sessions can hold one.
    """

    def get_inputs(self) -> list[Any]:
        """The inputs; each has a `name`."""
        ...

    def run(self, names: None, feed: dict[str, Tensor]) -> list[Tensor]:
        """Compute the first output, which is the fused mask in every rembg model."""
        ...


class OnnxRuntime:
    """ONNX Runtime on the CPU, in float32; half-precision weights are widened once, on loading.

    Args:
        path: an ONNX file.
        threads: threads for one photo.
    """

    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Planned activations take 200 MB more per worker, and a U^2-Net gains nothing by them.
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._first = [self._session.get_outputs()[0].name]

    def get_inputs(self) -> list[Any]:
        """The inputs; each has a `name`."""
        return list(self._session.get_inputs())

    def run(self, names: None, feed: dict[str, Tensor]) -> list[Tensor]:
        """Compute the first output."""
        return list(self._session.run(self._first, feed))


class OpenVino:
    """OpenVINO on the CPU.

    Args:
        path: an ONNX file.
        threads: threads for one photo.
        precision: "float32" or "bfloat16"; the latter needs a CPU that has it.
    """

    def __init__(self, path: Path, threads: int, precision: str) -> None:
        import openvino

        core = openvino.Core()
        model = core.read_model(path)
        self._inputs = [_Input(model.inputs[0].get_any_name())]
        # The side outputs of U^2-Net are left out of the graph: only their fusion is wanted.
        model = openvino.Model([model.outputs[0]], model.get_parameters())
        hint = {"float32": "f32", "bfloat16": "bf16"}[precision]
        compiled = core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": hint,
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": 1,
                "ENABLE_CPU_PINNING": False,
            },
        )
        self._request = compiled.create_infer_request()

    def get_inputs(self) -> list[Any]:
        """The inputs; each has a `name`."""
        return list(self._inputs)

    def run(self, names: None, feed: dict[str, Tensor]) -> list[Tensor]:
        """Compute the first output."""
        result = self._request.infer(list(feed.values()), share_inputs=True)
        return [np.array(result[0])]


class _Input:
    def __init__(self, name: str) -> None:
        self.name = name


def has_openvino() -> bool:
    """Whether OpenVINO is installed."""
    return importlib.util.find_spec("openvino") is not None


def fastest() -> tuple[str, str]:
    """Runtime and precision that gain on this machine.

    OpenVINO in bfloat16 halves the time of a U^2-Net or better on CPUs that compute in it; without
    that, ONNX Runtime is as fast and asks for one package less.
    """
    if has_openvino():
        import openvino

        if "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            return "openvino", "bfloat16"
    return "onnxruntime", "float32"


def load(path: Path, runtime: str, precision: str, threads: int) -> InferenceSession:
    """Load a network.

    Args:
        path: an ONNX file.
        runtime: "onnxruntime" or "openvino".
        precision: "float32" or "bfloat16".
        threads: threads for one photo.

    Raises:
        WeightsError: the runtime is not installed, or the file cannot be read by it.
    """
    if runtime == "openvino" and not has_openvino():
        raise WeightsError(
            "The recipe asks for the runtime openvino, which is not installed.",
            "Install fdc[openvino], or prepare with the runtime onnxruntime.",
        )
    if runtime == "onnxruntime" and precision != "float32":
        raise WeightsError(
            f"The runtime onnxruntime computes in float32, not in {precision}.",
            "Choose the precision float32, or the runtime openvino.",
        )
    try:
        if runtime == "openvino":
            return OpenVino(path, threads, precision)
        return OnnxRuntime(path, threads)
    except Exception as error:  # both runtimes raise bare RuntimeErrors and their own kinds
        raise WeightsError(f"{path} cannot be loaded by {runtime}: {error}") from error
