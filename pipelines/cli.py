"""The command line: `fdc VERB`, each verb a module of this package.

Nothing is imported before a verb runs, so that `--help` answers at once.
"""

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fdc.experiment import Experiment

app = typer.Typer(
    name="fdc",
    help="Honest AutoML for faces: from a folder of photos to a champion.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
data_app = typer.Typer(help="Look at the photos before training.", no_args_is_help=True)
store_app = typer.Typer(help="Look after the stores of crops.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.add_typer(store_app, name="store")

TaskName = Annotated[
    str, typer.Argument(metavar="TASK", help="An experiment, such as age; fdc settings lists them.")
]
Data = Annotated[Path | None, typer.Option(help="Folder of photos. Without it, a sample is drawn.")]
Reader = Annotated[
    str | None, typer.Option(help="Format of the folder.", show_default="recognised")
]
Minutes = Annotated[float | None, typer.Option(help="The search ends within so many minutes.")]
Trials = Annotated[int | None, typer.Option(help="At most so many trials.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Any value of the experiment, such as prepare.size=128."
    ),
]
Port = Annotated[int, typer.Option(help="Port.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Address; 0.0.0.0 lets others in.")]


def _experiment(task: str, settings: list[str] | None, **flags: Any) -> "Experiment":
    from fdc import experiment

    from . import workspace

    path = experiment.find(task, *workspace.EXPERIMENTS)
    return experiment.load(path, _overrides(settings, flags))


def _overrides(settings: list[str] | None, flags: dict[str, Any]) -> dict[str, Any]:
    """What --set says, and the flags that were given; a flag `a__b` stands for the key `a.b`."""
    from fdc import configuration

    overrides = dict(configuration.parse_override(text) for text in settings or ())
    named = {key.replace("__", "."): value for key, value in flags.items() if value is not None}
    return {**overrides, **named}


@app.command()
def prepare(
    task: TaskName,
    data: Data = None,
    reader: Reader = None,
    verify: Annotated[bool, typer.Option("--verify", help="Check the crops' checksums.")] = False,
    settings: Set = None,
) -> None:
    """Read, check, crop and split the photos."""
    from .prepare import prepare, verify_store

    experiment = _experiment(task, settings, data__path=data, data__reader=reader)
    prepared = prepare(experiment)
    if verify:
        verify_store(prepared)


@app.command()
def search(
    task: TaskName,
    data: Data = None,
    reader: Reader = None,
    minutes: Minutes = None,
    trials: Trials = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Search anew where this search is done already.")
    ] = False,
    settings: Set = None,
) -> None:
    """Search for the best model of a task, log every trial, register the best."""
    from fdc.tracking import require, tracking_uri

    from .prepare import prepare

    experiment = _experiment(
        task,
        settings,
        data__path=data,
        data__reader=reader,
        search__minutes=minutes,
        search__trials=trials,
    )
    require(tracking_uri())
    prepared = prepare(experiment)
    # MLflow takes seconds to import: photos that are of no use are told before.
    from .search import search

    search(experiment, prepared, fresh=fresh)


@app.command()
def evaluate(
    task: TaskName,
    version: Annotated[int | None, typer.Option(help="Version.", show_default="newest")] = None,
) -> None:
    """Show a registered model's figures on the test photos."""
    from .evaluate import evaluate

    evaluate(task, version)


@app.command()
def promote(
    task: TaskName,
    version: Annotated[int | None, typer.Option(help="Version.", show_default="newest")] = None,
    force: Annotated[bool, typer.Option("--force", help="Even where it is worse.")] = False,
) -> None:
    """Make a version the champion, if it is no worse on the same test photos."""
    from .promote import promote

    promote(task, version, force=force)


@app.command()
def rollback(task: TaskName) -> None:
    """Put the previous champion back."""
    from .promote import rollback

    rollback(task)


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address; 0.0.0.0 lets others in.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port.", show_default="8000")] = None,
    hosts: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name under which it may be addressed; repeatable."),
    ] = None,
    behind: Annotated[
        str | None, typer.Option(help="Address of the reverse proxy that is believed.")
    ] = None,
    refresh_seconds: Annotated[
        float | None,
        typer.Option(help="How often new champions are looked for.", show_default="30"),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="YAML file of these settings.", exists=True, dir_okay=False),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Any setting, such as limits.megabytes=8."),
    ] = None,
) -> None:
    """Answer photos with all champions: a page, and POST /predict."""
    from fdc.serving.settings import load

    flags = {
        "host": host,
        "port": port,
        "hosts": hosts or None,
        "behind": behind,
        "refresh_seconds": refresh_seconds,
    }
    chosen = load(config, _overrides(settings, flags))
    from .serve import serve

    serve(chosen)


@app.command()
def audit(
    task: TaskName,
    data: Data = None,
    reader: Reader = None,
    minutes: Minutes = None,
    settings: Set = None,
) -> None:
    """Show what a split that leaks would have claimed."""
    from .audit import audit

    experiment = _experiment(
        task, settings, data__path=data, data__reader=reader, search__minutes=minutes
    )
    audit(experiment)


@app.command()
def ui(host: Host = "127.0.0.1", port: Port = 5000) -> None:
    """Browse runs and models in MLflow."""
    from .ui import ui

    ui(host, port)


@app.command()
def settings() -> None:
    """List the experiments and every value that they may set."""
    from .settings import show_settings

    show_settings()


@app.command()
def weights() -> None:
    """List the published networks that a search may start from, and where they come from."""
    from .weights import show_weights

    show_weights()


@data_app.command()
def report(
    task: TaskName = "age",
    data: Data = None,
    reader: Reader = None,
    output: Annotated[Path | None, typer.Option(help="The page to write.")] = None,
    examples: Annotated[
        bool, typer.Option("--examples", help="Show photos: of quarantined rows and duplicates.")
    ] = False,
    settings: Set = None,
) -> None:
    """Write one page of figures about the photos."""
    from .report import report

    experiment = _experiment(task, settings, data__path=data, data__reader=reader)
    report(experiment, output, examples=examples)


@store_app.command()
def gc(
    delete: Annotated[bool, typer.Option("--delete", help="Delete it, not only list it.")] = False,
) -> None:
    """List, or delete, the crop stores that no manifest refers to."""
    from .store import collect_garbage

    collect_garbage(delete=delete)


def main() -> None:
    """Runs the command line; what a person can put right is told without a traceback."""
    from fdc.errors import FdcError

    # Set before any import of TensorFlow, whose notices would bury what fdc says.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        app()
    except FdcError as error:
        _complain(error.message, error.hint)
        sys.exit(2)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        place = f" at {error.filename}" if error.filename else ""
        _complain(
            f"{os.strerror(error.errno)}{place}.",
            "Make room or give access, and say the same command again: what is done is kept.",
        )
        sys.exit(2)
    except KeyboardInterrupt:
        _complain("Stopped.", "The same command takes it up again.")
        sys.exit(130)


def _complain(message: str, hint: str | None) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True)
    console.print(Text.assemble(("Error: ", "bold red"), message))
    if hint:
        console.print(Text.assemble(("What to do: ", "bold"), hint))
