"""The crops of a view as a NumPy array, for libraries that insist on one; read when indexed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fdc.crops.view import CropView


class CropArray(np.ndarray):
    """Crops of one side of a split: uint8 (n, size, size, 3) RGB.

    NumPy cannot lay an array over scattered crops of a file without a copy of them. This one looks
    them up when it is indexed along its first axis, and copies those alone. NumPy's functions
    refuse it; code that goes past all of this, such as `np.asarray`, sees the whole store, whose
    other length tells, and never a crop beside the wrong label.
    """

    positions: NDArray[np.int64]
    __array_ufunc__ = None  # type: ignore[assignment]

    @property  # type: ignore[misc]
    def shape(self) -> tuple[int, ...]:
        """(n, size, size, 3)."""
        return (len(self.positions), *super().shape[1:])

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, tuple):
            raise IndexError("crops are indexed along their first axis alone")
        return self.view(np.ndarray)[self.positions[index]]

    def __array_function__(self, *_: Any) -> Any:
        return NotImplemented

    def __repr__(self) -> str:
        return f"CropArray{self.shape}"


def crop_array(view: CropView) -> CropArray:
    """A view's crops as an array that holds none of them in memory."""
    array = view.pixels().view(CropArray)
    array.positions = view.positions
    return array
