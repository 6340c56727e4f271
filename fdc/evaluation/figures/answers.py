"""Figures of a model's answers on unseen photos."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from fdc.evaluation.calibration import reliability
from fdc.evaluation.figures import style
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.slices import Slice, sliced
from fdc.evaluation.wording import slice_name
from fdc.locale import Language
from fdc.metrics import checked, predicted
from fdc.tasks import Task

_SHADES = LinearSegmentedColormap.from_list("fdc", ["#ffffff", style.LIGHT_BLUE, style.BLUE])


def confusion(
    task: Task, truth: npt.ArrayLike, outputs: npt.ArrayLike, language: Language = "en"
) -> Figure:
    """Which class is taken for which.

    Args:
        task: Of classes.
        truth: (n,) class indices.
        outputs: (n, classes) probabilities.
        language: Of the classes' names.

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
    with style.styled():
        side = 3.2 + 0.62 * classes
        figure, axes = style.canvas(side + 0.6, side)
        image = axes.imshow(shares, cmap=_SHADES, vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(counts):
            text = f"{count:,}" + (f"\n{shares[row, column]:.0%}" if count else "")
            colour = "white" if shares[row, column] > 0.6 else style.INK
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8.5)
        labels = [f"{name}  ({n:,})" for name, n in zip(names, totals[:, 0], strict=True)]
        axes.set_yticks(range(classes), labels)
        axes.set_xticks(range(classes), names)
        if classes > 4:
            axes.tick_params(axis="x", labelrotation=45)
            for label in axes.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")
        axes.set(xlabel="Predicted", ylabel="True (photos)")
        axes.grid(visible=False)
        axes.tick_params(length=0)
        style.titled(axes, task.heading(language), "photos, and their share of the true class")
        bar = figure.colorbar(image, ax=axes, shrink=0.8, format=lambda x, _: f"{x:.0%}")
        bar.outline.set_visible(False)
    return figure


def predicted_against_true(
    task: Task, truth: npt.ArrayLike, outputs: npt.ArrayLike, language: Language = "en"
) -> Figure:
    """A regression's answers, and how far off they are in each slice.

    Args:
        task: A regression.
        truth: (n,) numbers.
        outputs: (n,) numbers.
        language: Of the title and unit.

    Returns:
        Left every photo (or their density where they are many), right the error by slice.
    """
    true, answers = checked(task, truth, outputs)
    unit = f" ({task.unit[language]})" if task.unit else ""
    low, high = float(min(true.min(), answers.min())), float(max(true.max(), answers.max()))
    with style.styled():
        figure, (left, right) = style.canvas(11, 4.8, columns=2, width_ratios=(1, 1.15))
        if len(true) > 2000:
            extent = (low, high, low, high)
            left.hexbin(
                true, answers, gridsize=45, cmap=_SHADES, mincnt=1, bins="log", extent=extent
            )
        else:
            left.scatter(true, answers, s=12, color=style.BLUE, alpha=0.35, linewidths=0)
        left.plot([low, high], [low, high], color=style.ORANGE, linewidth=1.2, label="exact")
        left.set(xlabel=f"True{unit}", ylabel=f"Predicted{unit}", aspect="equal")
        left.legend(loc="upper left")
        style.titled(left, task.heading(language), f"{len(true):,} unseen photos")
        _error_by_slice(right, task, true, answers, unit)
    return figure


def _error_by_slice(
    axes: Any, task: Task, true: npt.NDArray[Any], answers: npt.NDArray[np.float64], unit: str
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
        medianprops={"color": style.INK, "linewidth": 1.4},
        whiskerprops={"color": style.GREY},
        capprops={"color": style.GREY},
    )
    for box in boxes["boxes"]:
        box.set(facecolor=style.LIGHT_BLUE, edgecolor=style.BLUE)
    axes.axhline(0, color=style.GREY, linewidth=1)
    labels = [
        f"{names[place]}\n{np.abs(error).mean():.{task.decimals + 1}f}\n({len(error):,})"
        for place, error in zip(places, errors, strict=True)
    ]
    axes.set_xticks(range(len(places)), labels)
    axes.set(
        xlabel=f"True{unit}, mean absolute error, (photos)", ylabel=f"Predicted less true{unit}"
    )
    style.titled(axes, "Error by decade", "box: middle half of the photos, whiskers: middle 90%")


def reliability_diagram(truth: npt.ArrayLike, probabilities: npt.ArrayLike) -> Figure:
    """How often the model is right, by how sure it is.

    Args:
        truth: (n,) class indices.
        probabilities: (n, classes).

    Returns:
        Above the curve and the diagonal on which it should lie, below the number of answers.
    """
    curve = reliability(truth, probabilities)
    with style.styled():
        figure, (above, below) = style.canvas(5.6, 5.8, rows=2, sharex=True, height_ratios=(3.2, 1))
        above.plot([0, 1], [0, 1], color=style.ORANGE, linewidth=1.2, label="as sure as right")
        above.vlines(
            curve.confidence, curve.confidence, curve.accuracy, color=style.LIGHT_BLUE, linewidth=5
        )
        above.plot(curve.confidence, curve.accuracy, "o-", color=style.BLUE, label="this model")
        above.set(ylabel="Share of right answers", ylim=(-0.02, 1.02), xlim=(0, 1.02))
        above.legend(loc="upper left")
        style.titled(above, "Calibration", f"expected calibration error {curve.error:.3f}")
        below.bar(curve.confidence, curve.photos, width=0.035, color=style.LIGHT_BLUE)
        below.set(xlabel="Probability of the answer", ylabel="Photos")
    return figure


def slice_chart(verdict: EvaluationReport, language: Language = "en") -> Figure:
    """The objective on every part of the photos.

    Args:
        verdict: With slices.
        language: Of the names.

    Returns:
        A point with its 95% interval per slice against the whole; clearly worse ones in red, those
        with too few photos hollow.
    """
    parts = list(verdict.slices)
    whole = verdict.intervals[verdict.metric]
    with style.styled():
        figure, axes = style.canvas(8, 1.9 + 0.32 * max(len(parts), 1))
        axes.axvspan(whole.low, whole.high, color=style.LIGHT_BLUE, alpha=0.45, linewidth=0)
        axes.axvline(whole.value, color=style.BLUE, linewidth=1.2, label="all photos")
        for place, part in enumerate(parts):
            _slice_row(axes, place, part)
        names = [f"{slice_name(verdict, part, language)}   ({part.photos:,})" for part in parts]
        axes.set_yticks(range(len(parts)), names)
        axes.set_ylim(len(parts) - 0.4, -0.6)
        if verdict.metric != "mae":
            axes.set_xlim(-0.02, 1.02)
        else:
            axes.set_xlim(left=0)
        for first in range(1, len(parts)):
            if parts[first].by != parts[first - 1].by:
                axes.axhline(first - 0.5, color=style.LIGHT_GREY, linewidth=1)
        axes.set(xlabel=verdict.metric.replace("_", " "))
        axes.grid(visible=False, axis="y")
        subtitle = "95% intervals; red: clearly worse than the rest; hollow: too few photos"
        style.titled(axes, verdict.task.heading(language), subtitle)
    return figure


def _slice_row(axes: Any, place: int, part: Slice) -> None:
    colour = style.RED if part.is_worse else style.INK
    here = part.interval
    axes.plot([here.low, here.high], [place, place], color=colour, linewidth=1.6)
    fill = "white" if part.is_small else colour
    axes.plot(here.value, place, "o", color=colour, markerfacecolor=fill, markersize=6)
