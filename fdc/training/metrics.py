"""Metrics on the validation crops, from a network's answers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fdc.training.targets import Kind

SMALLEST = 1e-7


def measure(kind: Kind, answers: NDArray[np.float32], truth: NDArray[Any]) -> dict[str, float]:
    """Compares answers with the truth.

    Args:
        kind: What is predicted.
        answers: Probabilities (n, classes), or numbers (n,).
        truth: (n,) class indices or numbers.

    Returns:
        By name: `loss` (cross-entropy, or mean absolute error) and `accuracy`, for ordinal
        classes also `one_off` and `mae` in classes; `mae` and `rmse` of numbers.
    """
    if kind == "regression":
        errors = answers.astype(np.float64) - truth
        mae = float(np.abs(errors).mean())
        return {"loss": mae, "mae": mae, "rmse": float(np.sqrt((errors**2).mean()))}
    truth = truth.astype(np.int64)
    right = np.clip(answers[np.arange(len(truth)), truth], SMALLEST, None)
    distance = np.abs(answers.argmax(axis=1) - truth)
    found = {"loss": float(-np.log(right).mean()), "accuracy": float((distance == 0).mean())}
    if kind == "ordinal":
        found |= {"one_off": float((distance <= 1).mean()), "mae": float(distance.mean())}
    return found
