"""What a split that leaks would have claimed: the same model and budget on each way of dividing."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import fdc.search
from fdc.evaluation import leakage as auditing
from fdc.evaluation import score
from fdc.evaluation.leakage import AuditResult, Condition, vary
from fdc.experiment import Experiment
from fdc.inference.network import Network
from fdc.locale import LANGUAGES
from fdc.search import CropView, SearchSpec
from fdc.tracking import require, tracking_uri

from . import workspace
from .prepare import Prepared, prepare
from .search import open_run, search_name, search_spec
from .sides import targets

console = Console()


def audit(experiment: Experiment) -> None:
    """Trains one model for each way of dividing the photos; prints and logs the scores.

    The minutes of the experiment are divided between the ways.

    Raises:
        DataError: No person or copy has two photos, so that nothing could leak.
        TrackingError: MLflow cannot be used.
    """
    require(tracking_uri())
    prepared = prepare(experiment)
    metric, direction = prepared.task.objective
    spec = audit_spec(experiment, prepared)
    folder = workspace.audit(search_name(experiment, prepared))
    with open_run(experiment, prepared, spec, folder, kind="audit") as run:
        result = auditing.audit(
            prepared.manifest,
            partial(train_and_score, spec, prepared, folder),
            metric=metric,
            direction=direction,
            seed=experiment.split.seed,
        )
        run.log_table(result.table("en"), "audit.json")
        for name, scores in result.scores.items():
            run.log_metrics({f"{name}/{metric}": value for metric, value in scores.items()})
            run.log_metrics({f"{name}/gap": result.gap(name)})
    show(result)


def audit_spec(experiment: Experiment, prepared: Prepared) -> SearchSpec:
    """The one trial that is run for each way, here, in its part of the minutes."""
    spec = search_spec(experiment, prepared.task)
    minutes = None if spec.minutes is None else spec.minutes / len(auditing.WAYS)
    here = replace(spec.resources, workers=1, engine="local")
    return replace(
        spec, minutes=minutes, trials=1, baselines=False, reserve_seconds=5, resources=here
    )


def train_and_score(
    spec: SearchSpec, prepared: Prepared, folder: Path, condition: Condition
) -> Mapping[str, float]:
    """Trains on one way of dividing, and scores on its own test side.

    Returns:
        Metrics by name.
    """
    console.print(f"[bold]{condition.name}[/bold]: {condition.leaked:.0%} of the test photos leak")
    sides = write_crops(prepared, condition, folder / f"{condition.name}.u8")
    result = fdc.search.search(sides["train"], sides["validation"], spec, folder / condition.name)
    tested = sides["test"]
    outputs = Network(result.network).predict(tested.pixels(), positions=tested.positions)
    return score(prepared.task, tested.targets, outputs)


def write_crops(prepared: Prepared, condition: Condition, path: Path) -> dict[str, CropView]:
    """Writes the crops of one way of dividing, varied where it says so, one after another.

    Returns:
        The crops of each side.
    """
    rows = prepared.manifest.loc[condition.rows["row"]]
    positions = rows["crop"].to_numpy(np.int64)
    variants = condition.rows["variant"].to_numpy(np.int64)
    labels = targets(prepared.task, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in np.array_split(np.arange(len(rows)), max(1, len(rows) // 1024)):
            file.write(vary(prepared.store.crops[positions[chunk]], variants[chunk]).tobytes())
    sides = {}
    for name, members in condition.rows.groupby("split").indices.items():
        places = np.asarray(members, np.int64)
        sides[str(name)] = CropView(path, len(rows), prepared.store.size, places, labels[places])
    return sides


def show(result: AuditResult) -> None:
    """Prints the scores side by side, and what they mean."""
    # The run has every metric; a terminal has room for the one that matters.
    scores = result.table("en")[["what", "leaked", result.metric, "gap"]]
    table = Table(*map(str, scores.columns), box=None, header_style="bold")
    for what, leaked, value, gap in scores.itertuples(index=False):
        table.add_row(what, f"{leaked:.0%}", f"{value:.3f}", f"{gap:+.3f}")
    console.print(table)
    for language in reversed(LANGUAGES):
        console.print("\n".join(result.summary(language)))
