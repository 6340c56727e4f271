"""What a model says about one photo: an answer, or a refusal that a person understands."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from fdc.locale import LocalizedText, has, in_every_language, localized
from fdc.tasks import Task


class Refusal(BaseModel):
    """Why there is no answer."""

    model_config = ConfigDict(frozen=True)

    rule: str
    reason: str
    message: LocalizedText

    @classmethod
    def by(cls, rule: str, reason: str) -> "Refusal":
        """A refusal in the words of a person.

        Args:
            rule: The rule's name, as it stands in quarantine, or one of the service's own.
            reason: The technical reason.
        """
        key = f"refusal.{rule}"
        message = localized(key if has(key) else "refusal.other")
        return cls(rule=rule, reason=reason, message=message)


class Answer(BaseModel):
    """What a model says about one photo.

    Attributes:
        task: Such as "age".
        label: The likeliest class; None for a regression and for a refusal.
        names: The result as a person reads it.
        probabilities: One for every class, in the task's own order; empty for a regression.
        value: The number that a regression predicts, in the task's unit.
        years: The age in years, for a task on ages; for classes, the expected value over them.
        notes: What was special about this photo, such as a background that was left in.
        refusal: Why there is no answer; None if there is one.
    """

    model_config = ConfigDict(frozen=True)

    task: str
    label: str | None = None
    names: LocalizedText | None = None
    probabilities: dict[str, float] = {}
    value: float | None = None
    years: float | None = None
    notes: tuple[LocalizedText, ...] = ()
    refusal: Refusal | None = None


def answer(task: Task, output: NDArray[np.floating], notes: Iterable[str] = ()) -> Answer:
    """Puts a network's output into words.

    Args:
        task: What was predicted.
        output: Probabilities (classes,) in the task's order, or one number (1,) or ().
        notes: What was special about the photo, from its crop.
    """
    read = _number if task.is_regression else _class
    return read(
        task,
        np.asarray(output, np.float64).reshape(-1),
        tuple(localized(f"note.{note}") for note in notes),
    )


def refuse(task: Task, refusal: Refusal) -> Answer:
    """An answer that says why there is none."""
    return Answer(task=task.name, refusal=refusal)


def _number(task: Task, output: NDArray[np.float64], notes: tuple[LocalizedText, ...]) -> Answer:
    low, high = task.limits or (None, None)
    value = round(float(np.clip(output[0], low, high)), max(2, task.decimals))
    return Answer(
        task=task.name,
        names=_names(task, value),
        value=value,
        years=value if task.column == "age" else None,
        notes=notes,
    )


def _class(task: Task, output: NDArray[np.float64], notes: tuple[LocalizedText, ...]) -> Answer:
    best = int(output.argmax())
    on_ages = task.column == "age" and task.class_values is not None
    return Answer(
        task=task.name,
        label=task.labels[best],
        names=_names(task, best),
        probabilities={
            label: round(float(share), 6) for label, share in zip(task.labels, output, strict=True)
        },
        years=round(float(output @ np.array(task.class_values)), 2) if on_ages else None,
        notes=notes,
    )


def _names(task: Task, result: float) -> LocalizedText:
    return in_every_language(lambda language: task.display(result, language))
