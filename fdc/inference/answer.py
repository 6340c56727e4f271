"""What a model says about one photo: an answer, or a refusal that a person understands."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from fdc.faces.preparer import BY_BOX, KEPT_TIGHT, KEPT_WHOLE
from fdc.locale import LocalizedText
from fdc.tasks import Task

SENTENCES: dict[str, LocalizedText] = {
    "undecodable": LocalizedText(
        ko="사진 파일을 읽을 수 없습니다. 다른 사진을 올려 주세요.",
        en="The file cannot be read as a photo. Please try another one.",
    ),
    "no face": LocalizedText(
        ko="얼굴을 찾지 못했습니다. 얼굴이 정면으로 크고 밝게 나온 사진을 올려 주세요.",
        en="No face was found. Please use a bright photo with a large face that looks ahead.",
    ),
    "several faces": LocalizedText(
        ko="얼굴이 여러 개 있습니다. 한 사람만 나온 사진을 올려 주세요.",
        en="There are several faces. Please use a photo of one person only.",
    ),
    "too small": LocalizedText(
        ko="사진이나 얼굴이 너무 작습니다. 더 큰 사진을 올려 주세요.",
        en="The photo or the face is too small. Please use a larger photo.",
    ),
    "turned": LocalizedText(
        ko="얼굴이 너무 많이 돌아가 있습니다. 정면 사진을 올려 주세요.",
        en="The face is turned too far. Please use a photo that looks ahead.",
    ),
    "blurred": LocalizedText(
        ko="얼굴이 너무 흐립니다. 더 선명한 사진을 올려 주세요.",
        en="The face is too blurred. Please use a sharper photo.",
    ),
    "implausible mask": LocalizedText(
        ko="배경과 사람을 구분하지 못했습니다. 배경이 단순한 사진을 올려 주세요.",
        en="Person and background cannot be told apart. Please use a plainer background.",
    ),
}
"""What to tell a person for the rule that refused the photo."""

NOTES: dict[str, LocalizedText] = {
    KEPT_TIGHT: LocalizedText(
        ko="얼굴이 사진을 거의 채워 배경을 지우지 않았습니다.",
        en="The background was left in, because the face fills the photo.",
    ),
    KEPT_WHOLE: LocalizedText(
        ko="사진 전체를 그대로 사용했습니다.", en="The whole photo was used as it is."
    ),
    BY_BOX: LocalizedText(
        ko="눈과 입의 위치를 찾지 못해 얼굴 위치만으로 맞췄습니다.",
        en="The face was aligned by its outline, because eyes and mouth were not found.",
    ),
}
"""What a person should know about how the photo was used."""

OTHER = LocalizedText(
    ko="이 사진으로는 답할 수 없습니다. 다른 사진을 올려 주세요.",
    en="This photo cannot be answered. Please try another one.",
)


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
            rule: The rule's name, as it stands in quarantine.
            reason: The technical reason.
        """
        return cls(rule=rule, reason=reason, message=SENTENCES.get(rule, OTHER))


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
        tuple(NOTES.get(note, LocalizedText(ko=note, en=note)) for note in notes),
    )


def refuse(task: Task, refusal: Refusal) -> Answer:
    """An answer that says why there is none."""
    return Answer(task=task.name, refusal=refusal)


def _number(task: Task, output: NDArray[np.float64], notes: tuple[LocalizedText, ...]) -> Answer:
    value = round(float(np.clip(output[0], *task.limits)), 2)
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
    return LocalizedText(ko=task.display(result, "ko"), en=task.display(result, "en"))
