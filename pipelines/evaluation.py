"""What a search's winner is worth: judged on the test photos, logged and told."""

import pandas as pd
from matplotlib import pyplot
from matplotlib.figure import Figure
from rich.console import Console

from fdc import registry
from fdc.evaluation import figures, judge
from fdc.evaluation.counts import count_photos
from fdc.evaluation.model_card import render
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.wording import sentences
from fdc.inference.network import Network
from fdc.registry import Version
from fdc.registry.comparison import outputs as outputs_of
from fdc.search import SearchResult
from fdc.tasks import Task
from fdc.tracking import SearchRun

from .prepare import Prepared
from .sides import crops, side

console = Console()

DRAWINGS = (
    "Trained and tested on drawings: it says nothing about real faces. 그린 얼굴로 학습했습니다."
)


def test(prepared: Prepared, result: SearchResult) -> tuple[EvaluationReport, pd.DataFrame]:
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
    verdict: EvaluationReport,
    table: pd.DataFrame,
) -> None:
    """Logs the leaderboard, the figures, the verdict and the model card to the parent run."""
    run.log_metrics({f"test/{name}": value for name, value in verdict.metrics.items()})
    run.log_metrics({f"baseline/{name}": value for name, value in verdict.baseline.items()})
    run.log_metrics({"search/seconds": result.seconds, "search/peak_gb": result.peak_worker_gb})
    run.log_tags({"mlflow.note.content": "\n\n".join(in_both_languages(verdict))})
    run.log_dict(verdict.model_dump(mode="json"), "verdict.json")
    run.log_table(leaderboard(result), "leaderboard.json")
    drawn = draw(prepared.task, result, verdict, table)
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
    task: Task, result: SearchResult, verdict: EvaluationReport, table: pd.DataFrame
) -> dict[str, Figure]:
    """The figures of a search, by name."""
    truth, outputs = table["truth"].to_numpy(), outputs_of(table)
    trials, metric, direction = result.trials, result.objective, result.direction
    drawn = {
        "leaderboard": figures.leaderboard(trials, metric, direction),
        "learning curves": figures.learning_curves(trials, metric, direction),
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


def in_both_languages(verdict: EvaluationReport) -> list[str]:
    """What came out, in English and Korean."""
    return [*sentences(verdict, "en"), *sentences(verdict, "ko")]


def tell(verdict: EvaluationReport, version: Version) -> list[str]:
    """Prints what came out, in Korean and English, and what to do next."""
    said = in_both_languages(verdict)
    console.rule(f"{version.name} version {version.number}")
    console.print("\n".join(said))
    task = version.name.removeprefix("fdc-")
    console.print(f"Next: make ui, make promote TASK={task}, make serve", style="dim")
    return said
