"""Lists the experiments and every value that they may set."""

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich.console import Console
from rich.table import Table

from fdc import experiment
from fdc.experiment import Experiment
from pipelines import workspace


def show_settings() -> None:
    """Prints the experiments, then key, default and meaning of every setting."""
    console = Console()
    console.print("Experiments:", ", ".join(experiment.names(workspace.EXPERIMENTS)))
    table = Table("Key", "Default", "Meaning", box=None, header_style="bold")
    for key, field in _fields(Experiment, ""):
        value = field.get_default(call_default_factory=True)
        default = (
            "required" if field.is_required() else yaml.safe_dump(_plain(value)).split("\n")[0]
        )
        table.add_row(key, default, _meaning(field))
    console.print(table)


def _meaning(field: FieldInfo) -> str:
    allowed = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    options = f"One of {', '.join(map(str, allowed))}." if allowed else ""
    return " ".join(part for part in (field.description, options) if part)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field
