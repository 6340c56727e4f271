"""Every sentence that an end user reads, in every language that fdc speaks.

Each language is one module with one table, `TEXTS`, all with the same keys: the room that speaks,
a dot, and what it says. A further language is one more module and its name in `Language`.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import PurePath
from typing import Any, Literal, cast, get_args

from pydantic import ConfigDict, RootModel, model_validator

Language = Literal["ko", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The first is spoken where nobody asks for another."""

_TEXTS: Mapping[Language, Mapping[str, str]] = {
    language: import_module(f"{__name__}.{language}").TEXTS for language in LANGUAGES
}


class LocalizedText(RootModel[dict[Language, str]]):
    """A text by language; one that an experiment gives may lack some, but not all.

    Example:
        >>> title = LocalizedText(ko="나이", en="age")
        >>> title["ko"]
        '나이'
        >>> title.model_dump_json()
        '{"ko":"나이","en":"age"}'
    """

    model_config = ConfigDict(frozen=True)

    def __init__(self, root: Mapping[Language, str] | None = None, /, **texts: str) -> None:
        super().__init__(cast(dict[Language, str], texts if root is None else root))

    @model_validator(mode="after")
    def _not_empty(self) -> "LocalizedText":
        if not self.root:
            raise ValueError(f"give the text in one of {', '.join(LANGUAGES)} at least")
        return self

    def __getitem__(self, language: Language) -> str:
        """The text in a language, or in English (else the first) where it lacks that language."""
        wanted = (language, "en", *self.root)
        return next(self.root[known] for known in wanted if known in self.root)


def text(key: str, language: Language, **values: Any) -> str:
    """One sentence.

    Args:
        key: Such as "refusal.no face".
        language: In which to speak.
        **values: For the placeholders of the sentence.

    Raises:
        KeyError: There is no such sentence, or it needs a value that is not given.

    Example:
        >>> text("split.train", "ko")
        '학습'
    """
    return _TEXTS[language][key].format_map(values)


def localized(key: str, **values: Any) -> LocalizedText:
    """One sentence in every language; see `text`.

    Example:
        >>> localized("split.train")["ko"]
        '학습'
    """
    return in_every_language(lambda language: text(key, language, **values))


def in_every_language(say: Callable[[Language], str]) -> LocalizedText:
    """What a function says in each language.

    Example:
        >>> in_every_language(lambda language: text("split.train", language))["ko"]
        '학습'
    """
    return LocalizedText({language: say(language) for language in LANGUAGES})


def has(key: str) -> bool:
    """Whether there is such a sentence.

    Example:
        >>> has("split.train"), has("split.holiday")
        (True, False)
    """
    return key in _TEXTS[LANGUAGES[0]]


def section(name: str) -> dict[Language, dict[str, str]]:
    """The sentences whose keys begin with a name and a dot, by language and by the rest of the key.

    Example:
        >>> section("split")["en"]
        {'train': 'training', 'validation': 'validation', 'test': 'test'}
    """
    start = f"{name}."
    return {
        language: {
            key.removeprefix(start): sentence
            for key, sentence in texts.items()
            if key.startswith(start)
        }
        for language, texts in _TEXTS.items()
    }


def name_of(kind: str, identifier: str, language: Language) -> str:
    """What an identifier is called, or itself where no language has a name for it.

    Example:
        >>> name_of("value", "female", "ko"), name_of("value", "violet", "ko")
        ('여성', 'violet')
    """
    key = f"{kind}.{identifier}"
    return text(key, language) if has(key) else identifier


def file_name(name: str, language: Language) -> str:
    """What a page is called in a language; the first language's page keeps the plain name.

    Example:
        >>> file_name("model_card.html", "ko"), file_name("model_card.html", "en")
        ('model_card.html', 'model_card_en.html')
    """
    path = PurePath(name)
    return name if language == LANGUAGES[0] else f"{path.stem}_{language}{path.suffix}"
