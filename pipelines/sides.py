"""One side's crops with their targets, as a search takes them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fdc.search import CropView
from fdc.tasks import Task

from .prepare import Prepared


def crops(prepared: Prepared, split: str) -> CropView:
    """One side's crops with their targets."""
    rows = side(prepared, split)
    store = prepared.store
    return CropView(
        path=store.crops_path,
        count=store.count,
        size=store.size,
        positions=rows["crop"].to_numpy(np.int64),
        targets=targets(prepared.task, rows),
    )


def targets(task: Task, rows: pd.DataFrame) -> npt.NDArray[Any]:
    """The rows' labels as a network learns them: int64 classes, or float32 numbers."""
    kind = np.float32 if task.is_regression else np.int64
    return task.encode(rows[task.column]).to_numpy(kind)


def side(prepared: Prepared, split: str) -> pd.DataFrame:
    """The clean rows of one side of the split."""
    return prepared.manifest[prepared.manifest["split"] == split]
