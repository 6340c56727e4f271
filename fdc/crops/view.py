"""A view on the crops that one side of a split may use: positions in a memory-mapped store."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class CropView:
    """Crops of a store with their targets; it holds no pixels, so it travels to workers cheaply.

    Attributes:
        path: The store's file: `count` packed crops, uint8 (size, size, 3) RGB.
        count: How many crops the file holds.
        size: Side of a crop in pixels.
        positions: int64 (n,), which crops of the file belong to the set.
        targets: (n,) int64 class indices, or float32 numbers of a regression.
    """

    path: Path
    count: int
    size: int
    positions: NDArray[np.int64]
    targets: NDArray[Any]

    def __len__(self) -> int:
        return len(self.positions)

    def pixels(self) -> NDArray[np.uint8]:
        """The store's file, memory-mapped: uint8 (count, size, size, 3) RGB."""
        shape = (self.count, self.size, self.size, 3)
        return np.memmap(self.path, dtype=np.uint8, mode="r", shape=shape)

    def read(self, chosen: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Copies a few crops into memory.

        Args:
            chosen: Indices into this set.

        Returns:
            uint8 (len(chosen), size, size, 3) RGB.
        """
        return np.asarray(self.pixels()[self.positions[chosen]])
