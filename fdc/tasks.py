"""What is predicted: the label's encoding, the order of its classes, its names and its limits."""

import re
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from fdc.locale import Language, LocalizedText, text

AUGMENTATIONS = ("flip", "shift", "brightness", "contrast", "colour")
"""Every way in which a training crop may be varied; a task may forbid some of them."""

Kind = Literal["classes", "ordinal", "regression"]

OBJECTIVES: dict[Kind, tuple[str, Literal["min", "max"]]] = {
    "classes": ("accuracy", "max"),
    "ordinal": ("accuracy", "max"),
    "regression": ("mae", "min"),
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
    limits: tuple[float, float] = Field(
        default=(0.0, 120.0), description="A number outside is no label of this task."
    )
    forbidden_augmentation: tuple[Annotated[str, Field(pattern="|".join(AUGMENTATIONS))], ...] = (
        Field(default=(), description="Augmentation that would change the label.")
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind == "regression" and (self.classes or self.bins or self.merge):
            raise ValueError("a regression has neither classes nor bins nor merge")
        if self.bins and self.kind != "ordinal":
            raise ValueError(f"bins are for an ordinal task, but kind is {self.kind}")
        if list(self.bins) != sorted(set(self.bins)):
            raise ValueError(f"bins must rise, but got {list(self.bins)}")
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
            upper = (*self.bins[1:], None)
            return tuple(_bin_label(low, high) for low, high in zip(self.bins, upper, strict=True))
        return tuple(label for label in self.classes if label not in self.merge)

    @property
    def objective(self) -> tuple[str, Literal["min", "max"]]:
        """The metric that a search optimises, and its direction."""
        return OBJECTIVES[self.kind]

    @property
    def class_values(self) -> tuple[float, ...] | None:
        """Middle of each ordinal class on its own scale (years, for ages); null without bins.

        The open last class is taken to be as wide as the one before it.
        """
        if not self.bins:
            return None
        width = self.bins[-1] - self.bins[-2] if len(self.bins) > 1 else 0.0
        upper = (*self.bins[1:], self.bins[-1] + width)
        return tuple((low + high) / 2 for low, high in zip(self.bins, upper, strict=True))

    def complete(self, values: pd.Series) -> "Task":
        """Takes the classes from the data where the task does not name them.

        Args:
            values: The label column of the photos that are in use.

        Returns:
            A task whose classes are named, in natural order ("2-10" before "18-24").
        """
        if self.is_regression or self.labels:
            return self
        found = sorted({str(value) for value in values.dropna()}, key=_natural)
        return self.model_copy(update={"classes": tuple(found)})

    def encode(self, values: pd.Series) -> pd.Series:
        """Turns labels into what a network is trained on.

        Args:
            values: The manifest's label column.

        Returns:
            Int64 class indices, or Float64 numbers for a regression; null where the label is
            missing or outside the task. The index is kept.
        """
        if not (self.bins or self.is_regression):
            keys = values.astype("string").str.strip().replace(self.merge)
            return keys.map({label: i for i, label in enumerate(self.labels)}).astype("Int64")
        numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
        numbers = numbers.where(numbers.between(*self.limits))
        if self.is_regression:
            return numbers
        edges = [*self.bins, np.inf]
        cut = pd.cut(numbers.astype(float), edges, right=False, labels=False)
        return cut.astype("Int64")

    def display(self, answer: float, language: Language) -> str:
        """What a person reads: a class's name, or a number with its unit.

        Args:
            answer: A class index, or the number of a regression.
            language: "ko" or "en".
        """
        if self.is_regression:
            return self.with_unit(f"{answer:.0f}", language)
        label = self.labels[int(answer)]
        names = self.names.get(label)
        return names[language] if names else label

    def with_unit(self, number: str, language: Language) -> str:
        """A number with the task's unit, if it has one, such as "31 years" or "31세"."""
        if self.unit is None:
            return number
        return text("number.with unit", language, number=number, unit=self.unit[language])

    def heading(self, language: Language) -> str:
        """What is predicted, as a person would call it."""
        return self.title[language] if self.title else self.name


def _bin_label(low: float, high: float | None) -> str:
    if high is None:
        return f"{low:g}+"
    whole = float(low).is_integer() and float(high).is_integer()
    return f"{low:g}-{high - 1:g}" if whole else f"{low:g}-{high:g}"


def _natural(label: str) -> tuple[object, ...]:
    parts = re.split(r"(\d+)", label)
    return tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts if p)
