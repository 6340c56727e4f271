"""The model card: one HTML file that says what a model can do and what it is not for.

After Mitchell et al. 2019, "Model cards for model reporting".
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from matplotlib.figure import Figure

from fdc.evaluation.counts import PhotoCounts
from fdc.evaluation.intervals import Interval
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.wording import metric_name, sentences, slice_name
from fdc.locale import Language, name_of
from fdc.style import pages, plots
from fdc.tasks import LOWER_IS_BETTER

_TEMPLATE = Path(__file__).with_name("model_card.html.jinja")
_NUMBERS = LOWER_IS_BETTER | {"bias", "r2"}
"""Metrics that are no shares of the photos."""


def render(
    report: EvaluationReport,
    *,
    language: Language,
    counts: PhotoCounts,
    recipe: Mapping[str, Any],
    training: Mapping[Literal["trials", "minutes", "best trial"], Any] | None = None,
    hyperparameters: Mapping[str, Any] | None = None,
    figures: Mapping[str, Figure] | None = None,
    notes: Sequence[str] = (),
) -> str:
    """Writes a model card.

    Args:
        report: The result on the test photos.
        language: Of the card.
        counts: Of the data.
        recipe: How a photo becomes a crop: fields by name, its fingerprint among them.
        training: How the model was found.
        hyperparameters: Of the model, by name.
        figures: By caption, in the card's language.
        notes: What a reader must know before all else, such as that the photos are drawings.

    Returns:
        A whole HTML page that needs no other file and no network.
    """
    return pages.render(
        _TEMPLATE,
        language,
        report=report,
        title=report.task.heading(language),
        notes=notes,
        sentences=sentences(report, language),
        metrics=_metric_rows(report, language),
        slices=_slice_rows(report, language),
        figures=[
            {"caption": caption, "image": plots.data_url(figure), "is_wide": _is_wide(figure)}
            for caption, figure in (figures or {}).items()
        ],
        counts=counts,
        quarantine=[
            (name_of("rule", rule, language), count) for rule, count in counts.quarantine.items()
        ],
        labels=_label_rows(report, counts, language),
        recipe={name: value for name, value in recipe.items() if value is not None},
        training=training or {},
        hyperparameters=hyperparameters or {},
    )


def _metric_rows(report: EvaluationReport, language: Language) -> list[dict[str, Any]]:
    rows = [
        {
            "name": metric_name(name, language),
            "value": _shown(name, interval.value),
            "range": _range(name, interval),
            "baseline": _shown(name, report.baseline[name]),
            "is_objective": name == report.metric,
        }
        for name, interval in report.intervals.items()
        if not name.startswith("recall/")
    ]
    if report.calibration_error is not None:
        error = f"{report.calibration_error:.3f}"
        name = metric_name("calibration", language)
        row = {"name": name, "value": error, "range": "", "baseline": "", "is_objective": False}
        rows.append(row)
    return rows


def _slice_rows(report: EvaluationReport, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "name": slice_name(report, part, language),
            "photos": part.photos,
            "groups": part.groups,
            "value": _shown(report.metric, part.interval.value),
            "range": _range(report.metric, part.interval),
            "rest": "" if part.rest is None else _shown(report.metric, part.rest),
            "is_worse": part.is_worse,
            "is_small": part.is_small,
        }
        for part in report.slices
    ]


def _label_rows(
    report: EvaluationReport, counts: PhotoCounts, language: Language
) -> list[tuple[str, dict[str, int]]]:
    labels = report.task.labels
    return [
        (report.task.display(labels.index(name), language) if name in labels else name, splits)
        for name, splits in counts.labels.items()
    ]


def _is_wide(figure: Figure) -> bool:
    width, height = figure.get_size_inches()
    return bool(width > 1.8 * height)


def _shown(metric: str, value: float) -> str:
    return f"{value:.2f}" if metric in _NUMBERS else f"{value:.1%}"


def _range(metric: str, interval: Interval) -> str:
    if interval.low != interval.low:
        return ""
    return f"{_shown(metric, interval.low)} – {_shown(metric, interval.high)}"
