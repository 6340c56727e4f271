"""Crops to trials, the best of them evaluated, logged and registered."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

import fdc.search
from fdc import files, manifest, registry, weights
from fdc.curation.report import write_reports
from fdc.experiment import Experiment
from fdc.experiment import find as experiment_file
from fdc.search import Resources, SearchSpec
from fdc.search.spec import RESOURCES
from fdc.tasks import Task
from fdc.tracking import SearchRun, is_of_older_fdc, tracking_uri

from . import workspace
from .prepare import Prepared
from .reporting import log_report, show, test
from .sides import crops

console = Console()

REGISTERED = "registered.json"
"""In a search's folder, once it is done: the version, and what was said of it."""


def search(experiment: Experiment, prepared: Prepared, *, fresh: bool = False) -> None:
    """Searches, evaluates the winner on the test photos, and registers it.

    The same experiment on the same photos is the same search: it is taken up where it stopped, and
    one that is done is only reported again.

    Args:
        experiment: What to search for.
        prepared: Its photos.
        fresh: Begin anew where this search was done already.
    """
    folder = search_folder(experiment, prepared, fresh)
    done = files.read_json(folder / REGISTERED)
    if done is not None:
        console.print("\n".join(done["sentences"]))
        console.print("This search is done already; --fresh searches anew.", style="yellow")
        return
    spec = search_spec(experiment, prepared.task)
    with open_run(experiment, prepared, spec, folder) as run:
        # The test side is not touched.
        train, validation = crops(prepared, "train"), crops(prepared, "validation")
        result = fdc.search.search(train, validation, spec, folder, history=run.history)
        report, table = test(prepared, result)
        log_report(run, prepared, result, report, table)
        version = registry.package(
            run_id=run.run_id(),
            task=prepared.task,
            network=result.network,
            recipe=prepared.recipe,
            predictions=table,
            metrics=report.metrics,
            weights_folders=experiment.prepare.weights,
            tracking_uri=tracking_uri(),
        )
    sentences = show(report, version)
    if result.interrupted:
        console.print("It was stopped early; the same command goes on with it.", style="yellow")
    else:
        files.write_json(folder / REGISTERED, {"version": version.number, "sentences": sentences})


def search_spec(experiment: Experiment, task: Task) -> SearchSpec:
    """The search that an experiment asks for, on a task whose classes are known."""
    settings = experiment.search.model_dump()
    resources = {name: settings.pop(name) for name in RESOURCES if name in settings}
    del settings["pretrained"]
    at_hand = published_networks(experiment)
    return SearchSpec(task=task, resources=Resources(**resources), weights=at_hand, **settings)


def published_networks(experiment: Experiment) -> dict[str, Path]:
    """The networks that trials may start from: those that are here, if they are wanted."""
    if not experiment.search.pretrained:
        return {}
    return weights.pretrained(experiment.prepare.weights)


def search_name(experiment: Experiment, prepared: Prepared) -> str:
    """A name that only this very search has, wherever it runs."""
    parts = (
        experiment.search.model_dump_json(exclude=set(RESOURCES)),
        *sorted(published_networks(experiment)),
        prepared.task.model_dump_json(),
        prepared.recipe.fingerprint,
        manifest.digest(prepared.manifest),
    )
    return f"{prepared.task.name}-{hashlib.sha256(''.join(parts).encode()).hexdigest()[:10]}"


def search_folder(experiment: Experiment, prepared: Prepared, fresh: bool = False) -> Path:
    """Makes the folder of this very search; the next free one where a new search is wanted."""
    name = search_name(experiment, prepared)
    folder = workspace.search(name)
    number = 2
    while fresh and ((folder / REGISTERED).is_file() or is_of_older_fdc(folder)):
        folder = workspace.search(f"{name}-{number}")
        number += 1
    folder.mkdir(parents=True, exist_ok=True)
    files.write_text(folder / workspace.SEARCHED_RECIPE, prepared.recipe.fingerprint)
    return folder


@contextmanager
def open_run(
    experiment: Experiment,
    prepared: Prepared,
    spec: SearchSpec,
    folder: Path,
    kind: str = "search",
) -> Iterator[SearchRun]:
    """The parent run, with everything that goes into a search, or an audit."""
    task, recipe = prepared.task, prepared.recipe
    data = workspace.dataset_name(prepared.root)
    with SearchRun(
        registry.PREFIX + task.name,
        f"{kind}: {task.name} on {data}",
        folder,
        tags={"fdc.kind": kind, "fdc.task": task.name, "fdc.recipe": recipe.fingerprint},
        params=spec.params() | {f"recipe.{k}": v for k, v in recipe},
        uri=tracking_uri(),
    ) as run:
        run.log_text(experiment.model_dump_json(indent=2), "experiment.json")
        run.log_artifact(experiment_file(task.name, *workspace.EXPERIMENTS))
        run.log_manifest(data, manifest.digest(prepared.manifest), counts(prepared))
        pages = write_reports(
            prepared.manifest,
            task,
            folder / "data_report.html",
            anonymous=True,
            weighing=experiment.search.balance,
            title=data,
        )
        for page in pages.values():
            run.log_artifact(page)
        yield run


def counts(prepared: Prepared) -> dict[str, int]:
    """How many photos stand on which side, and how many each rule set aside."""
    sides = manifest.clean(prepared.manifest)["split"].value_counts()
    aside = manifest.quarantine_counts(prepared.manifest)
    return {str(side): int(n) for side, n in sides.items()} | {
        f"quarantine {rule}": n for rule, n in aside.items()
    }
