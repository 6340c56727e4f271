"""Figures of a search's trials."""

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure

from fdc.evaluation.wording import metric_name
from fdc.locale import Language, text
from fdc.style import palette, plots
from fdc.tasks import Direction
from fdc.tracking import TrialRecord, TrialStatus

_COLOURS: dict[TrialStatus, str] = {
    "COMPLETED": palette.BLUE,
    "PRUNED": palette.LIGHT_BLUE,
    "FAILED": palette.RED,
    "REFUSED": palette.LIGHT_GREY,
}
_LEGEND_TRIALS = 8
_LONGEST_REASON = 90


def learning_curves(
    trials: Iterable[TrialRecord], metric: str, direction: Direction, language: Language
) -> Figure:
    """The objective over the epochs, for all trials.

    Args:
        trials: Of one search.
        metric: Which metric to draw, such as "val_accuracy".
        direction: "max" or "min": which trial is best.
        language: Of the figure.

    Returns:
        The best trials in colour with their names, the others in grey, stopped ones with a mark.
    """
    drawn = []
    for trial in trials:
        points = enumerate(trial.curve, trial.first_epoch + 1)
        known = [(epoch, values[metric]) for epoch, values in points if metric in values]
        if known:
            drawn.append((trial, *np.transpose(known)))
    pick = np.nanmax if direction == "max" else np.nanmin
    drawn.sort(key=lambda item: float(pick(item[2])), reverse=direction == "max")
    with plots.styled():
        figure, axes = plots.canvas(8.5, 4.8)
        for rank, (trial, epochs, values) in reversed(list(enumerate(drawn))):
            named = rank < _LEGEND_TRIALS
            colour = palette.CURVES[rank] if named else palette.LIGHT_GREY
            status = "" if trial.status == "COMPLETED" else f", {_status(trial, language)}"
            name = text(f"figure.{trial.role}", language, id=trial.id)
            label = f"{name}: {pick(values):.4g}{status}" if named else None
            width = 2.4 if rank == 0 else 1.4
            axes.plot(epochs, values, color=colour, linewidth=width, label=label, zorder=3 - rank)
            mark = "o" if trial.status == "COMPLETED" else "x"
            axes.plot(epochs[-1], values[-1], mark, color=colour, markersize=5, zorder=3 - rank)
        axes.set(xlabel=text("figure.epoch", language), ylabel=_axis(metric, language))
        axes.xaxis.get_major_locator().set_params(integer=True)
        if drawn:
            handles, labels = axes.get_legend_handles_labels()
            axes.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5))
        else:
            nothing = text("figure.no epoch", language)
            axes.text(0.5, 0.5, nothing, ha="center", transform=axes.transAxes)
        hint = text("figure.learning curves hint", language, trials=len(drawn))
        plots.titled(axes, text("figure.learning curves", language), hint)
    return figure


def leaderboard(
    trials: Iterable[TrialRecord], metric: str, direction: Direction, language: Language
) -> Figure:
    """The result of every trial.

    Args:
        trials: Of one search.
        metric: The objective among the trials' metrics, such as "val_accuracy".
        direction: "max" or "min".
        language: Of the figure.

    Returns:
        A bar per trial, best on top, with its size and time; trials without a result below.
    """
    sign = -1 if direction == "max" else 1
    trials = list(trials)
    scored = [trial for trial in trials if metric in trial.metrics]
    scored.sort(key=lambda trial: sign * trial.metrics[metric])
    without = [trial for trial in trials if metric not in trial.metrics]
    rows = [*scored, *without]
    with plots.styled():
        figure, axes = plots.canvas(8.5, 1.6 + 0.36 * max(len(rows), 1))
        values = [trial.metrics.get(metric, 0.0) for trial in rows]
        colours = [_COLOURS[trial.status] if trial.status else palette.GREY for trial in rows]
        axes.barh(range(len(rows)), values, color=colours, height=0.7)
        for place, (trial, value) in enumerate(zip(rows, values, strict=True)):
            axes.annotate(
                _bar_text(trial, trial.metrics.get(metric), language),
                (value, place),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        names = [text(f"figure.{trial.role}", language, id=trial.id) for trial in rows]
        axes.set_yticks(range(len(rows)), names)
        axes.invert_yaxis()
        axes.set(xlabel=_axis(metric, language))
        axes.set_xlim(0, 1.45 * max([*values, 1e-9]))
        axes.grid(visible=False, axis="y")
        plots.titled(axes, text("figure.leaderboard", language))
    return figure


def _bar_text(trial: TrialRecord, value: float | None, language: Language) -> str:
    status = _status(trial, language)
    if value is None:
        reason = " ".join((trial.reason or "").split())
        short = reason if len(reason) <= _LONGEST_REASON else reason[: _LONGEST_REASON - 1] + "…"
        return f"{status}: {short}" if short else status
    parts = [f"{value:.4g}"]
    if trial.status != "COMPLETED":
        parts.append(status)
    if trial.parameters:
        parts.append(text("figure.weights", language, number=_short(trial.parameters)))
    if trial.seconds:
        parts.append(text("figure.seconds", language, seconds=f"{trial.seconds:.0f}"))
    return "   ".join(parts)


def _axis(metric: str, language: Language) -> str:
    name = metric_name(metric.removeprefix("val_"), language)
    return text("figure.on validation", language, metric=name)


def _status(trial: TrialRecord, language: Language) -> str:
    return text(f"status.{trial.status or 'INTERRUPTED'}", language)


def _short(number: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.0f}"
