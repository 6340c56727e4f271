"""One page that shows what a person should have seen before training on photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from fdc import files
from fdc import manifest as manifests
from fdc.choices import Balance
from fdc.curation import balance, figures, sufficiency
from fdc.curation.distributions import distributions
from fdc.curation.gallery import Shown, class_examples, copies, shown, spread
from fdc.locale import LANGUAGES, Language, file_name, name_of, text
from fdc.manifest import SPLITS, clean
from fdc.style import pages
from fdc.tasks import Task

MOST_LISTED = 1000
"""Files that one rule lists by name."""

_TEMPLATE = Path(__file__).with_name("report.html.jinja")


@dataclass(frozen=True)
class SetAside:
    """What one rule set aside."""

    rule: str
    text: str
    count: int
    share: float
    files: Sequence[tuple[str, str]]
    examples: Sequence[Shown]


def write_reports(
    manifest: pd.DataFrame, task: Task, path: Path, **options: Any
) -> dict[Language, Path]:
    """Writes a page in every language; a kill leaves either the old page or the new one.

    Args:
        manifest: The manifest; one that could not be split is shown without sides.
        task: What is predicted, its classes named.
        path: Of the page in the first language; the others lie beside it.
        **options: As `render` takes them.

    Returns:
        The pages.
    """
    paths = {language: path.with_name(file_name(path.name, language)) for language in LANGUAGES}
    for language, page in paths.items():
        files.write_text(page, render(manifest, task, language, **options))
    return paths


def render(
    manifest: pd.DataFrame,
    task: Task,
    language: Language,
    *,
    root: Path | None = None,
    examples: bool = False,
    anonymous: bool = False,
    weighing: Balance = "none",
    title: str | None = None,
) -> str:
    """A self-contained HTML page about a curated manifest.

    Args:
        manifest: The manifest; one that could not be split is shown without sides.
        task: What is predicted, its classes named.
        language: Of the page.
        root: Folder of the photos; needed for examples.
        examples: Whether thumbnails are embedded. They are faces of people: keep such a page to
            those who may see the photos.
        anonymous: Whether no file is named, since file names may name people: for a page that is
            kept elsewhere than the photos.
        weighing: How the training photos are balanced.
        title: Of the set of photos, such as its folder's name; None: its sources.

    Returns:
        The HTML.
    """
    sources = ", ".join(sorted(manifest["source"].dropna().unique()))
    pictures = root if examples and not anonymous else None
    counts = manifests.quarantine_counts(manifest)
    return pages.render(
        _TEMPLATE,
        language,
        title=title or sources or text("data.no source", language),
        task=task,
        summary=summary(manifest, language),
        tiles=_tiles(manifest, language),
        warnings=_warnings(manifest, task, language),
        table=_split_table(manifest, task, language),
        class_balance=figures.class_balance(manifest, task, language),
        weights=_weights(manifest, task, weighing, language),
        distributions=distributions(manifest, language),
        quarantine=figures.quarantine(counts, language),
        asides=[
            _aside(manifest, rule, count, pictures, language) for rule, count in counts.items()
        ],
        copies=[] if anonymous else copies(manifest, task, pictures, language),
        anonymous=anonymous,
        classes=class_examples(manifest, task, pictures, language),
        splits=SPLITS,
    )


def summary(manifest: pd.DataFrame, language: Language) -> str:
    """What the page says first."""
    photos = clean(manifest)
    people, groups = photos["subject"].nunique(), photos["group"].nunique()
    counts = manifests.quarantine_counts(manifest)
    sentences = [
        text(
            "data.usable",
            language,
            total=f"{len(manifest):,}",
            kept=f"{len(photos):,}",
            aside=f"{len(manifest) - len(photos):,}",
        )
    ]
    if counts:
        most, count = next(iter(counts.items()))
        rule = name_of("rule", most, language)
        sentences.append(text("data.most common rule", language, rule=rule, count=f"{count:,}"))
    if people:
        sentences.append(text("data.people", language, people=f"{people:,}"))
    if groups:
        sentences.append(text("data.groups", language, groups=f"{groups:,}"))
    return " ".join(sentences)


def _tiles(manifest: pd.DataFrame, language: Language) -> list[tuple[str, int]]:
    photos = clean(manifest)
    counts = {
        "data.tile.photos": len(manifest),
        "data.tile.usable": len(photos),
        "data.tile.aside": len(manifest) - len(photos),
        "data.tile.people": int(photos["subject"].nunique()),
        "data.tile.groups": int(photos["group"].nunique()),
    } | {f"split.{split}": int((photos["split"] == split).sum()) for split in SPLITS}
    if not counts["data.tile.people"]:
        del counts["data.tile.people"]
    return [(text(key, language), count) for key, count in counts.items()]


def _warnings(manifest: pd.DataFrame, task: Task, language: Language) -> list[str]:
    if manifest["group"].isna().all():
        return [text("data.not split", language)]
    labels = task.encode(manifest[task.column])
    return sufficiency.warnings_about(manifest, labels, task.class_names(language), language)


def _split_table(manifest: pd.DataFrame, task: Task, language: Language) -> list[dict[str, Any]]:
    photos = clean(manifest)
    labels = task.encode(photos[task.column])
    rows = [
        {"name": name, **_row(photos[labels == index], photos)}
        for index, name in enumerate(task.class_names(language))
    ]
    return [*rows, {"name": text("data.all", language), **_row(photos, photos)}]


def _row(here: pd.DataFrame, photos: pd.DataFrame) -> dict[str, Any]:
    def share(split: str) -> tuple[int, float]:
        whole = int((photos["split"] == split).sum())
        count = int((here["split"] == split).sum())
        return count, count / whole if whole else 0.0

    return {
        "splits": [share(split) for split in SPLITS],
        "total": (len(here), len(here) / len(photos) if len(photos) else 0.0),
        "groups": int(here["group"].nunique()),
    }


def _weights(
    manifest: pd.DataFrame, task: Task, weighing: Balance, language: Language
) -> figures.Picture | None:
    training = clean(manifest)
    training = training[training["split"] == "train"]
    labels = task.encode(training[task.column]).dropna()
    weights = balance.class_weights(labels, task.class_names(language))
    return figures.weights_chart(weights, weighing, language) if weights else None


def _aside(
    manifest: pd.DataFrame, rule: str, count: int, root: Path | None, language: Language
) -> SetAside:
    rows = manifest[manifest["quarantine"].fillna("").str.startswith(f"{rule}: ")]
    rows = rows.sort_values("path")
    reasons = rows["quarantine"].str.split(": ", n=1).str[1]
    chosen = spread(rows) if root else rows.head(0)
    return SetAside(
        rule=rule,
        text=name_of("rule", rule, language),
        count=count,
        share=count / len(manifest),
        files=list(zip(rows["path"], reasons, strict=True))[:MOST_LISTED],
        examples=[
            shown(row, reason, root)
            for (_, row), reason in zip(chosen.iterrows(), reasons[chosen.index], strict=True)
        ],
    )
