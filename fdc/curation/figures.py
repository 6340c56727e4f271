"""Figures of a set of photos."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from fdc.choices import Balance
from fdc.curation.checks import boxes
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
_MOST_BARS = 14
_LONGEST_UPRIGHT = 52


@dataclass(frozen=True)
class Picture:
    """A figure for the page.

    Attributes:
        title: In the language of the page.
        svg: The drawing, to be put into HTML as it is; empty where `fact` says it all.
        fact: What a figure does not show, or would show, where all photos are alike.
    """

    title: str
    svg: str
    fact: str = ""


def distributions(manifest: pd.DataFrame, language: Language) -> list[Picture]:
    """How the clean photos are distributed, side by side for each side of the split.

    Returns:
        Pictures of what the set tells: age, gender, tone, emotion, device, year, size of photos and
        faces, photos per person.
    """
    photos = clean(manifest)
    sides = _sides(photos)
    shorter = photos[["width", "height"]].astype("Float64").min(axis=1)
    face = pd.Series(boxes(photos)[:, 2:].min(axis=1), photos.index)
    drawn = [
        _numeric("age", "years", photos["age"], sides, language, 5),
        _named("gender", photos["gender"], sides, language),
        _named("tone", photos["tone"], sides, language),
        _named("emotion", photos["emotion"], sides, language),
        _named("device", photos["device"], sides, language),
        _numeric("year", "year", photos["captured_year"], sides, language),
        _numeric("photo size", "pixels", shorter, sides, language),
        _numeric("face size", "pixels", face, sides, language),
        _per_person(photos, sides, language),
    ]
    return [picture for picture in drawn if picture is not None]


def class_balance(manifest: pd.DataFrame, task: Task, language: Language) -> Picture | None:
    """Photos of each class, stacked by side; None for a regression."""
    photos = clean(manifest)
    if task.is_regression or not task.labels:
        return None
    labels = task.encode(photos[task.column])
    names = [task.display(index, language) for index in range(len(task.labels))]
    sides = _sides(photos)

    def draw(axes: Axes) -> None:
        bottom = np.zeros(len(names))
        for side in sides.unique():
            counts = labels[sides == side].value_counts().reindex(range(len(names)), fill_value=0)
            heights = counts.to_numpy(dtype=float)
            name = _side_name(side, language)
            axes.bar(names, heights, 0.72, bottom, color=COLOURS[side], label=name)
            bottom += heights
        for place, height in enumerate(bottom):
            axes.annotate(
                f"{height:,.0f}", (place, height), (0, 2), textcoords="offset points",
                ha="center", va="bottom", fontsize=8,
            )  # fmt: skip
        axes.set_ylabel(text("data.axis.photos", language))
        axes.margins(y=0.12)
        _name_bars(axes, names)
        _legend(axes)

    return Picture(text("data.figure.classes", language), _svg(draw))


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
    return Picture(text("data.figure.quarantine", language), _svg(draw, size))


def class_weights(weights: Mapping[str, float], weighing: Balance, language: Language) -> Picture:
    """What a photo of each class would count for in the loss, and whether it does."""

    def draw(axes: Axes) -> None:
        bars = axes.bar(list(weights), list(weights.values()), 0.72, color=palette.GREY)
        axes.bar_label(bars, [f"{value:.2f}" for value in weights.values()], padding=2, fontsize=8)
        axes.axhline(1, color=palette.INK, linewidth=0.8, linestyle="--", zorder=0)
        axes.set_ylabel(text("data.axis.weight", language))
        axes.margins(y=0.15)
        _name_bars(axes, list(weights))

    fact = text(f"data.balance.{weighing}", language)
    return Picture(text("data.figure.weights", language), _svg(draw), fact)


def _sides(photos: pd.DataFrame) -> pd.Series:
    split = photos["split"].astype("string")
    if split.isna().all():
        return split.fillna(NOT_SPLIT)
    order = [side for side in SPLITS if (split == side).any()]
    return split.astype(pd.CategoricalDtype(order, ordered=True)).sort_values()


def _side_name(side: str, language: Language) -> str:
    return text("data.axis.photos" if side == NOT_SPLIT else f"split.{side}", language)


def _numeric(
    name: str,
    unit: str,
    values: pd.Series,
    sides: pd.Series,
    language: Language,
    step: float | None = None,
) -> Picture | None:
    title, unit = text(f"data.figure.{name}", language), text(f"data.unit.{unit}", language)
    known = values.dropna().astype(float)
    known = known[np.isfinite(known)]
    if known.empty:
        return None
    if known.nunique() == 1:
        return Picture(title, "", f"{known.iloc[0]:g} {unit}")
    low, high = np.floor(known.quantile(0.001)), np.ceil(known.quantile(0.999))
    if step is not None:
        edges = np.arange(low // step * step, high + step, step)
    else:
        smallest = sides.reindex(known.index).value_counts()
        most = int(np.clip(2 * np.sqrt(smallest[smallest > 0].min()), 6, 40))
        edges = np.linspace(low, high, min(most, int(high - low)) + 1)
    shown = known.clip(edges[0], edges[-1])

    def draw(axes: Axes) -> None:
        for side in sides.unique():
            here = shown[sides.reindex(shown.index) == side]
            if here.empty:
                continue
            share = np.histogram(here, edges)[0] / len(here)
            first = side == sides.unique()[0]
            axes.stairs(share, edges, color=COLOURS[side], fill=first, alpha=0.25 if first else 1)
            label = _counted(side, here, language)
            axes.stairs(share, edges, color=COLOURS[side], linewidth=1.6, label=label)
        axes.set_xlabel(unit)
        axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
        _legend(axes)

    return Picture(title, _svg(draw), _unknown(len(values) - len(known), language))


def _named(name: str, values: pd.Series, sides: pd.Series, language: Language) -> Picture | None:
    title = text(f"data.figure.{name}", language)
    known = values.dropna().astype(str).map(lambda value: name_of("value", value, language))
    if known.empty:
        return None
    if known.nunique() == 1:
        return Picture(title, "", known.iloc[0])
    common = known.value_counts().index[:_MOST_BARS]
    known = known.where(known.isin(common), text("data.others", language))
    names = list(known.value_counts().index)

    def draw(axes: Axes) -> None:
        chosen = list(sides.unique())
        width = 0.8 / len(chosen)
        for number, side in enumerate(chosen):
            here = known[sides.reindex(known.index) == side]
            share = here.value_counts(normalize=True).reindex(names, fill_value=0)
            place = np.arange(len(names)) + (number - (len(chosen) - 1) / 2) * width
            label = _counted(side, here, language)
            axes.bar(place, share.to_numpy(), width * 0.92, color=COLOURS[side], label=label)
        axes.set_xticks(range(len(names)), names)
        axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
        _name_bars(axes, names)
        _legend(axes)

    return Picture(title, _svg(draw), _unknown(len(values) - len(known), language))


def _per_person(photos: pd.DataFrame, sides: pd.Series, language: Language) -> Picture | None:
    people = photos.dropna(subset="subject")
    if people.empty:
        return None
    title = text("data.figure.per person", language)
    counts = people.groupby("subject").size()
    if counts.nunique() == 1:
        return Picture(title, "", text("data.each", language, count=counts.iloc[0]))
    side = sides.reindex(people.index).astype(str).groupby(people["subject"]).first()
    order = [str(name) for name in sides.unique()]
    of_side = pd.Series(side, counts.index).astype(pd.CategoricalDtype(order, ordered=True))
    fewest, most = int(counts.min()), int(counts.max())
    step = max(1, (most - fewest) // 40)
    edges = [number - 0.5 for number in range(fewest, most + step + 1, step)]
    parts = {name: counts[of_side == name] for name in order}
    labels = [
        text("data.people of", language, name=_side_name(name, language), count=f"{len(part):,}")
        for name, part in parts.items()
    ]

    def draw(axes: Axes) -> None:
        colours = [COLOURS[name] for name in order]
        axes.hist(list(parts.values()), edges, stacked=True, color=colours, label=labels)
        axes.set_xlabel(text("data.axis.photos of one person", language))
        axes.set_ylabel(text("data.axis.people", language))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        _legend(axes)

    fact = text("data.people count", language, count=f"{counts.size:,}")
    unknown = _unknown(len(photos) - len(people), language)
    return Picture(title, _svg(draw), f"{fact}, {unknown}" if unknown else fact)


def _unknown(count: int, language: Language) -> str:
    return text("data.unknown", language, count=f"{count:,}") if count else ""


def _counted(side: str, here: pd.Series, language: Language) -> str:
    return f"{_side_name(side, language)} ({len(here):,})"


def _name_bars(axes: Axes, names: list[str]) -> None:
    if sum(len(name) for name in names) > _LONGEST_UPRIGHT:
        plots.slanted(axes)
    axes.tick_params(axis="x", length=0)


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=3, fontsize=8, handlelength=1.1,
        columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip


def _svg(draw: Callable[[Axes], None], size: tuple[float, float] = (_WIDTH, _HEIGHT)) -> str:
    with plots.styled():
        figure, axes = plots.canvas(*size)
        axes.grid(axis="x", visible=False)
        draw(axes)
        return plots.svg(figure)
