"""A registered model's figures on the test photos."""

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from fdc import registry
from fdc.errors import RegistryError
from fdc.evaluation import EvaluationReport
from fdc.evaluation.wording import slice_name
from fdc.registry import Version
from fdc.tracking import require, tracking_uri

from .reporting import REPORT, report_lines

console = Console()

REPORTS = (REPORT, "verdict.json")
"""Names of the report among a search's artifacts; earlier versions of fdc wrote the second."""


def evaluate(task: str, version: int | None = None) -> None:
    """Prints what a version was found to be worth, slice by slice.

    Args:
        task: Name of the task.
        version: Which one; the newest by default.

    Raises:
        RegistryError: There is no such version, its report is gone or cannot be read, or the
            registry cannot be reached.
        TrackingError: MLflow cannot be used.
    """
    require(tracking_uri())
    chosen = registry.version(task, None if version is None else str(version), tracking_uri())
    report = read_report(chosen)
    console.rule(f"{chosen.name} version {chosen.number}")
    console.print("\n".join(report_lines(report)))
    table = Table("", "photos", report.metric, "95%", box=None, header_style="bold")
    for part in report.slices:
        interval = part.interval
        table.add_row(
            slice_name(report, part, "en"),
            str(part.photos),
            f"{interval.value:.3f}",
            f"{interval.low:.3f} to {interval.high:.3f}",
            style="red" if part.is_worse else None,
        )
    console.print(table)


def read_report(version: Version) -> EvaluationReport:
    """The evaluation report of a version.

    Raises:
        RegistryError: It is gone or cannot be read, or the registry cannot be reached.
    """
    written = registry.run_json(version, *REPORTS, tracking_uri=tracking_uri())
    try:
        return EvaluationReport.model_validate(written)
    except ValidationError as error:
        raise RegistryError(
            f"The report of {version.name} version {version.number} cannot be read: {error}",
            "Was it written by another version of fdc? Search again with this one.",
        ) from error
