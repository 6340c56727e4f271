"""Every error that fdc raises on purpose; the command line shows these without a traceback."""

import difflib
from collections.abc import Iterable


class FdcError(Exception):
    """Something a person can put right.

    Args:
        message: What is wrong, and where, in one sentence.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class SettingsError(FdcError):
    """A settings file, or a value that overrides it, says something that is not allowed."""


class DataError(FdcError):
    """The photos or their labels cannot be used: missing, empty, one class only, unknown format."""


class PhotoError(FdcError):
    """One photo cannot be decoded; it is quarantined and the run goes on."""


class WeightsError(FdcError):
    """A network's weights are missing, or are not the file that they should be."""


class StoreError(FdcError):
    """A crop store cannot be read or written: disk full, damaged, or held by another process."""


class SearchError(FdcError):
    """A search cannot start, or ended without one completed trial."""


class TrackingError(FdcError):
    """MLflow's server or database cannot be reached."""


class InferenceError(FdcError):
    """A model folder cannot answer: incomplete, of parts that do not fit, or for other crops."""


class RegistryError(FdcError):
    """A model cannot be registered, found, promoted or rolled back."""


class ExecutionError(FdcError):
    """Work cannot be spread: no such engine, no cluster or no room on it, workers do not start."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The question that helps after a slip of the pen.

    Args:
        word: What was said.
        known: What could have been said.

    Returns:
        "Did you mean 'age'? ", with a space at its end; empty where nothing is close.

    Example:
        >>> did_you_mean("aeg", ["age", "gender"])
        "Did you mean 'age'? "
    """
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"Did you mean {close[0]!r}? " if close else ""
