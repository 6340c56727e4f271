"""What is measured after every epoch: a few of the report's metrics, on the validation crops."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fdc.metrics import score
from fdc.tasks import Kind, Task

LOSSES: dict[Kind, str] = {"classes": "log_loss", "ordinal": "log_loss", "regression": "mae"}
"""Which metric stands as `loss`: the one without smoothing, scaling or class weights."""

SHOWN: dict[Kind, tuple[str, ...]] = {
    "classes": ("accuracy",),
    "ordinal": ("accuracy", "one_off_accuracy", "mae"),
    "regression": ("mae", "rmse"),
}


def measure(task: Task, answers: NDArray[np.float32], truth: NDArray[Any]) -> dict[str, float]:
    """Compares answers with the truth.

    Args:
        task: What is predicted; its classes are named.
        answers: Probabilities (n, classes), or numbers (n,).
        truth: (n,) class indices or numbers.

    Returns:
        `loss` and those of `SHOWN`; errors are in the task's unit, such as years.

    Raises:
        DataError: An answer is no finite number.
    """
    scores = score(task, truth, answers)
    return {"loss": scores[LOSSES[task.kind]]} | {name: scores[name] for name in SHOWN[task.kind]}
