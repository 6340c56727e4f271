"""One page that shows what a person should have seen before training on photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from fdc import files
from fdc import manifest as manifests
from fdc.choices import Balance
from fdc.curation import balance, figures, rules, sufficiency
from fdc.curation.gallery import Shown, shown
from fdc.manifest import SPLITS, clean
from fdc.tasks import Task

EXAMPLES = 10
"""Photos shown of each rule, sets of copies, and photos of each class."""

MOST_LISTED = 1000
"""Files that one rule lists by name."""

_COPIES = ("label conflict", "cross split", "exact duplicate", "near duplicate")


@dataclass(frozen=True)
class Aside:
    """What one rule set aside."""

    name: str
    en: str
    ko: str
    count: int
    share: float
    files: Sequence[tuple[str, str]]
    examples: Sequence[Shown]


def write_report(
    manifest: pd.DataFrame,
    task: Task,
    path: Path,
    *,
    root: Path | None = None,
    examples: bool = False,
    anonymous: bool = False,
    weighing: Balance = "none",
    title: str | None = None,
) -> Path:
    """Writes a self-contained HTML page about a curated manifest.

    Args:
        manifest: The manifest; one that could not be split is shown without sides.
        task: What is predicted, its classes named.
        path: Of the page; a kill leaves either the old page or the new one.
        root: Folder of the photos; needed for examples.
        examples: Whether thumbnails are embedded. They are faces of people: keep such a page to
            those who may see the photos.
        anonymous: Whether no file is named, since file names may name people: for a page that is
            kept elsewhere than the photos.
        weighing: How the training photos are balanced.
        title: Of the set of photos, such as its folder's name; None: its sources.

    Returns:
        The path.
    """
    sources = ", ".join(sorted(manifest["source"].dropna().unique())) or "no source"
    pictures = root if examples and not anonymous else None
    counts = manifests.quarantine_counts(manifest)
    page = _template().render(
        title=title or sources,
        sources=sources,
        task=task,
        summary=summary(manifest, task),
        tiles=_tiles(manifest),
        warnings=_warnings(manifest, task),
        table=_split_table(manifest, task),
        balance=figures.class_balance(manifest, task),
        weights=_weights(manifest, task),
        weighing=weighing,
        distributions=figures.distributions(manifest),
        quarantine=figures.quarantine(counts),
        asides=[_aside(manifest, name, count, pictures) for name, count in counts.items()],
        copies=[] if anonymous else _copies(manifest, task, pictures),
        anonymous=anonymous,
        classes=_class_examples(manifest, task, pictures),
        most=MOST_LISTED,
        sides=SPLITS,
    )
    files.write_text(path, page)
    return path


def summary(manifest: pd.DataFrame, task: Task) -> dict[str, str]:
    """What the page says first, in "en" and "ko"."""
    photos = clean(manifest)
    total, kept, aside = len(manifest), len(photos), len(manifest) - len(photos)
    people, groups = photos["subject"].nunique(), photos["group"].nunique()
    counts = manifests.quarantine_counts(manifest)
    english = f"{kept:,} of {total:,} photos can be learned from; {aside:,} are set aside"
    korean = f"사진 {total:,}장 가운데 {kept:,}장을 학습에 쓸 수 있고, {aside:,}장은 제외했습니다"
    if counts:
        most = next(iter(counts))
        named = rules.NAMED.get(most)
        english += f", most of them ({counts[most]:,}) because {named.en if named else most}"
        korean += f"(가장 많은 이유: {named.ko if named else most}, {counts[most]:,}장)"
    english += ". "
    korean += ". "
    if people:
        english += f"They show {people:,} known people. "
        korean += f"알려진 인물은 {people:,}명입니다. "
    if groups:
        english += (
            f"They fall into {groups:,} groups (people and copies of a photo), none of which is on "
            "two sides of the split."
        )
        korean += (
            f"같은 사람이나 같은 사진을 묶은 그룹은 {groups:,}개이며, 어느 그룹도 두 분할에 걸치지 "
            "않습니다."
        )
    return {"en": english.strip(), "ko": korean.strip()}


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    environment.filters["drawing"] = Markup
    environment.filters["count"] = "{:,}".format
    return environment.get_template("report.html.jinja")


def _tiles(manifest: pd.DataFrame) -> list[tuple[str, str, int]]:
    photos = clean(manifest)
    counted = [
        ("photos", "전체 사진", len(manifest)),
        ("usable", "사용 가능", len(photos)),
        ("set aside", "제외", len(manifest) - len(photos)),
        ("known people", "알려진 인물", int(photos["subject"].nunique())),
        ("groups", "그룹", int(photos["group"].nunique())),
    ]
    sides = zip(SPLITS, ("학습", "검증", "시험"), strict=True)
    counted += [(side, korean, int((photos["split"] == side).sum())) for side, korean in sides]
    return [tile for tile in counted if tile[2] or tile[0] != "known people"]


def _warnings(manifest: pd.DataFrame, task: Task) -> list[str]:
    if manifest["group"].isna().all():
        return ["These photos are not split: nothing, or too little, can be learned from them."]
    labels = task.encode(manifest[task.column])
    return sufficiency.warnings_about(manifest, labels, task.labels)


def _split_table(manifest: pd.DataFrame, task: Task) -> list[dict[str, Any]]:
    photos = clean(manifest)
    labels = task.encode(photos[task.column])
    rows: list[dict[str, Any]] = []
    for index in range(len(task.labels)):
        here = photos[labels == index]
        names = (task.display(index, "en"), task.display(index, "ko"))
        rows.append({"names": names, **_row(here, photos)})
    return [*rows, {"names": ("all", "전체"), **_row(photos, photos)}]


def _row(here: pd.DataFrame, photos: pd.DataFrame) -> dict[str, Any]:
    def share(side: str) -> tuple[int, float]:
        whole = int((photos["split"] == side).sum())
        count = int((here["split"] == side).sum())
        return count, count / whole if whole else 0.0

    return {
        "sides": [share(side) for side in SPLITS],
        "total": (len(here), len(here) / len(photos) if len(photos) else 0.0),
        "groups": int(here["group"].nunique()),
    }


def _weights(manifest: pd.DataFrame, task: Task) -> figures.Picture | None:
    training = clean(manifest)
    training = training[training["split"] == "train"]
    labels = task.encode(training[task.column]).dropna()
    names = [task.display(index, "en") for index in range(len(task.labels))]
    weights = balance.class_weights(labels, names)
    return figures.class_weights(weights) if weights else None


def _aside(manifest: pd.DataFrame, name: str, count: int, root: Path | None) -> Aside:
    rule = rules.NAMED.get(name, rules.Rule(name, name, name))
    rows = manifest[manifest["quarantine"].fillna("").str.startswith(f"{name}: ")]
    rows = rows.sort_values("path")
    reasons = rows["quarantine"].str.split(": ", n=1).str[1]
    listed = list(zip(rows["path"], reasons, strict=True))[:MOST_LISTED]
    spread = rows.iloc[:: max(1, len(rows) // EXAMPLES)].head(EXAMPLES) if root else rows.head(0)
    told = reasons[spread.index]
    shots = [
        shown(row, reason, root) for (_, row), reason in zip(spread.iterrows(), told, strict=True)
    ]
    return Aside(name, rule.en, rule.ko, count, count / len(manifest), listed, shots)


def _copies(manifest: pd.DataFrame, task: Task, root: Path | None) -> list[list[Shown]]:
    """Sets of copies side by side: those that disagree first, then the largest."""
    rule = manifest["quarantine"].fillna("").str.split(": ").str[0]
    aside = manifest[rule.isin(_COPIES)]
    key = manifest["image_id"].where(manifest["image_id"].duplicated(keep=False))
    near = rule.isin(["near duplicate", "cross split"]) & key.isna()
    key = key.fillna(manifest["group"].where(manifest["group"].isin(manifest["group"][near])))
    sets = manifest[key.isin(key[aside.index].dropna())].groupby(key)
    ordered = sorted(
        (rows for _, rows in sets if len(rows) > 1),
        key=lambda rows: (-rows[task.column].nunique(), -len(rows), rows["path"].min()),
    )
    return [
        [
            shown(row, _told(row, task), root)
            for _, row in rows.sort_values("path").head(6).iterrows()
        ]
        for rows in ordered[:EXAMPLES]
    ]


def _told(row: pd.Series, task: Task) -> str:
    label = row[task.column]
    said = (
        "no label" if pd.isna(label) else f"{label:g}" if isinstance(label, float) else str(label)
    )
    verdict = row["split"] if pd.isna(row["quarantine"]) else row["quarantine"].split(": ")[0]
    return f"{said} · {verdict if isinstance(verdict, str) else 'kept'}"


def _class_examples(
    manifest: pd.DataFrame, task: Task, root: Path | None
) -> list[tuple[str, list[Shown]]]:
    if root is None:
        return []
    photos = clean(manifest).sort_values("path")
    labels = task.encode(photos[task.column])
    drawn = []
    for index in range(len(task.labels)):
        here = photos[labels == index]
        spread = here.iloc[:: max(1, len(here) // EXAMPLES)].head(EXAMPLES)
        shots = [shown(row, _told(row, task), root) for _, row in spread.iterrows()]
        drawn.append((f"{task.display(index, 'en')} · {task.display(index, 'ko')}", shots))
    return drawn
