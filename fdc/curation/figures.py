"""Figures of a set of photos, drawn without any global state of matplotlib."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from fdc.curation.checks import boxes
from fdc.manifest import SPLITS, clean
from fdc.tasks import Task

COLOURS: Mapping[str, str] = {
    "train": "#2f6f9f",
    "validation": "#d9772b",
    "test": "#3f8f5f",
    "photos": "#2f6f9f",
}
RED, GREY, INK = "#b8443c", "#8b9198", "#23282d"

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fdc",
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#c5cad0",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#e9ecef",
    "xtick.color": "#5b6268",
    "ytick.color": "#5b6268",
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}
_WIDTH, _HEIGHT = 5.2, 2.9
_MOST_BARS = 14


@dataclass(frozen=True)
class Picture:
    """A figure for the page.

    Attributes:
        title: In English.
        title_ko: In Korean.
        svg: The drawing, to be put into HTML as it is; empty where `fact` says it all.
        fact: What a figure would show, where all photos are alike.
    """

    title: str
    title_ko: str
    svg: str
    fact: str = ""


def distributions(manifest: pd.DataFrame) -> list[Picture]:
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
        _numeric("Age", "나이", "years", photos["age"], sides, 5),
        _named("Gender", "성별", photos["gender"], sides),
        _named("Skin tone", "피부 톤", photos["tone"], sides),
        _named("Emotion", "감정", photos["emotion"], sides),
        _named("Device", "촬영 기기", photos["device"], sides),
        _numeric("Year of the photo", "촬영 연도", "year", photos["captured_year"], sides),
        _numeric("Size of photos", "사진 크기", "px, shorter side", shorter, sides),
        _numeric("Size of annotated faces", "얼굴 크기", "px, shorter side", face, sides),
        _per_person(photos, sides),
    ]
    return [picture for picture in drawn if picture is not None]


def class_balance(manifest: pd.DataFrame, task: Task) -> Picture | None:
    """Photos of each class, stacked by side; None for a regression."""
    photos = clean(manifest)
    if task.is_regression or not task.labels:
        return None
    labels = task.encode(photos[task.column])
    names = [task.display(index, "en") for index in range(len(task.labels))]
    sides = _sides(photos)

    def draw(axes: Axes) -> None:
        bottom = np.zeros(len(names))
        for side in sides.unique():
            counts = labels[sides == side].value_counts().reindex(range(len(names)), fill_value=0)
            heights = counts.to_numpy(dtype=float)
            axes.bar(names, heights, 0.72, bottom, color=COLOURS[side], label=side)
            bottom += heights
        for place, height in enumerate(bottom):
            axes.annotate(
                f"{height:,.0f}", (place, height), (0, 2), textcoords="offset points",
                ha="center", va="bottom", fontsize=8,
            )  # fmt: skip
        axes.set_ylabel("photos")
        axes.margins(y=0.12)
        _slanted(axes, names)
        _legend(axes)

    return Picture("Photos of each class", "클래스별 사진 수", _svg(draw))


def quarantine(counts: Mapping[str, int]) -> Picture | None:
    """Photos that each rule has set aside; None where there are none."""
    if not counts:
        return None
    names = list(counts)[::-1]

    def draw(axes: Axes) -> None:
        bars = axes.barh(names, [counts[name] for name in names], 0.68, color=RED)
        axes.bar_label(bars, [f"{counts[name]:,}" for name in names], padding=3, fontsize=8)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.margins(x=0.1)
        axes.set_xlabel("photos")

    size = (2 * _WIDTH, 0.75 + 0.26 * len(names))
    return Picture("Set aside, by rule", "규칙별 제외된 사진", _svg(draw, size))


def class_weights(weights: Mapping[str, float]) -> Picture:
    """What a photo of each class would count for in the loss."""

    def draw(axes: Axes) -> None:
        bars = axes.bar(list(weights), list(weights.values()), 0.72, color=GREY)
        axes.bar_label(bars, [f"{value:.2f}" for value in weights.values()], padding=2, fontsize=8)
        axes.axhline(1, color=INK, linewidth=0.8, linestyle="--", zorder=0)
        axes.set_ylabel("weight of one photo")
        axes.margins(y=0.15)
        _slanted(axes, list(weights))

    return Picture("Weights of the classes", "클래스 가중치", _svg(draw))


def _sides(photos: pd.DataFrame) -> pd.Series:
    told = photos["split"].astype("string")
    if told.isna().all():
        return told.fillna("photos")
    order = [side for side in SPLITS if (told == side).any()]
    return told.astype(pd.CategoricalDtype(order, ordered=True)).sort_values()


def _numeric(
    title: str,
    korean: str,
    unit: str,
    values: pd.Series,
    sides: pd.Series,
    step: float | None = None,
) -> Picture | None:
    known = values.dropna().astype(float)
    known = known[np.isfinite(known)]
    if known.empty:
        return None
    if known.nunique() == 1:
        return Picture(title, korean, "", f"{known.iloc[0]:g} {unit}")
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
            last = side == sides.unique()[0]
            axes.stairs(share, edges, color=COLOURS[side], fill=last, alpha=0.25 if last else 1)
            axes.stairs(
                share, edges, color=COLOURS[side], linewidth=1.6, label=_counted(side, here)
            )
        axes.set_xlabel(unit)
        axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
        _legend(axes)

    missing = len(values) - len(known)
    return Picture(title, korean, _svg(draw), f"unknown for {missing:,}" if missing else "")


def _named(title: str, korean: str, values: pd.Series, sides: pd.Series) -> Picture | None:
    known = values.dropna().astype(str)
    if known.empty:
        return None
    if known.nunique() == 1:
        return Picture(title, korean, "", known.iloc[0])
    common = known.value_counts().index[:_MOST_BARS]
    known = known.where(known.isin(common), "others")
    names = list(known.value_counts().index)

    def draw(axes: Axes) -> None:
        chosen = list(sides.unique())
        width = 0.8 / len(chosen)
        for number, side in enumerate(chosen):
            here = known[sides.reindex(known.index) == side]
            share = here.value_counts(normalize=True).reindex(names, fill_value=0)
            place = np.arange(len(names)) + (number - (len(chosen) - 1) / 2) * width
            label = _counted(side, here)
            axes.bar(place, share.to_numpy(), width * 0.92, color=COLOURS[side], label=label)
        axes.set_xticks(range(len(names)), names)
        axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
        _slanted(axes, names)
        _legend(axes)

    missing = len(values) - len(known)
    return Picture(title, korean, _svg(draw), f"unknown for {missing:,}" if missing else "")


def _per_person(photos: pd.DataFrame, sides: pd.Series) -> Picture | None:
    people = photos.dropna(subset="subject")
    if people.empty:
        return None
    counts = people.groupby("subject").size()
    side = sides.reindex(people.index).astype(str).groupby(people["subject"]).first()
    of_side = pd.Series(side, counts.index).astype(pd.CategoricalDtype(_order(sides), ordered=True))
    step = max(1, int(counts.max() - counts.min()) // 40)
    fewest, most = int(counts.min()), int(counts.max())
    edges = [number - 0.5 for number in range(fewest, most + step + 1, step)]
    if counts.nunique() == 1:
        return Picture("Photos per person", "한 사람당 사진 수", "", f"{counts.iloc[0]} each")

    def draw(axes: Axes) -> None:
        parts = [counts[of_side == name] for name in _order(sides)]
        axes.hist(
            parts,
            edges,
            stacked=True,
            color=[COLOURS[name] for name in _order(sides)],
            label=[
                f"{name} ({len(part):,} people)"
                for name, part in zip(_order(sides), parts, strict=True)
            ],
        )
        axes.set_xlabel("photos of one person")
        axes.set_ylabel("people")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        _legend(axes)

    missing = len(photos) - len(people)
    fact = f"{counts.size:,} people" + (f", unknown for {missing:,} photos" if missing else "")
    return Picture("Photos per person", "한 사람당 사진 수", _svg(draw), fact)


def _order(sides: pd.Series) -> list[str]:
    return [str(side) for side in sides.unique()]


def _counted(side: str, here: pd.Series) -> str:
    return f"{side} ({len(here):,})"


def _slanted(axes: Axes, names: list[str]) -> None:
    if sum(len(name) for name in names) > 52:
        axes.tick_params(axis="x", labelrotation=35)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.tick_params(axis="x", length=0)


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=3, fontsize=8, handlelength=1.1,
        columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip


def _svg(draw: Callable[[Axes], None], size: tuple[float, float] = (_WIDTH, _HEIGHT)) -> str:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size)
        draw(figure.subplots())
        stored = io.StringIO()
        figure.savefig(stored, format="svg", transparent=True, metadata={"Date": None})
    text = stored.getvalue()
    return text[text.index("<svg") :]
