"""What is predicted: the label's encoding, the order of its classes, its names and its limits."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from fdc.locale import Language, LocalizedText, text

Kind = Literal["classes", "ordinal", "regression"]

AugmentationName = Literal["flip", "shift", "turn", "erase", "brightness", "contrast", "colour"]

AUGMENTATIONS: tuple[AugmentationName, ...] = get_args(AugmentationName)
"""Every way in which a training crop may be varied; a task may forbid some of them."""

USUAL_AUGMENTATION: tuple[AugmentationName, ...] = ("flip", "shift", "turn")
"""How a search varies training crops where it is not told."""

Direction = Literal["min", "max"]

LOWER_IS_BETTER = frozenset({"mae", "rmse", "log_loss"})
"""Metrics of which less is better; of every other metric, more is."""

_MOST_SLICES = 10
_ROUND_STEPS = (1, 2, 5, 10, 20)
_LARGEST = np.finfo(np.float64).max


def direction(metric: str) -> Direction:
    """Whether a metric is to be made small or large.

    Example:
        >>> direction("mae"), direction("accuracy")
        ('min', 'max')
    """
    return "min" if metric in LOWER_IS_BETTER else "max"


OBJECTIVES: Mapping[Kind, tuple[str, Direction]] = {
    "classes": ("accuracy", direction("accuracy")),
    "ordinal": ("accuracy", direction("accuracy")),
    "regression": ("mae", direction("mae")),
}
"""What a search optimises on the validation photos, by the kind of task."""


class Task(BaseModel):
    """One thing to predict from a face.

    `classes` without an order, `ordinal` classes with one (their metrics include one-off accuracy
    and mean absolute error), or `regression` on a number. Ordinal classes are cut from a number by
    the lower edges in `bins`, of which the last is open: 0, 10, 20 gives 0-9, 10-19 and 20+.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="", description="Set from the experiment's file name.")
    kind: Kind = Field(description="Classes without an order, classes with one, or a number.")
    column: str = Field(description="The manifest's column that holds the label.")
    title: LocalizedText | None = Field(
        default=None, description="What is predicted, for end users."
    )
    classes: tuple[str, ...] = Field(
        default=(), description="Their order is kept; empty: found in the data."
    )
    bins: tuple[float, ...] = Field(default=(), description="Lower edges of ordinal classes.")
    names: dict[str, LocalizedText] = Field(
        default_factory=dict, description="What end users read for a class, by class."
    )
    merge: dict[str, str] = Field(
        default_factory=dict,
        description="Rare classes joined to others, such as contempt: disgust.",
    )
    unit: LocalizedText | None = Field(default=None, description="Unit of a number, such as years.")
    limits: tuple[float, float] | None = Field(
        default=None, description="A number outside is no label of this task."
    )
    tolerance: float | None = Field(
        default=None,
        gt=0,
        description="An answer that is off by no more is close; how many are is a metric.",
    )
    slice_edges: tuple[float, ...] = Field(
        default=(),
        description="Lower edges of the parts by which a regression is reported; empty: round"
        " numbers that suit the data.",
    )
    forbidden_augmentation: tuple[AugmentationName, ...] = Field(
        default=(), description="Augmentation that would change the label."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind == "regression" and (self.classes or self.bins or self.merge):
            raise ValueError("a regression has neither classes nor bins nor merge")
        if self.bins and self.kind != "ordinal":
            raise ValueError(f"bins are for an ordinal task, but kind is {self.kind}")
        if (self.tolerance or self.slice_edges) and not self.is_regression:
            raise ValueError(f"tolerance and slice_edges are for a regression, not {self.kind}")
        for field in ("bins", "slice_edges", "limits"):
            numbers = list(getattr(self, field) or ())
            if numbers != sorted(set(numbers)):
                raise ValueError(f"{field} must rise, but got {numbers}")
        if self.bins and self.classes:
            raise ValueError("give bins or classes, not both")
        if self.kind == "ordinal" and not (self.bins or self.classes):
            raise ValueError("an ordinal task needs bins, or classes in their order")
        if self.bins and self.merge:
            raise ValueError("to merge classes that bins cut, leave an edge out of bins")
        for old, new in self.merge.items():
            if self.classes and not {old, new} <= set(self.classes):
                raise ValueError(f"merge {old}: {new}, but classes are {list(self.classes)}")
            if new in self.merge:
                raise ValueError(f"merge {old}: {new} leads to {new}, which is merged itself")
        return self

    @property
    def is_regression(self) -> bool:
        """Whether a number is predicted."""
        return self.kind == "regression"

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in their order, merged ones left out; empty for a regression."""
        if self.bins:
            return bin_labels(self.bins)
        return tuple(label for label in self.classes if label not in self.merge)

    @property
    def objective(self) -> tuple[str, Direction]:
        """The metric that a search optimises, and its direction."""
        return OBJECTIVES[self.kind]

    @property
    def class_values(self) -> tuple[float, ...] | None:
        """Middle of each ordinal class on its own scale (years, for ages); None without bins.

        The open last class is taken to be as wide as the one before it.
        """
        if not self.bins:
            return None
        width = self.bins[-1] - self.bins[-2] if len(self.bins) > 1 else 0.0
        upper = (*self.bins[1:], self.bins[-1] + width)
        return tuple((low + high) / 2 for low, high in zip(self.bins, upper, strict=True))

    @property
    def decimals(self) -> int:
        """How many decimals of a regression's numbers are worth telling."""
        steps = [*np.diff(self.slice_edges), *([self.tolerance] if self.tolerance else [])]
        return max(0, -math.floor(math.log10(min(steps) / 5))) if steps else 0

    def check_augmentation(self, names: Collection[str]) -> None:
        """Raises ValueError where training crops may not be varied in these ways.

        Example:
            >>> left = Task(kind="classes", column="side", forbidden_augmentation=("flip",))
            >>> left.check_augmentation(["flip"])
            Traceback (most recent call last):
            ValueError: augmentation ['flip'] is forbidden by the task: it would change the label
        """
        unknown = set(names) - set(AUGMENTATIONS)
        if unknown:
            allowed = ", ".join(AUGMENTATIONS)
            raise ValueError(f"augmentation {sorted(unknown)} is unknown, allowed: {allowed}")
        forbidden = set(names) & set(self.forbidden_augmentation)
        if forbidden:
            raise ValueError(
                f"augmentation {sorted(forbidden)} is forbidden by the task: it would change the"
                " label"
            )

    def complete(self, values: pd.Series) -> "Task":
        """Takes from the data what the task does not say: classes, or the slices of a regression.

        Args:
            values: The label column of the photos that are in use.

        Returns:
            A task whose classes are named, in natural order ("2-10" before "18-24"), or whose
            `slice_edges` are round numbers.

        Example:
            >>> task = Task(kind="classes", column="band")
            >>> task.complete(pd.Series(["18-24", "2-10", None, "2-10"])).classes
            ('2-10', '18-24')
        """
        if self.labels or self.slice_edges:
            return self
        if self.is_regression:
            numbers = self.encode(values).dropna().to_numpy(float)
            return self.model_copy(update={"slice_edges": _round_edges(numbers)})
        found = sorted({str(value) for value in values.dropna()}, key=_natural)
        return self.model_copy(update={"classes": tuple(found)})

    def encode(self, values: pd.Series) -> pd.Series:
        """Turns labels into what a network is trained on.

        Args:
            values: The manifest's label column.

        Returns:
            Int64 class indices, or Float64 numbers for a regression; NA where the label is
            missing, not finite or outside the task. The index is kept.

        Example:
            >>> task = Task(kind="ordinal", column="age", bins=(0, 10, 20))
            >>> task.encode(pd.Series([3, 12, 70, None])).tolist()
            [0, 1, 2, <NA>]
        """
        if not (self.bins or self.is_regression):
            keys = values.astype("string").str.strip().replace(self.merge)
            return keys.map({label: i for i, label in enumerate(self.labels)}).astype("Int64")
        numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
        numbers = numbers.where(numbers.between(*(self.limits or (-_LARGEST, _LARGEST))))
        if self.is_regression:
            return numbers
        edges = [*self.bins, np.inf]
        cut = pd.cut(numbers.astype(float), edges, right=False, labels=False)
        return cut.astype("Int64")

    def display(self, answer: float, language: Language) -> str:
        """What a person reads: a class's name, or a number with its unit.

        Args:
            answer: A class index, or the number of a regression.
            language: In which to speak.

        Example:
            >>> task = Task(kind="ordinal", column="age", bins=(0, 10, 20))
            >>> task.display(2, "en")
            '20+'
        """
        if self.is_regression:
            return self.with_unit(f"{answer:.{self.decimals}f}", language)
        label = self.labels[int(answer)]
        names = self.names.get(label)
        return names[language] if names else label

    def display_error(self, error: float, language: Language) -> str:
        """A mean error of a regression with its unit, one decimal finer than an answer."""
        return self.with_unit(f"{error:.{self.decimals + 1}f}", language)

    def class_names(self, language: Language) -> list[str]:
        """What a person calls the classes, in their order; none for a regression."""
        return [self.display(index, language) for index in range(len(self.labels))]

    def with_unit(self, number: str, language: Language) -> str:
        """A number with the task's unit, if it has one, such as "31 years" or "31세"."""
        if self.unit is None:
            return number
        return text("number.with unit", language, number=number, unit=self.unit[language])

    def heading(self, language: Language) -> str:
        """What is predicted, as a person would call it."""
        return self.title[language] if self.title else self.name


def bin_labels(edges: Sequence[float]) -> tuple[str, ...]:
    """Names of the bins that lower edges cut, of which the last is open.

    Example:
        >>> bin_labels((0, 10, 11)), bin_labels((1, 1.5))
        (('0-9', '10', '11+'), ('1-1.5', '1.5+'))
    """
    upper = (*edges[1:], None)
    return tuple(_bin_label(low, high) for low, high in zip(edges, upper, strict=True))


def _bin_label(low: float, high: float | None) -> str:
    if high is None:
        return f"{low:g}+"
    whole = float(low).is_integer() and float(high).is_integer()
    last = high - 1 if whole else high
    return f"{low:g}" if last == low else f"{low:g}-{last:g}"


def _round_edges(numbers: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Lower edges, a round step apart, of slices that hold nearly all of the numbers."""
    low, high = np.percentile(numbers, [1, 99]) if numbers.size else (0.0, 0.0)
    rough = (high - low) / _MOST_SLICES
    if not rough:
        return ()
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(n * power for n in _ROUND_STEPS if n * power >= rough)
    if not (numbers % 1).any():
        step = max(step, 1.0)
    # Products of a power of ten are not quite round: 3 * 0.1 is 0.30000000000000004.
    places = range(math.floor(low / step), math.floor(high / step) + 1)
    return tuple(sorted({float(f"{place * step:.12g}") for place in places}))


def _natural(label: str) -> tuple[object, ...]:
    parts = re.split(r"(\d+)", label)
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts if p)
