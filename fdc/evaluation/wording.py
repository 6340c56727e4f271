"""A report in sentences for end users."""

from fdc.evaluation.intervals import Interval
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.slices import Slice
from fdc.locale import Language, has, name_of, text

_CALIBRATION_WORTH_SAYING = 0.05
_MOST_ITEMS = 6


def sentences(report: EvaluationReport, language: Language) -> list[str]:
    """A report as sentences.

    Args:
        report: The result.
        language: In which to speak.

    Returns:
        What it can do, what a guess without looking would do, where it is weak.
    """
    found = [
        _result(report, language),
        text(
            "report.groups" if report.groups < report.photos else "report.photos",
            language,
            groups=f"{report.groups:,}",
        ),
        text(
            "report.better" if report.beats_baseline else "report.not better",
            language,
            answer=report.task.display(report.trivial_answer, language),
            baseline=objective_text(report, report.baseline[report.metric], language, ".1%"),
        ),
    ]
    worse = [part for part in report.slices if part.is_worse]
    worse.sort(key=lambda part: part.interval.value, reverse=report.task.is_regression)
    small = [part for part in report.slices if part.is_small]
    if worse:
        items = ", ".join(_slice_item(report, part, language) for part in worse[:_MOST_ITEMS])
        found.append(text("report.worse", language, items=items))
    if small:
        named = [f"{slice_name(report, part, language)} ({part.photos})" for part in small]
        found.append(text("report.small", language, items=", ".join(named[:_MOST_ITEMS])))
    error = report.calibration_error
    if error is not None and error > _CALIBRATION_WORTH_SAYING:
        found.append(text("report.calibration", language, error=f"{100 * error:.0f}"))
    return found


def metric_name(name: str, language: Language) -> str:
    """A metric as a person would call it; its own name where there is no other.

    Example:
        >>> metric_name("mae", "en"), metric_name("within_5", "en")
        ('Mean absolute error', 'Within 5')
    """
    if name.startswith("within_"):
        return text("metric.within", language, tolerance=name.removeprefix("within_"))
    return name_of("metric", name, language)


def slice_name(report: EvaluationReport, part: Slice, language: Language) -> str:
    """A slice as a person would call it.

    Args:
        report: To which it belongs.
        part: The slice.
        language: In which to speak.
    """
    task = report.task
    if part.by == "class":
        return task.display(task.labels.index(part.key), language)
    by = text(f"column.{part.by}", language) if has(f"column.{part.by}") else task.heading(language)
    return f"{by} {name_of('value', part.key, language)}"


def objective_text(
    report: EvaluationReport, value: float, language: Language, share: str = ".0%"
) -> str:
    """A value of the task's objective: a share of the photos, or a number with its unit.

    Args:
        report: Whose objective it is.
        value: The value.
        language: In which to speak.
        share: How a share is written.
    """
    if not report.task.is_regression:
        return format(value, share)
    return report.task.display_error(value, language)


def _result(report: EvaluationReport, language: Language) -> str:
    task, intervals = report.task, report.intervals
    values = {"title": task.heading(language), "photos": f"{report.photos:,}"}
    if not task.is_regression:
        values["accuracy"] = _share(intervals["accuracy"])
        if task.kind == "ordinal":
            values["one_off"] = _share(intervals["one_off_accuracy"])
        return text(f"report.{task.kind}", language, **values)
    mae, digits = intervals["mae"], task.decimals + 1
    around = f"({mae.low:.{digits}f}–{mae.high:.{digits}f})"
    values["mae"] = f"{objective_text(report, mae.value, language)} {around}"
    result = text("report.regression", language, **values)
    if not task.tolerance:
        return result
    tolerance = task.with_unit(f"{task.tolerance:g}", language)
    share = _share(intervals[f"within_{task.tolerance:g}"])
    return f"{result} {text('report.within', language, share=share, tolerance=tolerance)}"


def _slice_item(report: EvaluationReport, part: Slice, language: Language) -> str:
    value = objective_text(report, part.interval.value, language)
    rest = objective_text(report, part.rest or 0.0, language)
    return f"{slice_name(report, part, language)} {value} ({rest})"


def _share(interval: Interval) -> str:
    return f"{interval.value:.1%} ({100 * interval.low:.1f}–{100 * interval.high:.1f})"
