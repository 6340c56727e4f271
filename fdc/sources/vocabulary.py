"""The words by which datasets name ages, genders, tones and emotions, in English and Korean."""

import re
from collections.abc import Callable

from fdc.manifest import OLDEST

MISSING = frozenset({"", "-", "?", "none", "null", "nan", "na", "n/a", "unknown", "미상", "없음"})
"""Words, in lower case, that say that there is no label."""

GENDERS = {
    **dict.fromkeys(("female", "f", "woman", "women", "girl", "여", "여자", "여성"), "female"),
    **dict.fromkeys(("male", "m", "man", "men", "boy", "남", "남자", "남성"), "male"),
}

_TONES = {
    "warm": {"tones": ("warm", "웜"), "seasons": ("spring", "autumn", "fall", "봄", "가을")},
    "cool": {"tones": ("cool", "쿨"), "seasons": ("summer", "winter", "여름", "겨울")},
}
TONES = {
    word: tone
    for tone, words in _TONES.items()
    for word in (
        *words["tones"],
        *words["seasons"],
        *(season + own for season in words["seasons"] for own in words["tones"]),
        *(own + season for season in words["seasons"] for own in words["tones"]),
    )
}
"""Personal colour: spring and autumn are warm, summer and winter cool."""

EMOTIONS = {
    **dict.fromkeys(("anger", "angry", "화남", "분노"), "anger"),
    **dict.fromkeys(("contempt", "contemptuous", "경멸"), "contempt"),
    **dict.fromkeys(("disgust", "disgusted", "혐오"), "disgust"),
    **dict.fromkeys(("fear", "fearful", "afraid", "두려움", "공포"), "fear"),
    **dict.fromkeys(("happy", "happiness", "joy", "기쁨", "행복"), "happy"),
    **dict.fromkeys(("neutral", "무표정", "중립"), "neutral"),
    **dict.fromkeys(("sadness", "sad", "슬픔"), "sadness"),
    **dict.fromkeys(("surprise", "surprised", "놀람"), "surprise"),
}
"""Sets disagree on the words (angry, anger): the same emotion has one name in every manifest."""

_NUMBER = r"\d+(?:\.\d+)?"
_AGE = re.compile(rf"(?:만 *)?({_NUMBER}) *(?:세|살|years?|y)?", re.IGNORECASE)
_AGE_RANGE = re.compile(rf"[(\[]? *({_NUMBER}) *[-~–,] *({_NUMBER}) *[)\]]?(?:세|살)?")


def age(text: str) -> float:
    """Reads an age.

    Args:
        text: "31", "31.5", "31세", or a range such as "25-32" or "(25, 32)", whose middle is taken.

    Returns:
        Years.

    Raises:
        ValueError: If it is no age.

    Example:
        >>> age("31세"), age("(25, 32)")
        (31.0, 28.5)
    """
    text = text.strip()
    if single := _AGE.fullmatch(text):
        years = float(single[1])
    elif (pair := _AGE_RANGE.fullmatch(text)) and float(pair[1]) <= float(pair[2]):
        years = (float(pair[1]) + float(pair[2])) / 2
    else:
        raise ValueError(f"age {text!r} is no number of years")
    if years > OLDEST:
        raise ValueError(f"age {text!r} is above {OLDEST:g} years")
    return years


def gender(text: str) -> str:
    """Reads "female" or "male" from a word such as F, woman or 여; ValueError for other words.

    Example:
        >>> gender("여"), gender("M")
        ('female', 'male')
    """
    return _found("gender", GENDERS, text)


def tone(text: str) -> str:
    """Reads "warm" or "cool" from a word such as 웜톤, Cool or spring; ValueError for others.

    Example:
        >>> tone("웜톤"), tone("cool summer")
        ('warm', 'cool')
    """
    bare = re.sub(r"[\s_-]", "", text.lower())
    return _found("tone", TONES, bare.removesuffix("tone").removesuffix("톤"))


def emotion(text: str) -> str:
    """Reads an emotion under its one name; a word of no known emotion is kept as it is.

    Example:
        >>> emotion("Happiness"), emotion("bored")
        ('happy', 'bored')
    """
    return EMOTIONS.get(text.strip().lower(), text.strip())


LABELS: dict[str, Callable[[str], float | str]] = {
    "age": age,
    "gender": gender,
    "tone": tone,
    "emotion": emotion,
}
"""The label columns whose values have a meaning of their own."""


def label(column: str, text: str) -> float | str | None:
    """Reads the label of any column; one without a vocabulary keeps its text.

    Args:
        column: Of the manifest, such as "age", or one of a task's own.
        text: As the dataset has it.

    Returns:
        The value, or None where the text says that there is none.

    Raises:
        ValueError: If the text is no label of this column.

    Example:
        >>> label("gender", "여성"), label("tone", "Spring"), label("hat", "red"), label("age", "-")
        ('female', 'warm', 'red', None)
    """
    if text.strip().lower() in MISSING:
        return None
    return LABELS.get(column, str.strip)(text)


def _found(column: str, words: dict[str, str], text: str) -> str:
    value = words.get(text.strip().lower())
    if value is None:
        raise ValueError(f"{column} {text!r} is none of {', '.join(words)}")
    return value
