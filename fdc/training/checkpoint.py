"""A training's state on disk: written whole or not at all."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fdc import files

LAST = "last.npz"
BEST = "best.npz"
FEATURES = "features.npz"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What is needed to go on exactly where a training stopped.

    Attributes:
        variables: The network's weights, and the states of its random generators.
        optimizer: The optimizer's variables; empty where only the weights are kept.
        metadata: The curve and whatever else belongs to it, as JSON can say it.
    """

    variables: list[NDArray[Any]]
    optimizer: list[NDArray[Any]]
    metadata: dict[str, Any]

    def save(self, path: Path) -> None:
        """Writes it beside the file first, so that a kill leaves the old one."""
        arrays = {f"variable_{i}": array for i, array in enumerate(self.variables)}
        arrays |= {f"optimizer_{i}": array for i, array in enumerate(self.optimizer)}
        text = np.frombuffer(json.dumps(self.metadata).encode(), np.uint8)
        with files.whole(path) as unfinished, unfinished.open("wb") as file:
            np.savez(file, allow_pickle=False, metadata=text, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Checkpoint | None":
        """Reads one; None where there is none, or a power cut has damaged it."""
        try:
            with np.load(path) as file:
                metadata = json.loads(file["metadata"].tobytes())
                return cls(_numbered(file, "variable_"), _numbered(file, "optimizer_"), metadata)
        except (FileNotFoundError, zipfile.BadZipFile, ValueError, KeyError, EOFError):
            return None

    @classmethod
    def require(cls, path: Path) -> "Checkpoint":
        """Reads one that has to be there.

        Raises:
            FileNotFoundError: There is none, or it is damaged.
        """
        found = cls.load(path)
        if found is None:
            raise FileNotFoundError(f"the checkpoint {path} is missing or damaged")
        return found


def assign(values: Sequence[NDArray[Any]], variables: Sequence[Any]) -> None:
    """Gives Keras variables the values that they had, in their order."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _numbered(file: Any, prefix: str) -> list[NDArray[Any]]:
    count = sum(name.startswith(prefix) for name in file.files)
    return [file[f"{prefix}{i}"] for i in range(count)]
