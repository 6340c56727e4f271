"""Crops to trials, the best of them judged, logged and registered."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot
from matplotlib.figure import Figure
from rich.console import Console

import fdc.search
from fdc import manifest, registry
from fdc.curation.report import write_report
from fdc.evaluation import figures, judge
from fdc.evaluation.counts import count_photos
from fdc.evaluation.model_card import render
from fdc.evaluation.verdict import Verdict
from fdc.experiment import Experiment
from fdc.network import Network
from fdc.registry import Version
from fdc.registry.comparison import outputs as outputs_of
from fdc.search import CropSet, SearchResult
from fdc.tasks import Task
from fdc.tracking import SearchRun, tracking_uri
from pipelines import workspace
from pipelines.prepare import Prepared

console = Console()

RESULT = "verdict.json"

DRAWINGS = (
    "Trained and tested on drawings: it says nothing about real faces. 그린 얼굴로 학습했습니다."
)


def search(experiment: Experiment, prepared: Prepared, *, fresh: bool = False) -> None:
    """Searches, judges the winner on the test photos, and registers it.

    The same experiment on the same photos is the same search: it is taken up where it stopped, and
    one that is done is only told again.

    Args:
        experiment: What to search for.
        prepared: Its photos.
        fresh: Begin anew where this search was done already.
    """
    folder = search_folder(experiment, prepared, fresh)
    done = folder / RESULT
    if done.is_file():
        console.print("\n".join(json.loads(done.read_text(encoding="utf-8"))["sentences"]))
        console.print("This search is done already; --fresh searches anew.", style="yellow")
        return
    with open_run(experiment, prepared, folder) as run:
        result = run_search(experiment, prepared, folder, run)
        verdict, table = test(prepared, result)
        log_verdict(run, prepared, result, verdict, table)
        version = registry.package(
            run_id=run.run_id(),
            task=prepared.task,
            network=result.network,
            recipe=prepared.recipe,
            predictions=table,
            metrics=verdict.metrics,
            weights_folders=experiment.prepare.weights,
            tracking_uri=tracking_uri(),
        )
    sentences = tell(verdict, version)
    if result.interrupted:
        console.print("It was stopped early; the same command goes on with it.", style="yellow")
    else:
        done.write_text(json.dumps({"version": version.number, "sentences": sentences}), "utf-8")


def search_folder(experiment: Experiment, prepared: Prepared, fresh: bool = False) -> Path:
    """The folder of this very search; the next free one where a new search is wanted."""
    told = experiment.search.model_dump_json() + prepared.task.model_dump_json()
    told += prepared.recipe.fingerprint + manifest.digest(prepared.manifest)
    fingerprint = hashlib.sha256(told.encode()).hexdigest()[:10]
    folder = workspace.search(prepared.task.name, fingerprint)
    again = 2
    while fresh and (folder / RESULT).is_file():
        folder = workspace.search(prepared.task.name, f"{fingerprint}-{again}")
        again += 1
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def open_run(
    experiment: Experiment, prepared: Prepared, folder: Path, kind: str = "search"
) -> SearchRun:
    """The parent run, with everything that goes into a search, or an audit."""
    task, recipe = prepared.task, prepared.recipe
    data = workspace.dataset_name(prepared.root)
    run = SearchRun(
        f"fdc-{task.name}",
        f"{kind}: {task.name} on {data}",
        folder,
        tags={"fdc.kind": kind, "fdc.task": task.name, "fdc.recipe": recipe.fingerprint},
        params=experiment.search.model_dump() | {f"recipe.{k}": v for k, v in recipe},
        uri=tracking_uri(),
    )
    run.log_text(experiment.model_dump_json(indent=2), "experiment.json")
    run.log_artifact(workspace.EXPERIMENTS / f"{task.name}.yaml")
    run.log_manifest(data, manifest.digest(prepared.manifest), counts(prepared))
    page = write_report(
        prepared.manifest,
        task,
        folder / "data_report.html",
        anonymous=True,
        weighing=experiment.search.balance,
        title=data,
    )
    run.log_artifact(page)
    return run


def counts(prepared: Prepared) -> dict[str, int]:
    """How many photos stand on which side, and how many each rule set aside."""
    sides = manifest.clean(prepared.manifest)["split"].value_counts()
    aside = manifest.quarantine_counts(prepared.manifest)
    return {str(side): int(n) for side, n in sides.items()} | {
        f"quarantine {rule}": n for rule, n in aside.items()
    }


def run_search(
    experiment: Experiment, prepared: Prepared, folder: Path, run: SearchRun
) -> SearchResult:
    """Searches on the training side, tuned on the validation side; the test side is not touched."""
    settings, task = experiment.search, prepared.task
    return fdc.search.search(
        crops(prepared, "train"),
        crops(prepared, "validation"),
        kind=task.kind,
        classes=len(task.labels),
        tuner=settings.tuner,
        minutes=settings.minutes,
        trials=settings.trials,
        epochs=settings.epochs,
        patience=settings.patience,
        batch_size=settings.batch_size,
        seed=settings.seed,
        workers=settings.workers,
        memory_limit_gb=settings.memory_limit_gb,
        balance=settings.balance,
        augmentation=settings.augmentation,
        forbidden_augmentation=task.forbidden_augmentation,
        folder=folder,
        log=run,
    )


def crops(prepared: Prepared, split: str) -> CropSet:
    """One side's crops with their targets."""
    rows = side(prepared, split)
    store, task = prepared.store, prepared.task
    return CropSet(
        path=store.crops_path,
        count=store.count,
        size=store.size,
        positions=store.positions(rows).to_numpy(np.int64),
        targets=task.encode(rows[task.column]).to_numpy(
            np.float32 if task.is_regression else np.int64
        ),
    )


def side(prepared: Prepared, split: str) -> pd.DataFrame:
    """The clean rows of one side of the split."""
    return prepared.manifest[prepared.manifest["split"] == split]


def test(prepared: Prepared, result: SearchResult) -> tuple[Verdict, pd.DataFrame]:
    """Judges the winner on people that it has never seen.

    Returns:
        The verdict, and what the network said about each test photo.
    """
    rows, seen = side(prepared, "test"), crops(prepared, "test")
    outputs = Network(result.network).predict(seen.pixels(), positions=seen.positions)
    verdict = judge(
        prepared.task,
        seen.targets,
        outputs,
        train_truth=crops(prepared, "train").targets,
        groups=rows["group"].to_numpy(),
        manifest=rows,
    )
    table = registry.predictions_table(
        rows["image_id"].tolist(), seen.targets.tolist(), outputs, rows["group"].tolist()
    )
    return verdict, table


def log_verdict(
    run: SearchRun,
    prepared: Prepared,
    result: SearchResult,
    verdict: Verdict,
    table: pd.DataFrame,
) -> None:
    """Logs the leaderboard, the figures, the verdict and the model card to the parent run."""
    run.log_metrics({f"test/{name}": value for name, value in verdict.metrics.items()})
    run.log_metrics({f"baseline/{name}": value for name, value in verdict.baseline.items()})
    run.log_metrics({"search/seconds": result.seconds, "search/peak_gb": result.peak_worker_gb})
    run.log_tags({"mlflow.note.content": "\n\n".join(_sentences(verdict))})
    run.log_dict(verdict.model_dump(mode="json"), "verdict.json")
    run.log_table(leaderboard(result), "leaderboard.json")
    drawn = draw(run, prepared.task, result, verdict, table)
    for name, figure in drawn.items():
        run.log_figure(figure, f"figures/{name.replace(' ', '_')}.png")
    card = render(
        verdict,
        counts=count_photos(prepared.manifest, prepared.task),
        recipe=prepared.recipe.model_dump() | {"fingerprint": prepared.recipe.fingerprint},
        training={
            "trials": len(result.trials),
            "minutes": round(result.seconds / 60, 1),
            "best trial": result.best_trial,
        }
        | next(t.hyperparameters for t in result.trials if t.id == result.best_trial),
        figures=drawn,
        notes=[DRAWINGS] if (prepared.manifest["source"] == "sample").all() else [],
    )
    run.log_text(card, "model_card.html")
    for figure in drawn.values():
        pyplot.close(figure)


def draw(
    run: SearchRun, task: Task, result: SearchResult, verdict: Verdict, table: pd.DataFrame
) -> dict[str, Figure]:
    """The figures of a search, by name."""
    truth, outputs = table["truth"].to_numpy(), outputs_of(table)
    trials, metric, direction = run.trials(), result.objective, result.direction
    drawn = {
        "leaderboard": figures.leaderboard(trials, metric, direction),
        "learning curves": figures.learning_curves(run.curves(), trials, metric, direction),
        "slices": figures.slice_chart(verdict),
    }
    if task.is_regression:
        drawn["predicted against true"] = figures.predicted_against_true(task, truth, outputs[:, 0])
    else:
        drawn["confusion"] = figures.confusion(task, truth.astype(int), outputs)
        drawn["reliability"] = figures.reliability_diagram(truth.astype(int), outputs)
    return drawn


def leaderboard(result: SearchResult) -> pd.DataFrame:
    """One row per trial, the best first."""
    rows = [
        {
            "trial": trial.number,
            "status": trial.status,
            result.objective: trial.metrics.get(result.objective),
            "epochs": len(trial.curve),
            "seconds": round(trial.seconds, 1),
            "parameters": trial.parameters,
            "reason": trial.reason or "",
        }
        | dict(trial.hyperparameters)
        for trial in result.trials
    ]
    ascending = result.direction == "min"
    return pd.DataFrame(rows).sort_values(result.objective, ascending=ascending)


def _sentences(verdict: Verdict) -> list[str]:
    return [*verdict.sentences("en"), *verdict.sentences("ko")]


def tell(verdict: Verdict, version: Version) -> list[str]:
    """Prints what came out, in Korean and English, and what to do next."""
    sentences = _sentences(verdict)
    console.rule(f"{version.name} version {version.number}")
    console.print("\n".join(sentences))
    task = version.name.removeprefix("fdc-")
    console.print(f"Next: make ui, make promote TASK={task}, make serve", style="dim")
    return sentences
