"""The one module that knows TensorFlow; everything else speaks Keras.

With KERAS_BACKEND set to another library, what only TensorFlow needs is skipped.
"""

import importlib
from pathlib import Path
from typing import Any

import keras

_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}


def is_tensorflow() -> bool:
    """Whether Keras runs on TensorFlow."""
    return bool(keras.backend.backend() == "tensorflow")


def stay_off_gpu() -> None:
    """Leaves the GPU to the workers; for the driver, which builds networks but trains none."""
    if is_tensorflow():
        import tensorflow

        tensorflow.config.set_visible_devices([], "GPU")
    elif keras.backend.backend() == "jax":
        jax = importlib.import_module("jax")
        jax.config.update("jax_platforms", "cpu")


def configure(threads: int, reproducible: bool) -> None:
    """Sets the library up in a fresh worker, before the first tensor is made.

    Args:
        threads: CPU threads of this worker.
        reproducible: Whether the same seed must give the same weights, bit by bit.
    """
    if not is_tensorflow():
        return
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
    for device in tensorflow.config.list_physical_devices("GPU"):
        tensorflow.config.experimental.set_memory_growth(device, True)
    if reproducible:
        tensorflow.config.experimental.enable_op_determinism()


def has_gpu() -> bool:
    """Whether the library sees a GPU."""
    if is_tensorflow():
        import tensorflow

        return bool(tensorflow.config.list_physical_devices("GPU"))
    if keras.backend.backend() == "jax":
        jax = importlib.import_module("jax")
        return bool(jax.default_backend() == "gpu")
    return False


def precision() -> str:
    """The Keras dtype policy that trains fastest: bfloat16 where the hardware multiplies it."""
    return "mixed_bfloat16" if has_gpu() or _cpu_flags() & _BFLOAT16_FLAGS else "float32"


def out_of_memory(error: BaseException) -> bool:
    """Whether the library, not the operating system, says that memory ran out."""
    if is_tensorflow():
        import tensorflow

        if isinstance(error, tensorflow.errors.ResourceExhaustedError):
            return True
    return isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error)


def export_onnx(model: Any, path: Path) -> None:
    """Writes a built float32 Keras model as ONNX, its batch size open.

    Args:
        model: The model.
        path: The file to write.
    """
    model.export(str(path), format="onnx", verbose=False)


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    flags = [line for line in lines if line.startswith(("flags", "Features"))]
    return set(flags[0].split(":", 1)[1].split()) if flags else set()
