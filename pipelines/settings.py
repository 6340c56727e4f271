"""Lists the experiments and every value that they, or the service, may set."""

import math
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fdc import experiment
from fdc.experiment import Experiment
from fdc.serving.settings import ServiceSettings

from . import workspace


def show_settings() -> None:
    """Prints the experiments, then key, default and meaning of every setting."""
    console = Console()
    console.print("Experiments:", ", ".join(experiment.names(*workspace.EXPERIMENTS)))
    console.print(_table(Experiment))
    console.print("\nThe service (fdc serve):")
    console.print(_table(ServiceSettings))


def _table(model: type[BaseModel]) -> Table:
    table = Table(box=None, header_style="bold")
    table.add_column("Key", no_wrap=True)
    table.add_column("Default", overflow="fold")
    table.add_column("Meaning")
    for key, field in fields(model):
        table.add_row(key, *map(escape, (default(field), meaning(field))))
    return table


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting of a model and of the models in it, by dotted key."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def default(field: FieldInfo) -> str:
    """A setting's default as YAML writes it; "required" where it has none."""
    if field.is_required():
        return "required"
    value = to_jsonable_python(field.get_default(call_default_factory=True))
    return yaml.safe_dump(value, default_flow_style=True, width=math.inf).splitlines()[0]


def meaning(field: FieldInfo) -> str:
    """A setting's description, and what may be chosen where the choice is limited."""
    options = ", ".join(_options(field.annotation))
    return f"{field.description} ({options})" if options else f"{field.description}"


def _options(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    else:
        for inner in get_args(annotation):
            yield from _options(inner)
