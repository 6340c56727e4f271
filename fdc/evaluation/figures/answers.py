"""Figures of a model's answers on unseen photos."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from fdc.evaluation.calibration import reliability
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.slices import Slice, sliced
from fdc.evaluation.wording import metric_name, slice_name
from fdc.locale import Language, text
from fdc.metrics import checked, predicted
from fdc.style import palette, plots
from fdc.tasks import Task

_SHADES = LinearSegmentedColormap.from_list(
    "fdc", [palette.WHITE, palette.LIGHT_BLUE, palette.BLUE]
)


def confusion(
    task: Task, truth: npt.ArrayLike, outputs: npt.ArrayLike, language: Language
) -> Figure:
    """Which class is taken for which.

    Args:
        task: Of classes.
        truth: (n,) class indices.
        outputs: (n, classes) probabilities.
        language: Of the figure.

    Returns:
        Counts, shaded by the share of their row, that is of the photos of the true class.
    """
    truth_array, output_array = checked(task, truth, outputs)
    classes = len(task.labels)
    cells = truth_array.astype(np.int64) * classes + predicted(task, output_array).astype(np.int64)
    counts = np.bincount(cells, minlength=classes**2).reshape(classes, classes)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    names = [task.display(i, language) for i in range(classes)]
    with plots.styled():
        side = 3.2 + 0.62 * classes
        figure, axes = plots.canvas(side + 0.6, side)
        image = axes.imshow(shares, cmap=_SHADES, vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(counts):
            cell = f"{count:,}" + (f"\n{shares[row, column]:.0%}" if count else "")
            colour = "white" if shares[row, column] > 0.6 else palette.INK
            axes.text(column, row, cell, ha="center", va="center", color=colour, fontsize=8.5)
        labels = [f"{name}  ({n:,})" for name, n in zip(names, totals[:, 0], strict=True)]
        axes.set_yticks(range(classes), labels)
        axes.set_xticks(range(classes), names)
        if classes > 4:
            plots.slanted(axes)
        axes.set(
            xlabel=text("figure.predicted", language), ylabel=text("figure.true photos", language)
        )
        axes.grid(visible=False)
        axes.tick_params(length=0)
        plots.titled(axes, task.heading(language), text("figure.confusion hint", language))
        bar = figure.colorbar(image, ax=axes, shrink=0.8, format=lambda x, _: f"{x:.0%}")
        bar.outline.set_visible(False)
    return figure


def predicted_against_true(
    task: Task, truth: npt.ArrayLike, outputs: npt.ArrayLike, language: Language
) -> Figure:
    """A regression's answers, and how far off they are in each slice.

    Args:
        task: A regression.
        truth: (n,) numbers.
        outputs: (n,) numbers.
        language: Of the figure.

    Returns:
        Left every photo (or their density where they are many), right the error by slice.
    """
    true, answers = checked(task, truth, outputs)
    low, high = float(min(true.min(), answers.min())), float(max(true.max(), answers.max()))
    with plots.styled():
        figure, (left, right) = plots.canvas(11, 4.8, columns=2, width_ratios=(1, 1.15))
        if len(true) > 2000:
            extent = (low, high, low, high)
            left.hexbin(
                true, answers, gridsize=45, cmap=_SHADES, mincnt=1, bins="log", extent=extent
            )
        else:
            left.scatter(true, answers, s=12, color=palette.BLUE, alpha=0.35, linewidths=0)
        exact = text("figure.exact", language)
        left.plot([low, high], [low, high], color=palette.ORANGE, linewidth=1.2, label=exact)
        left.set(
            xlabel=_with_unit("figure.true", task, language),
            ylabel=_with_unit("figure.predicted", task, language),
            aspect="equal",
        )
        left.legend(loc="upper left")
        unseen = text("figure.unseen photos", language, photos=f"{len(true):,}")
        plots.titled(left, task.heading(language), unseen)
        _error_by_slice(right, task, true, answers, language)
    return figure


def _error_by_slice(
    axes: Any,
    task: Task,
    true: npt.NDArray[Any],
    answers: npt.NDArray[np.float64],
    language: Language,
) -> None:
    names, slices = sliced(true, task.slice_edges)
    places = np.unique(slices)
    errors = [(answers - true)[slices == place] for place in places]
    boxes = axes.boxplot(
        errors,
        positions=range(len(places)),
        widths=0.6,
        whis=(5, 95),
        showfliers=False,
        patch_artist=True,
        medianprops={"color": palette.INK, "linewidth": 1.4},
        whiskerprops={"color": palette.GREY},
        capprops={"color": palette.GREY},
    )
    for box in boxes["boxes"]:
        box.set(facecolor=palette.LIGHT_BLUE, edgecolor=palette.BLUE)
    axes.axhline(0, color=palette.GREY, linewidth=1)
    labels = [
        f"{names[place]}\n{np.abs(error).mean():.{task.decimals + 1}f}\n({len(error):,})"
        for place, error in zip(places, errors, strict=True)
    ]
    axes.set_xticks(range(len(places)), labels)
    label = _with_unit("figure.true", task, language)
    axes.set(
        xlabel=text("figure.error by part axis", language, label=label),
        ylabel=_with_unit("figure.error", task, language),
    )
    hint = text("figure.error by part hint", language)
    plots.titled(axes, text("figure.error by part", language), hint)


def _with_unit(key: str, task: Task, language: Language) -> str:
    label = text(key, language)
    if task.unit is None:
        return label
    return text("figure.with unit", language, label=label, unit=task.unit[language])


def reliability_diagram(
    truth: npt.ArrayLike, probabilities: npt.ArrayLike, language: Language
) -> Figure:
    """How often the model is right, by how sure it is.

    Args:
        truth: (n,) class indices.
        probabilities: (n, classes).
        language: Of the figure.

    Returns:
        Above the curve and the diagonal on which it should lie, below the number of answers.
    """
    curve = reliability(truth, probabilities)
    ideal, this = (text(f"figure.{line}", language) for line in ("as sure as right", "this model"))
    with plots.styled():
        figure, (above, below) = plots.canvas(5.6, 5.8, rows=2, sharex=True, height_ratios=(3.2, 1))
        above.plot([0, 1], [0, 1], color=palette.ORANGE, linewidth=1.2, label=ideal)
        gaps = (curve.confidence, curve.confidence, curve.accuracy)
        above.vlines(*gaps, color=palette.LIGHT_BLUE, linewidth=5)
        above.plot(curve.confidence, curve.accuracy, "o-", color=palette.BLUE, label=this)
        above.set(ylabel=text("figure.share right", language), ylim=(-0.02, 1.02), xlim=(0, 1.02))
        above.legend(loc="upper left")
        hint = text("figure.reliability hint", language, error=f"{curve.error:.3f}")
        plots.titled(above, text("figure.reliability", language), hint)
        below.bar(curve.confidence, curve.photos, width=0.035, color=palette.LIGHT_BLUE)
        below.set(
            xlabel=text("figure.confidence", language), ylabel=text("figure.photos", language)
        )
    return figure


def slice_chart(report: EvaluationReport, language: Language) -> Figure:
    """The objective on every part of the photos.

    Args:
        report: With slices.
        language: Of the figure.

    Returns:
        A point with its 95% interval per slice against the whole; clearly worse ones in red, those
        with too few photos hollow.
    """
    parts = list(report.slices)
    whole = report.intervals[report.metric]
    with plots.styled():
        figure, axes = plots.canvas(8, 1.9 + 0.32 * max(len(parts), 1))
        axes.axvspan(whole.low, whole.high, color=palette.LIGHT_BLUE, alpha=0.45, linewidth=0)
        axes.axvline(whole.value, color=palette.BLUE, linewidth=1.2)
        for place, part in enumerate(parts):
            _slice_row(axes, place, part)
        names = [f"{slice_name(report, part, language)}   ({part.photos:,})" for part in parts]
        axes.set_yticks(range(len(parts)), names)
        axes.set_ylim(len(parts) - 0.4, -0.6)
        if report.task.is_regression:
            axes.set_xlim(left=0)
        else:
            axes.set_xlim(-0.02, 1.02)
        for first in range(1, len(parts)):
            if parts[first].by != parts[first - 1].by:
                axes.axhline(first - 0.5, color=palette.LIGHT_GREY, linewidth=1)
        axes.set(xlabel=metric_name(report.metric, language))
        axes.grid(visible=False, axis="y")
        plots.titled(axes, report.task.heading(language), text("figure.slices hint", language))
    return figure


def _slice_row(axes: Any, place: int, part: Slice) -> None:
    colour = palette.RED if part.is_worse else palette.INK
    here = part.interval
    axes.plot([here.low, here.high], [place, place], color=colour, linewidth=1.6)
    fill = "white" if part.is_small else colour
    axes.plot(here.value, place, "o", color=colour, markerfacecolor=fill, markersize=6)
