"""Convolutions out of dlib's published files, with the affine layer behind each folded in."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fdc.errors import WeightsError

Floats = NDArray[np.float32]

TENSOR_VERSION = bytes((1, 2))
"""How dlib begins a tensor: the number 2, in one byte."""

MOST_BYTES_OF_A_NUMBER = 8


@dataclass(frozen=True)
class Convolution:
    """A convolution as Keras holds it.

    Attributes:
        kernel: float32 (height, width, channels in, channels out).
        bias: float32 (channels out,).
    """

    kernel: Floats
    bias: Floats


def from_dat(path: Path, shapes: Sequence[tuple[int, int]]) -> list[Convolution]:
    """Reads the convolutions of a network that dlib's `serialize` wrote.

    dlib writes a network from its input to its output; a layer's parameters are one tensor: its
    four sizes, then float32. What stands between the tensors is skipped.

    Args:
        path: The file.
        shapes: Of each convolution, in order: its channels and the side of its kernel.

    Raises:
        WeightsError: It holds other layers, or is damaged.
    """
    tensors = _tensors(path.read_bytes())
    found: list[Convolution] = []
    channels_in = 3
    for channels, side in shapes:
        weights, affine = next(tensors, None), next(tensors, None)
        count = channels * channels_in * side * side
        if weights is None or affine is None or weights.size != count + channels:
            raise WeightsError(
                f"{path} does not hold dlib's network: layer {len(found)} is not there.",
                "Delete it and put the published file there.",
            )
        kernel = weights[:count].reshape(channels, channels_in, side, side)
        found.append(_folded(kernel, weights[count:], affine[:channels], affine[channels:]))
        channels_in = channels
    return found


def from_onnx(path: Path) -> tuple[list[Convolution], list[Convolution]]:
    """Reads the convolutions and the dense layers of an ONNX copy of a dlib network.

    Args:
        path: The file.

    Returns:
        The convolutions, and the dense layers as convolutions of one pixel, with the factors that
        stand in place of dropout folded in; each in order.
    """
    # Only who builds such a network waits for it.
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    values = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    convolutions: list[list[Any]] = []
    dense = []
    factor = np.float32(1)
    for node in graph.node:
        held = [values[name] for name in node.input if name in values]
        if node.op_type == "Conv":
            convolutions.append(held)
        elif node.op_type in ("Mul", "Add") and held and held[0].ndim == 4:
            convolutions[-1].append(held[0].ravel())
        elif node.op_type == "Mul" and held:
            factor = held[0].item()
        elif node.op_type == "Gemm":
            dense.append(Convolution(factor * held[0][None, None], held[1]))
            factor = np.float32(1)
    return [_folded(*parts) for parts in convolutions], dense


def _folded(kernel: Floats, bias: Floats, scale: Floats, offset: Floats) -> Convolution:
    """From (out, in, height, width) and the affine layer's (out,) values."""
    scaled = (kernel * scale[:, None, None, None]).transpose(2, 3, 1, 0)
    return Convolution(np.ascontiguousarray(scaled), bias * scale + offset)


def _tensors(content: bytes) -> Iterator[Floats]:
    """The tensors with more than a handful of numbers, in the order of the file."""
    place = content.find(TENSOR_VERSION)
    while place >= 0:
        tensor, end = _tensor(content, place + len(TENSOR_VERSION))
        if tensor is not None:
            yield tensor
        place = content.find(TENSOR_VERSION, end)


def _tensor(content: bytes, place: int) -> tuple[Floats | None, int]:
    """The tensor whose sizes begin here, and where it ends; none where no tensor begins."""
    sizes, after = [], place
    for _ in range(4):
        size, after = _number(content, after)
        sizes.append(size)
    count = prod(sizes)
    if min(sizes) < 1 or not 32 <= count <= (len(content) - after) // 4:
        return None, place
    values = np.frombuffer(content, "<f4", count, after)
    # Two bytes inside other numbers may look like a tensor's beginning; its values would not.
    plausible = np.isfinite(values).all() and np.abs(values).max() < 1e4
    return (values, after + 4 * count) if plausible else (None, place)


def _number(content: bytes, place: int) -> tuple[int, int]:
    """Dlib's portable integer: a byte that counts its bytes, then these; 0 where there is none."""
    try:
        (count,) = struct.unpack_from("B", content, place)
    except struct.error:
        return 0, place
    if not 1 <= count <= MOST_BYTES_OF_A_NUMBER:
        return 0, place
    end = place + 1 + count
    return int.from_bytes(content[place + 1 : end], "little"), end
