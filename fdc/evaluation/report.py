"""What a model is worth on photos that it has never seen, in numbers."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict

from fdc.evaluation.calibration import reliability
from fdc.evaluation.intervals import Interval, differences, intervals, numbered
from fdc.evaluation.slices import Slice, slices
from fdc.metrics import baseline, checked, trivial_outputs
from fdc.tasks import Task


class EvaluationReport(BaseModel):
    """A model's result on the test photos.

    Attributes:
        task: What is predicted.
        metric: The task's objective, on which the model is compared with the baseline.
        photos: How many test photos.
        groups: How many groups of photos that share a person or are copies.
        intervals: Every metric, with its 95% interval.
        baseline: The same metrics of the best constant answers.
        trivial_answer: The constant that `metric` is compared with: a class index or a number.
        difference: `metric` less that of the constant, on the same photos.
        beats_baseline: Whether the whole interval of the difference is on the better side.
        calibration_error: Expected calibration error; None for a regression.
        slices: Results on parts of the photos; empty where they were not asked for.
    """

    model_config = ConfigDict(frozen=True)

    task: Task
    metric: str
    photos: int
    groups: int
    intervals: dict[str, Interval]
    baseline: dict[str, float]
    trivial_answer: float
    difference: Interval
    beats_baseline: bool
    calibration_error: float | None
    slices: tuple[Slice, ...]

    @property
    def metrics(self) -> dict[str, float]:
        """Every metric's value."""
        return {name: interval.value for name, interval in self.intervals.items()}


def evaluate(
    task: Task,
    truth: npt.ArrayLike,
    outputs: npt.ArrayLike,
    *,
    train_truth: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    manifest: pd.DataFrame | None = None,
    seed: int = 0,
) -> EvaluationReport:
    """Evaluates a model on photos that it has never seen.

    Args:
        task: What is predicted; its classes are named.
        truth: (n,) class indices, or numbers for a regression.
        outputs: (n, classes) probabilities, or (n,) numbers for a regression.
        train_truth: (m,) labels of the training photos, for the baseline.
        groups: (n,) the group of each photo; None where every photo stands for itself.
        manifest: n rows in the same order, by whose columns the photos are sliced.
        seed: Of the bootstrap.

    Returns:
        The report.

    Raises:
        DataError: Where there are no photos, or the shapes do not match the task.

    Example:
        >>> task = Task(kind="classes", column="tone", classes=("warm", "cool"))
        >>> answers = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.4, 0.6]]
        >>> report = evaluate(task, [0, 1, 0, 0], answers, train_truth=[0, 1, 1])
        >>> report.metrics["accuracy"], report.baseline["accuracy"]
        (0.75, 0.25)
    """
    truth_array, output_array = checked(task, truth, outputs)
    metric, direction = task.objective
    constant = "median" if task.is_regression else "majority"
    trivial = trivial_outputs(task, train_truth, len(truth_array))[constant]
    difference = differences(task, truth_array, output_array, trivial, groups, seed=seed)[metric]
    return EvaluationReport(
        task=task,
        metric=metric,
        photos=len(truth_array),
        groups=int(numbered(groups, len(truth_array)).max()) + 1,
        intervals=intervals(task, truth_array, output_array, groups, seed=seed),
        baseline=baseline(task, train_truth, truth_array),
        trivial_answer=float(trivial[0] if task.is_regression else np.argmax(trivial[0])),
        difference=difference,
        beats_baseline=difference.low > 0 if direction == "max" else difference.high < 0,
        calibration_error=(
            None if task.is_regression else reliability(truth_array, output_array).error
        ),
        slices=tuple(slices(task, truth_array, output_array, manifest, groups)),
    )
