"""What a search's winner is worth: evaluated on the test photos, logged and printed."""

import pandas as pd
from matplotlib.figure import Figure
from rich.console import Console

from fdc import registry, weights
from fdc.evaluation import evaluate, figures
from fdc.evaluation.counts import count_photos
from fdc.evaluation.model_card import render
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.wording import sentences
from fdc.inference.network import Network
from fdc.locale import LANGUAGES, Language, file_name, text
from fdc.registry import Version
from fdc.registry.comparison import outputs as outputs_of
from fdc.search import SearchResult
from fdc.tasks import Task
from fdc.tracking import SearchRun
from fdc.weights import Provenance

from .prepare import Prepared
from .sides import crops, side

console = Console()

REPORT = "report.json"
"""The artifact of the parent run that holds the evaluation report."""


def test(prepared: Prepared, result: SearchResult) -> tuple[EvaluationReport, pd.DataFrame]:
    """Evaluates the winner on people that it has never seen.

    Returns:
        The report, and what the network answered for each test photo.
    """
    rows, seen = side(prepared, "test"), crops(prepared, "test")
    outputs = Network(result.network).predict(seen.pixels(), positions=seen.positions)
    report = evaluate(
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
    return report, table


def log_report(
    run: SearchRun,
    prepared: Prepared,
    result: SearchResult,
    report: EvaluationReport,
    table: pd.DataFrame,
) -> None:
    """Logs the leaderboard, the figures, the report and the model cards to the parent run."""
    run.log_metrics({f"test/{name}": value for name, value in report.metrics.items()})
    run.log_metrics({f"baseline/{name}": value for name, value in report.baseline.items()})
    run.log_metrics({"search/seconds": result.seconds, "search/peak_gb": result.peak_worker_gb})
    run.log_tags({"mlflow.note.content": "\n\n".join(report_lines(report))})
    provenance = provenance_of(result)
    if provenance is not None:
        run.log_tags({f"fdc.backbone.{name}": value for name, value in vars(provenance).items()})
    run.log_dict(report.model_dump(mode="json"), REPORT)
    run.log_table(leaderboard_table(result), "leaderboard.json")
    counts = count_photos(prepared.manifest, prepared.task)
    recipe = prepared.recipe.model_dump() | {"fingerprint": prepared.recipe.fingerprint}
    for language in LANGUAGES:
        drawn = draw(prepared.task, result, report, table, language)
        card = render(
            report,
            language=language,
            counts=counts,
            recipe=recipe,
            training={
                "trials": len(result.trials),
                "minutes": round(result.seconds / 60, 1),
                "best trial": result.best_trial,
            },
            hyperparameters=result.best.hyperparameters,
            figures={text(f"figure.{name}", language): figure for name, figure in drawn.items()},
            notes=notes(prepared, result, language),
        )
        run.log_text(card, file_name("model_card.html", language))
        if language == "en":  # as MLflow's own pages
            for name, figure in drawn.items():
                run.log_figure(figure, f"figures/{name.replace(' ', '_')}.png")


def notes(prepared: Prepared, result: SearchResult, language: Language) -> list[str]:
    """What a reader of the card must know before all else."""
    said = [text("card.drawings", language)] if is_drawn(prepared) else []
    provenance = provenance_of(result)
    if provenance is not None:
        said.append(
            text(
                "card.pretrained",
                language,
                source=provenance.source,
                trained_on=provenance.trained_on,
                licence=provenance.licence,
            )
        )
    return said


def provenance_of(result: SearchResult) -> Provenance | None:
    """Where the weights come from that the best network started from; None: from scratch."""
    return weights.PRETRAINED.get(result.best.hyperparameters.get("network/family", ""))


def is_drawn(prepared: Prepared) -> bool:
    """Whether the photos are drawings."""
    return bool((prepared.manifest["source"] == "sample").all())


def draw(
    task: Task,
    result: SearchResult,
    report: EvaluationReport,
    table: pd.DataFrame,
    language: Language,
) -> dict[str, Figure]:
    """The figures of a search, by name."""
    truth, outputs = table["truth"].to_numpy(), outputs_of(table)
    trials, metric, direction = result.trials, result.objective, result.direction
    drawn = {
        "leaderboard": figures.leaderboard(trials, metric, direction, language),
        "learning curves": figures.learning_curves(trials, metric, direction, language),
        "slices": figures.slice_chart(report, language),
    }
    if task.is_regression:
        answers = outputs[:, 0]
        drawn["predicted against true"] = figures.predicted_against_true(
            task, truth, answers, language
        )
    else:
        classes = truth.astype(int)
        drawn["confusion"] = figures.confusion(task, classes, outputs, language)
        drawn["reliability"] = figures.reliability_diagram(classes, outputs, language)
    return drawn


def leaderboard_table(result: SearchResult) -> pd.DataFrame:
    """One row per trial, the best first."""
    rows = [
        {
            "trial": trial.id,
            "role": trial.role,
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


def report_lines(report: EvaluationReport) -> list[str]:
    """What came out, in every language."""
    return [line for language in reversed(LANGUAGES) for line in sentences(report, language)]


def show(report: EvaluationReport, version: Version) -> list[str]:
    """Prints what came out, in Korean and English, and what to do next."""
    lines = report_lines(report)
    console.rule(f"{version.name} version {version.number}")
    console.print("\n".join(lines))
    console.print(f"Next: make ui, make promote TASK={version.task}, make serve", style="dim")
    return lines
