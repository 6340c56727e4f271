"""The one module that knows TensorFlow; everything else speaks Keras.

With KERAS_BACKEND set to another library, what only TensorFlow needs is skipped. Nothing is
imported before a function is called, so that the driver can ask for a worker's environment.
"""

import importlib
from pathlib import Path
from typing import Any

import numpy as np

from fdc.execution.memory import GB

_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}

_SIGNS_OF_EXHAUSTION = ("ran out of memory trying to allocate", "OOM when allocating", "bad_alloc")

_BASE_BYTES = GB // 2
"""What a worker uses beside its tensors: libraries, compiled graphs, batches."""


def worker_environment(threads: int, memory_bytes: int) -> dict[str, str]:
    """What must stand in a worker's environment, beside its pool's own, before it starts.

    Args:
        threads: CPU threads of the worker.
        memory_bytes: What it may use; tensors that would go beyond it raise.
    """
    tensors = max(memory_bytes - _BASE_BYTES, _BASE_BYTES // 8)
    return {
        "OMP_NUM_THREADS": str(threads),
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
        # A worker's output goes into a file, where warnings help.
        "TF_CPP_MIN_LOG_LEVEL": "1",
        "TF_MKL_ALLOC_MAX_BYTES": str(tensors),
    }


def stay_off_gpu() -> None:
    """Leaves the GPU to the workers; for the driver, which builds networks but trains none."""
    if _library() == "tensorflow":
        _tensorflow().config.set_visible_devices([], "GPU")
    elif _library() == "jax":
        importlib.import_module("jax").config.update("jax_platforms", "cpu")


def configure(threads: int) -> None:
    """Sets the library up in a fresh worker, before the first tensor is made.

    On the CPU the same seed then gives the same weights, bit by bit.

    Args:
        threads: CPU threads of this worker.
    """
    if _library() != "tensorflow":
        return
    config = _tensorflow().config
    config.threading.set_intra_op_parallelism_threads(threads)
    config.threading.set_inter_op_parallelism_threads(threads)
    for device in config.list_physical_devices("GPU"):
        config.experimental.set_memory_growth(device, True)
    if not has_gpu():
        config.experimental.enable_op_determinism()


def has_gpu() -> bool:
    """Whether the library sees a GPU."""
    if _library() == "tensorflow":
        return bool(_tensorflow().config.list_physical_devices("GPU"))
    if _library() == "jax":
        return bool(importlib.import_module("jax").default_backend() == "gpu")
    return False


def precision() -> str:
    """The Keras dtype policy that trains fastest: bfloat16 where the hardware multiplies it."""
    return "mixed_bfloat16" if has_gpu() or _cpu_flags() & _BFLOAT16_FLAGS else "float32"


def out_of_memory(error: BaseException) -> bool:
    """Whether the library, not the operating system, says that memory ran out."""
    if _library() == "tensorflow" and isinstance(
        error, _tensorflow().errors.ResourceExhaustedError
    ):
        return True
    return isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error)


def died_of_memory(output: str) -> bool:
    """Whether a worker that died had told that memory ran out inside the library.

    TensorFlow raises where an operation cannot have its memory, but some of oneDNN's crash.

    Args:
        output: What the worker printed.
    """
    return any(sign in output for sign in _SIGNS_OF_EXHAUSTION)


def export_onnx(model: Any, path: Path) -> None:
    """Writes a built float32 Keras model as ONNX, its batch size open.

    Args:
        model: The model.
        path: The file to write.
    """
    # Keras only exports what was called once.
    model.predict_on_batch(np.zeros((1, *model.input_shape[1:]), np.float32))
    model.export(str(path), format="onnx", verbose=False)


def _library() -> str:
    return str(importlib.import_module("keras").backend.backend())


def _tensorflow() -> Any:
    return importlib.import_module("tensorflow")


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    flags = [line for line in lines if line.startswith(("flags", "Features"))]
    return set(flags[0].split(":", 1)[1].split()) if flags else set()
