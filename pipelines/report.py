"""One page of figures about the photos, before anything is trained."""

from pathlib import Path

from rich.console import Console

from fdc.curation.report import write_reports
from fdc.errors import DataError
from fdc.experiment import Experiment
from fdc.manifest import clean

from . import workspace
from .prepare import crop_photos, split_photos

console = Console()


def report(experiment: Experiment, output: Path | None = None, *, examples: bool = False) -> None:
    """Prepares the photos and writes the page; what was prepared before is taken from its store.

    Args:
        experiment: Whose photos and rules.
        output: The page in Korean; by default below data/reports/. Other languages lie beside it.
        examples: Whether photos are shown. A page that shows any stays on this disk.
    """
    cropped = crop_photos(experiment)
    try:
        curated, task = split_photos(experiment, cropped)
    except DataError as error:
        # A page about photos that cannot be learned from is what tells a person why.
        console.print(str(error), style="yellow")
        curated = cropped.manifest
        task = experiment.task.complete(clean(curated)[experiment.task.column])
    path = output or workspace.report(task.name, cropped.root)
    pages = write_reports(
        curated,
        task,
        path,
        root=cropped.root,
        examples=examples,
        weighing=experiment.search.balance,
        title=workspace.dataset_name(cropped.root),
    )
    console.print(f"Open {' or '.join(map(str, pages.values()))}")
