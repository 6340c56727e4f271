"""Metrics of every kind of task, computed from sums over photos.

Each metric is a formula on sums: the counts of (true, predicted) pairs, or the sums of errors and
their squares. A bootstrap can therefore draw thousands of samples by adding up the sums of the
groups that it draws, and a metric and its interval come from one and the same formula.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fdc.errors import DataError
from fdc.tasks import Task, direction

__all__ = [
    "baseline",
    "from_sums",
    "predicted",
    "score",
    "sums_by_group",
    "trivial_outputs",
]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Truth = Integers | Floats
"""Class indices, or the numbers of a regression."""

_SMALLEST_PROBABILITY = 1e-7


def score(task: Task, truth: npt.ArrayLike, outputs: npt.ArrayLike) -> dict[str, float]:
    """Scores a model's answers.

    Args:
        task: What is predicted; its classes are named.
        truth: (n,) class indices, or numbers for a regression.
        outputs: (n, classes) probabilities, or (n,) numbers for a regression.

    Returns:
        For classes accuracy, balanced_accuracy, macro_f1, log_loss and recall/<class>; for ordinal
        classes also one_off_accuracy and mae, in the unit of the bins, else in classes; for a
        regression mae, rmse, r2, bias (mean of predicted minus true) and, where the task has a
        tolerance, such as 5, within_5 (the share that is off by no more). A metric that is not
        defined, such as the recall of a class without photos, is NaN.

    Raises:
        DataError: Where there are no photos, or the shapes do not match the task.

    Example:
        >>> task = Task(kind="regression", column="age", tolerance=5)
        >>> score(task, [20, 30], [21, 38])["mae"]
        4.5
    """
    truth_array, output_array = checked(task, truth, outputs)
    one_group = np.zeros(len(truth_array), dtype=np.int64)
    sums = sums_by_group(task, truth_array, output_array, one_group)
    return {name: float(values[0]) for name, values in from_sums(task, sums).items()}


def baseline(task: Task, train_truth: npt.ArrayLike, truth: npt.ArrayLike) -> dict[str, float]:
    """Scores what knows no photo: the best constant answer for each metric.

    Args:
        task: What is predicted.
        train_truth: (n,) labels of the training photos, from which the constant is taken: their
            commonest class, median class, mean or median.
        truth: (m,) labels of the photos on which the model is scored.

    Returns:
        The same metrics as `score`, each from the constant that does best on it.

    Example:
        >>> task = Task(kind="classes", column="tone", classes=("warm", "cool"))
        >>> baseline(task, [0, 0, 1], [0, 1, 1, 0])["accuracy"]
        0.5
    """
    count = len(np.asarray(truth))
    scores = [
        score(task, truth, outputs)
        for outputs in trivial_outputs(task, train_truth, count).values()
    ]
    return {name: _best(name, [each[name] for each in scores]) for name in scores[0]}


def trivial_outputs(task: Task, train_truth: npt.ArrayLike, count: int) -> dict[str, Floats]:
    """Constant answers, by name.

    Args:
        task: What is predicted.
        train_truth: (n,) labels of the training photos.
        count: How many answers to make.

    Returns:
        For a regression "mean" and "median", each (count,); else "majority", and for ordinal
        classes "median", each (count, classes).
    """
    train = np.asarray(train_truth)
    if train.size == 0:
        raise DataError("A baseline needs the labels of the training photos, but there are none.")
    if task.is_regression:
        numbers = train.astype(np.float64)
        return {
            "mean": np.full(count, numbers.mean()),
            "median": np.full(count, np.median(numbers)),
        }
    classes = len(task.labels)
    shares = np.bincount(train.astype(np.int64), minlength=classes) / train.size
    answers = {"majority": np.tile(shares, (count, 1))}
    if task.kind == "ordinal":
        middle = int(np.searchsorted(np.cumsum(shares), 0.5))
        answers["median"] = np.tile(np.eye(classes)[middle], (count, 1))
    return answers


def predicted(task: Task, outputs: npt.ArrayLike) -> Truth:
    """The answer in place of its probabilities.

    Args:
        task: What is predicted.
        outputs: (n, classes) probabilities, or (n,) numbers for a regression.

    Returns:
        (n,) int64 class indices, or (n,) float64 numbers.

    Example:
        >>> task = Task(kind="classes", column="tone", classes=("warm", "cool"))
        >>> predicted(task, [[0.2, 0.8], [0.7, 0.3]]).tolist()
        [1, 0]
    """
    array = np.asarray(outputs, dtype=np.float64)
    return array.reshape(-1) if task.is_regression else array.argmax(axis=1).astype(np.int64)


def checked(task: Task, truth: npt.ArrayLike, outputs: npt.ArrayLike) -> tuple[Truth, Floats]:
    """Truth and outputs as arrays of the shapes and types that the task asks for.

    Raises:
        DataError: Where there are no photos, or the shapes do not match the task.
    """
    truth_array: Truth = np.asarray(truth, dtype=np.float64).reshape(-1)
    if not task.is_regression:
        truth_array = truth_array.astype(np.int64)
    output_array = np.asarray(outputs, dtype=np.float64)
    if truth_array.size == 0:
        raise DataError("There are no photos to score.", "Look at how the photos were split.")
    if task.is_regression and output_array.ndim == 2 and output_array.shape[1] == 1:
        output_array = output_array[:, 0]
    shape = truth_array.shape if task.is_regression else (truth_array.size, len(task.labels))
    if output_array.shape != shape:
        raise DataError(f"The answers should have the shape {shape} but have {output_array.shape}.")
    if not np.isfinite(output_array).all():
        raise DataError(f"{(~np.isfinite(output_array)).sum()} answers are not finite numbers.")
    return truth_array, output_array


def sums_by_group(
    task: Task,
    truth: Truth,
    outputs: Floats,
    groups: Integers,
) -> Floats:
    """Adds up, for each group of photos, what the metrics are made of.

    Args:
        task: What is predicted.
        truth: (n,) as `checked` gives it.
        outputs: As `checked` gives them.
        groups: (n,) numbers from 0 to the number of groups less one.

    Returns:
        (groups, k): for classes the counts of (true, predicted) pairs, row by row, and the summed
        log loss; for a regression the number of photos and the sums of the error, its absolute
        value, its square, whether it is within the tolerance, the truth and its square.
    """
    count = int(groups.max()) + 1
    if task.is_regression:
        error = outputs - truth
        within = np.abs(error) <= (task.tolerance or 0.0)
        columns = (np.ones_like(error), error, np.abs(error), error**2, within, truth, truth**2)
        return np.stack([np.bincount(groups, column, count) for column in columns], axis=1)
    classes = len(task.labels)
    indices = truth.astype(np.int64)
    cells = (groups * classes + indices) * classes + predicted(task, outputs).astype(np.int64)
    pairs = np.bincount(cells, minlength=count * classes**2).reshape(count, classes**2)
    chance = np.clip(outputs[np.arange(len(indices)), indices], _SMALLEST_PROBABILITY, 1.0)
    loss = np.bincount(groups, -np.log(chance), count)
    return np.concatenate([pairs, loss[:, None]], axis=1)


def from_sums(task: Task, sums: Floats) -> dict[str, Floats]:
    """Turns sums into metrics.

    Args:
        task: What is predicted.
        sums: (samples, k) as `sums_by_group` adds them up.

    Returns:
        (samples,) values by metric.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return _of_numbers(task, sums) if task.is_regression else _of_classes(task, sums)


def _of_numbers(task: Task, sums: Floats) -> dict[str, Floats]:
    n, error, absolute, squared, within, truth, truth_squared = sums.T
    spread = truth_squared - truth**2 / n
    metrics = {
        "mae": absolute / n,
        "rmse": np.sqrt(squared / n),
        "r2": np.where(spread > 0, 1 - squared / spread, np.nan),
        "bias": error / n,
    }
    return metrics | ({f"within_{task.tolerance:g}": within / n} if task.tolerance else {})


def _of_classes(task: Task, sums: Floats) -> dict[str, Floats]:
    labels = task.labels
    classes = len(labels)
    pairs = sums[:, :-1].reshape(-1, classes, classes)
    n = pairs.sum(axis=(1, 2))
    right = np.diagonal(pairs, axis1=1, axis2=2)
    true, answered = pairs.sum(axis=2), pairs.sum(axis=1)
    recall = right / true
    # A class that neither occurs nor is answered says nothing; scikit-learn leaves it out too.
    f1 = 2 * right / (true + answered)
    metrics = {
        "accuracy": right.sum(axis=1) / n,
        "balanced_accuracy": _mean_where_defined(recall),
        "macro_f1": _mean_where_defined(f1),
        "log_loss": sums[:, -1] / n,
    }
    if task.kind == "ordinal":
        places = np.arange(classes)
        near = np.abs(places[:, None] - places) <= 1
        values = np.asarray(task.class_values or places, dtype=np.float64)
        distance = np.abs(values[:, None] - values)
        metrics["one_off_accuracy"] = (pairs * near).sum(axis=(1, 2)) / n
        metrics["mae"] = (pairs * distance).sum(axis=(1, 2)) / n
    return metrics | {f"recall/{label}": recall[:, i] for i, label in enumerate(labels)}


def _mean_where_defined(values: Floats) -> Floats:
    defined = ~np.isnan(values)
    total = np.where(defined, values, 0.0).sum(axis=1)
    return np.asarray(total / defined.sum(axis=1), dtype=np.float64)


def _best(name: str, values: Sequence[float]) -> float:
    if name == "bias":
        return min(values, key=abs)
    return min(values) if direction(name) == "min" else max(values)
