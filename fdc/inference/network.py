"""A trained network from its ONNX file, run without the library that trained it."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from fdc.errors import InferenceError
from fdc.execution.cpus import usable_cpus

NETWORK = "network.onnx"
"""Name of the file, where a search exports it and in a packaged model."""

BATCH = 64
HINT = "Promote another version, or search again."
"""What helps where a model's files are of no use."""


class Network:
    """A network that answers crops.

    Args:
        path: ONNX file: one input float32 (n, size, size, 3) RGB 0 to 255, one output.
        threads: CPU threads; None: all that this process may use.

    Raises:
        InferenceError: If the file is missing, or is no such network.
    """

    def __init__(self, path: Path, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or usable_cpus()
        # The arena never gives memory back; without it the memory stays flat.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            [crops] = self._session.get_inputs()
            [self._output] = [output.name for output in self._session.get_outputs()]
        except Exception as error:
            raise InferenceError(f"{path} cannot be run as a network: {error}", HINT) from error
        self._input = crops.name
        self.size = int(crops.shape[1])
        """Side of a crop in pixels."""

    def predict(
        self,
        crops: NDArray[np.uint8],
        batch: int = BATCH,
        positions: NDArray[np.int64] | None = None,
    ) -> NDArray[np.float32]:
        """Runs the network, a batch at a time, so that memory does not grow with the crops.

        Args:
            crops: (n, size, size, 3) RGB uint8; may be memory-mapped.
            batch: How many at a time.
            positions: int64 (m,), which crops in which order; None: all.

        Returns:
            float32: probabilities (n, classes) of a classifier, or numbers (n,) of a regressor.
        """
        wanted = (self.size, self.size, 3)
        if crops.shape[1:] != wanted:
            raise ValueError(f"crops must have the shape {('n', *wanted)}, but got {crops.shape}")
        chosen = np.arange(len(crops)) if positions is None else positions
        parts = [
            self._run(np.asarray(crops[chosen[start : start + batch]], np.float32))
            for start in range(0, max(len(chosen), 1), batch)
        ]
        return np.concatenate(parts)

    def _run(self, crops: NDArray[np.float32]) -> NDArray[np.float32]:
        [output] = self._session.run([self._output], {self._input: crops})
        return np.asarray(output, np.float32)
