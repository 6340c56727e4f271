"""Figures of a set of photos: their classes, what is set aside, what a class counts for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from fdc.choices import Balance
from fdc.locale import Language, name_of, text
from fdc.manifest import SPLITS, clean
from fdc.style import palette, plots
from fdc.tasks import Task

NOT_SPLIT = "photos"
"""Stands for the side of photos that are not split."""

COLOURS: Mapping[str, str] = {
    "train": palette.BLUE,
    "validation": palette.ORANGE,
    "test": palette.GREEN,
    NOT_SPLIT: palette.BLUE,
}

_WIDTH, _HEIGHT = 5.2, 2.9
_LONGEST_UPRIGHT = 52


@dataclass(frozen=True)
class Picture:
    """A figure for the page.

    Attributes:
        title: In the language of the page.
        svg: The drawing, to be put into HTML as it is; empty where `note` says it all.
        note: What a figure does not show, or would show, where all photos are alike.
    """

    title: str
    svg: str
    note: str = ""


def class_balance(manifest: pd.DataFrame, task: Task, language: Language) -> Picture | None:
    """Photos of each class, stacked by side; None for a regression."""
    photos = clean(manifest)
    if task.is_regression or not task.labels:
        return None
    labels = task.encode(photos[task.column])
    names = task.class_names(language)
    sides = sides_of(photos)

    def draw(axes: Axes) -> None:
        bottom = np.zeros(len(names))
        for side in sides.unique():
            counts = labels[sides == side].value_counts().reindex(range(len(names)), fill_value=0)
            heights = counts.to_numpy(dtype=float)
            name = side_name(side, language)
            axes.bar(names, heights, 0.72, bottom, color=COLOURS[side], label=name)
            bottom += heights
        for place, height in enumerate(bottom):
            axes.annotate(
                f"{height:,.0f}", (place, height), (0, 2), textcoords="offset points",
                ha="center", va="bottom", fontsize=8,
            )  # fmt: skip
        axes.set_ylabel(text("data.axis.photos", language))
        axes.margins(y=0.12)
        name_bars(axes, names)
        add_legend(axes)

    return Picture(text("data.figure.classes", language), draw_svg(draw))


def quarantine(counts: Mapping[str, int], language: Language) -> Picture | None:
    """Photos that each rule has set aside; None where there are none."""
    if not counts:
        return None
    names = [name_of("rule", rule, language) for rule in counts][::-1]
    values = list(counts.values())[::-1]

    def draw(axes: Axes) -> None:
        bars = axes.barh(names, values, 0.68, color=palette.RED)
        axes.bar_label(bars, [f"{value:,}" for value in values], padding=3, fontsize=8)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.margins(x=0.1)
        axes.set_xlabel(text("data.axis.photos", language))

    size = (2 * _WIDTH, 0.75 + 0.26 * len(names))
    return Picture(text("data.figure.quarantine", language), draw_svg(draw, size))


def weights_chart(weights: Mapping[str, float], weighing: Balance, language: Language) -> Picture:
    """What a photo of each class would count for in the loss, and whether it does."""

    def draw(axes: Axes) -> None:
        bars = axes.bar(list(weights), list(weights.values()), 0.72, color=palette.GREY)
        axes.bar_label(bars, [f"{value:.2f}" for value in weights.values()], padding=2, fontsize=8)
        axes.axhline(1, color=palette.INK, linewidth=0.8, linestyle="--", zorder=0)
        axes.set_ylabel(text("data.axis.weight", language))
        axes.margins(y=0.15)
        name_bars(axes, list(weights))

    note = text(f"data.balance.{weighing}", language)
    return Picture(text("data.figure.weights", language), draw_svg(draw), note)


def sides_of(photos: pd.DataFrame) -> pd.Series:
    """The side of each photo, ordered; photos that are not split are all on one."""
    split = photos["split"].astype("string")
    if split.isna().all():
        return split.fillna(NOT_SPLIT)
    order = [side for side in SPLITS if (split == side).any()]
    return split.astype(pd.CategoricalDtype(order, ordered=True)).sort_values()


def side_name(side: str, language: Language) -> str:
    """What a person calls a side."""
    return text("data.axis.photos" if side == NOT_SPLIT else f"split.{side}", language)


def name_bars(axes: Axes, names: list[str]) -> None:
    """Sees to it that the names below bars have room."""
    if sum(len(name) for name in names) > _LONGEST_UPRIGHT:
        plots.slanted(axes)
    axes.tick_params(axis="x", length=0)


def add_legend(axes: Axes) -> None:
    """Puts the legend above the axes' lower edge, in one line."""
    axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=3, fontsize=8, handlelength=1.1,
        columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip


def draw_svg(draw: Callable[[Axes], None], size: tuple[float, float] = (_WIDTH, _HEIGHT)) -> str:
    """What is drawn on axes in the style of fdc, as SVG to be put into HTML."""
    with plots.styled():
        figure, axes = plots.canvas(*size)
        axes.grid(axis="x", visible=False)
        draw(axes)
    return plots.svg(figure)
