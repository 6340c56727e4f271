"""One page of figures about the photos, before anything is trained."""

from pathlib import Path

from rich.console import Console

from fdc.curation.report import write_report
from fdc.experiment import Experiment
from pipelines import workspace
from pipelines.prepare import prepare


def report(experiment: Experiment, output: Path | None = None, *, examples: bool = False) -> None:
    """Prepares the photos and writes the page; what was prepared before is taken from its store.

    Args:
        experiment: Whose photos and rules.
        output: The page; by default below data/reports/.
        examples: Whether photos are shown. A page that shows any stays on this disk.
    """
    prepared = prepare(experiment)
    path = output or workspace.report(prepared.task.name, prepared.root)
    path.parent.mkdir(parents=True, exist_ok=True)
    name = workspace.dataset_name(prepared.root)
    write_report(
        prepared.manifest,
        prepared.task,
        path,
        root=prepared.root,
        examples=examples,
        weighing=experiment.search.balance,
        title=name,
    )
    Console().print(f"Open {path}")
