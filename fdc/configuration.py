"""A YAML file and the command line become one validated model, every mistake told at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from fdc.errors import SettingsError, did_you_mean

Model = TypeVar("Model", bound=BaseModel)


def parse_override(text: str) -> tuple[str, Any]:
    """Splits what follows `--set` into its key and its value, read as YAML.

    Raises:
        SettingsError: If it has no "=", or the value is not YAML.

    Example:
        >>> parse_override("search.minutes=5")
        ('search.minutes', 5)
    """
    key, separator, value = text.partition("=")
    try:
        parsed = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise SettingsError(f"--set {text}: the value is not YAML: {error}") from error
    if not (separator and key.strip()):
        raise SettingsError(f"--set {text!r} has no '='.", "Write --set KEY=VALUE.")
    return key.strip(), parsed


def read(path: Path, model: type[BaseModel]) -> dict[str, Any]:
    """Reads a YAML file of settings, not validated yet.

    Args:
        path: The file; it must exist.
        model: What it is to describe; its keys are named where the file is empty.

    Raises:
        SettingsError: It is no YAML, or no mapping.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not YAML: {error}", "Mend it there.") from error
    if not isinstance(values, dict):
        raise SettingsError(
            f"{path} holds no settings.", f"It needs one of: {', '.join(model.model_fields)}."
        )
    return values


def override(values: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    """Puts values over others, in place.

    Args:
        values: Nested, as YAML gives them.
        overrides: By dotted key, such as {"search.minutes": 5}.

    Example:
        >>> values = {"search": {"trials": 8}}
        >>> override(values, {"search.minutes": 5})
        >>> values
        {'search': {'trials': 8, 'minutes': 5}}
    """
    for key, value in overrides.items():
        *outer, last = key.split(".")
        target = values
        for part in outer:
            if not isinstance(target.get(part), dict):
                target[part] = {}
            target = target[part]
        target[last] = value


def validate(model: type[Model], values: Mapping[str, Any], source: Path | str) -> Model:
    """Makes the model of the values.

    Args:
        model: What they are to describe.
        values: Nested, as YAML gives them.
        source: Where they come from, for the message.

    Raises:
        SettingsError: Telling every mistake at once: source, key, value, what is allowed.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        mistakes = "\n".join(f"  - {_describe(each, model)}" for each in error.errors())
        raise SettingsError(
            f"{source} has {error.error_count()} mistake(s):\n{mistakes}", None
        ) from error


def _describe(mistake: Any, model: type[BaseModel]) -> str:
    location = [str(part) for part in mistake["loc"]]
    key = ".".join(location) or model.__name__.lower()
    if mistake["type"] == "extra_forbidden":
        allowed = _fields_at(model, location[:-1])
        return (
            f"{key}: unknown key. {did_you_mean(location[-1], allowed)}"
            f"Allowed: {', '.join(allowed)}"
        )
    if mistake["type"] == "missing":
        return f"{key}: is missing"
    message = mistake["msg"].removeprefix("Value error, ")
    value = mistake["input"]
    if isinstance(value, (dict, BaseModel)):
        return f"{key}: {message}"
    expected = mistake.get("ctx", {}).get("expected")
    options = [option.strip("' ") for option in str(expected).replace(" or ", ",").split(",")]
    meant = did_you_mean(str(value), options) if expected else ""
    return f"{key}: {message}, but got {value!r}. {meant}".rstrip()


def _fields_at(model: type[BaseModel], location: Sequence[str]) -> list[str]:
    for part in location:
        field = model.model_fields.get(part)
        options = [field.annotation, *get_args(field.annotation)] if field else []
        inner = [o for o in options if isinstance(o, type) and issubclass(o, BaseModel)]
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)
