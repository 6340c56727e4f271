"""Figures of a search's trials."""

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure

from fdc.evaluation.figures import style
from fdc.tracking import TrialRecord, TrialStatus

_COLOURS: dict[TrialStatus, str] = {
    "COMPLETED": style.BLUE,
    "PRUNED": style.LIGHT_BLUE,
    "FAILED": style.RED,
    "REFUSED": style.LIGHT_GREY,
}
_LEGEND_TRIALS = 8
_LONGEST_REASON = 90


def learning_curves(trials: Iterable[TrialRecord], metric: str, direction: str = "max") -> Figure:
    """The objective over the epochs, for all trials.

    Args:
        trials: Of one search.
        metric: Which metric to draw, such as "val_accuracy".
        direction: "max" or "min": which trial is best.

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
    with style.styled():
        figure, axes = style.canvas(8.5, 4.8)
        for rank, (trial, epochs, values) in reversed(list(enumerate(drawn))):
            named = rank < _LEGEND_TRIALS
            colour = style.CURVES[rank] if named else style.LIGHT_GREY
            status = "" if trial.status == "COMPLETED" else f", {_status(trial)}"
            label = f"trial {trial.number}: {pick(values):.4g}{status}" if named else None
            width = 2.4 if rank == 0 else 1.4
            axes.plot(epochs, values, color=colour, linewidth=width, label=label, zorder=3 - rank)
            mark = "o" if trial.status == "COMPLETED" else "x"
            axes.plot(epochs[-1], values[-1], mark, color=colour, markersize=5, zorder=3 - rank)
        axes.set(xlabel="Epoch", ylabel=metric)
        axes.xaxis.get_major_locator().set_params(integer=True)
        if drawn:
            handles, labels = axes.get_legend_handles_labels()
            axes.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5))
        else:
            axes.text(0.5, 0.5, "no trial ended an epoch", ha="center", transform=axes.transAxes)
        style.titled(
            axes, "Learning curves", f"{len(drawn)} trials, best first; x: did not complete"
        )
    return figure


def leaderboard(trials: Iterable[TrialRecord], metric: str, direction: str = "max") -> Figure:
    """The result of every trial.

    Args:
        trials: Of one search.
        metric: The objective among the trials' metrics, such as "val_accuracy".
        direction: "max" or "min".

    Returns:
        A bar per trial, best on top, with its size and time; trials without a result below.
    """
    sign = -1 if direction == "max" else 1
    trials = list(trials)
    scored = [trial for trial in trials if metric in trial.metrics]
    scored.sort(key=lambda trial: sign * trial.metrics[metric])
    without = [trial for trial in trials if metric not in trial.metrics]
    rows = [*scored, *without]
    with style.styled():
        figure, axes = style.canvas(8.5, 1.6 + 0.36 * max(len(rows), 1))
        values = [trial.metrics.get(metric, 0.0) for trial in rows]
        colours = [_COLOURS[trial.status] if trial.status else style.GREY for trial in rows]
        axes.barh(range(len(rows)), values, color=colours, height=0.7)
        for place, (trial, value) in enumerate(zip(rows, values, strict=True)):
            axes.annotate(
                _bar_text(trial, trial.metrics.get(metric)),
                (value, place),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
            )
        axes.set_yticks(range(len(rows)), [f"trial {trial.number}" for trial in rows])
        axes.invert_yaxis()
        axes.set(xlabel=metric)
        axes.set_xlim(0, 1.45 * max([*values, 1e-9]))
        axes.grid(visible=False, axis="y")
        style.titled(axes, "Leaderboard")
    return figure


def _bar_text(trial: TrialRecord, value: float | None) -> str:
    status = _status(trial)
    if value is None:
        reason = " ".join((trial.reason or "").split())
        short = reason if len(reason) <= _LONGEST_REASON else reason[: _LONGEST_REASON - 1] + "…"
        return f"{status}: {short}" if short else status
    parts = [f"{value:.4g}", "" if status == "completed" else status]
    parts += [f"{_short(trial.parameters)} weights"] if trial.parameters else []
    parts += [f"{trial.seconds:.0f} s"] if trial.seconds else []
    return "   ".join(part for part in parts if part)


def _status(trial: TrialRecord) -> str:
    return trial.status.lower() if trial.status else "interrupted"


def _short(number: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.0f}"
