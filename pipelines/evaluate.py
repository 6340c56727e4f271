"""A registered model's figures on the test photos."""

import mlflow
from rich.console import Console
from rich.table import Table

from fdc import registry
from fdc.evaluation import EvaluationReport
from fdc.evaluation.wording import slice_name
from fdc.tracking import require, tracking_uri

from .evaluation import in_every_language

console = Console()


def evaluate(task: str, version: int | None = None) -> None:
    """Prints what a version was found to be worth, slice by slice.

    Args:
        task: Name of the task.
        version: Which one; the newest by default.

    Raises:
        RegistryError: There is no such version.
        TrackingError: MLflow cannot be used.
    """
    require(tracking_uri())
    chosen = registry.version(task, None if version is None else str(version), tracking_uri())
    mlflow.set_tracking_uri(tracking_uri())
    verdict = EvaluationReport.model_validate(
        mlflow.artifacts.load_dict(f"runs:/{chosen.run_id}/verdict.json")
    )
    console.rule(f"{chosen.name} version {chosen.number}")
    console.print("\n".join(in_every_language(verdict)))
    table = Table("", "photos", verdict.metric, "95%", box=None, header_style="bold")
    for part in verdict.slices:
        interval = part.interval
        table.add_row(
            slice_name(verdict, part, "en"),
            str(part.photos),
            f"{interval.value:.3f}",
            f"{interval.low:.3f} to {interval.high:.3f}",
            style="red" if part.is_worse else None,
        )
    console.print(table)
