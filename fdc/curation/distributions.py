"""How a set's photos are distributed, on each side of its split."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from fdc.curation.checks import boxes
from fdc.curation.figures import (
    COLOURS,
    Picture,
    add_legend,
    draw_svg,
    name_bars,
    side_name,
    sides_of,
)
from fdc.locale import Language, name_of, text
from fdc.manifest import clean

_MOST_BARS = 14


def distributions(manifest: pd.DataFrame, language: Language) -> list[Picture]:
    """How the clean photos are distributed, side by side for each side of the split.

    Returns:
        Pictures of what the set tells: age, gender, tone, emotion, device, year, size of photos and
        faces, photos per person.
    """
    photos = clean(manifest)
    sides = sides_of(photos)
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
        add_legend(axes)

    return Picture(title, draw_svg(draw), _unknown(len(values) - len(known), language))


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
        name_bars(axes, names)
        add_legend(axes)

    return Picture(title, draw_svg(draw), _unknown(len(values) - len(known), language))


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
        text("data.people of", language, name=side_name(name, language), count=f"{len(part):,}")
        for name, part in parts.items()
    ]

    def draw(axes: Axes) -> None:
        colours = [COLOURS[name] for name in order]
        axes.hist(list(parts.values()), edges, stacked=True, color=colours, label=labels)
        axes.set_xlabel(text("data.axis.photos of one person", language))
        axes.set_ylabel(text("data.axis.people", language))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        add_legend(axes)

    note = text("data.people count", language, count=f"{counts.size:,}")
    unknown = _unknown(len(photos) - len(people), language)
    return Picture(title, draw_svg(draw), f"{note}, {unknown}" if unknown else note)


def _unknown(count: int, language: Language) -> str:
    return text("data.unknown", language, count=f"{count:,}") if count else ""


def _counted(side: str, here: pd.Series, language: Language) -> str:
    return f"{side_name(side, language)} ({len(here):,})"
