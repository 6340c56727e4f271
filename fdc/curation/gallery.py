"""Which photos the report shows, and their pictures where a person asks for them."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image

from fdc.errors import PhotoError
from fdc.imaging import decoding
from fdc.locale import Language, name_of, text
from fdc.manifest import clean
from fdc.tasks import Task

EXAMPLES = 10
"""Photos shown of each rule, sets of copies, and photos of each class."""

SIDE = 112
"""Pixels of the longer side of a thumbnail."""

_COPIES = ("label conflict", "cross split", "exact duplicate", "near duplicate")


@dataclass(frozen=True)
class Shown:
    """A photo on the page.

    Attributes:
        path: Relative to the data root.
        caption: Stands under it.
        picture: A data URL; empty where the photo is not shown or does not open.
    """

    path: str
    caption: str
    picture: str = ""


def shown(row: pd.Series, caption: str, root: Path | None) -> Shown:
    """One photo with its caption; without a root its picture is left out."""
    path = str(row["path"])
    return Shown(path, caption, thumbnail(root / path) if root is not None else "")


def thumbnail(path: Path) -> str:
    """A photo as a small JPEG in a data URL; empty where it does not open."""
    try:
        photo = Image.fromarray(decoding.decode(path.read_bytes(), at_least=SIDE))
    except (OSError, PhotoError):  # most of what is quarantined does not open: it is told as such
        return ""
    photo.thumbnail((SIDE, SIDE))
    stored = io.BytesIO()
    photo.save(stored, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(stored.getvalue()).decode()


def spread(rows: pd.DataFrame) -> pd.DataFrame:
    """Some of the rows, from the first to the last."""
    return rows.iloc[:: max(1, len(rows) // EXAMPLES)].head(EXAMPLES)


def copies(
    manifest: pd.DataFrame, task: Task, root: Path | None, language: Language
) -> list[list[Shown]]:
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
            shown(row, _caption(row, task, language), root)
            for _, row in rows.sort_values("path").head(6).iterrows()
        ]
        for rows in ordered[:EXAMPLES]
    ]


def class_examples(
    manifest: pd.DataFrame, task: Task, root: Path | None, language: Language
) -> list[tuple[str, list[Shown]]]:
    """Photos of each class by its name; none without a root."""
    if root is None:
        return []
    photos = clean(manifest).sort_values("path")
    labels = task.encode(photos[task.column])
    return [
        (
            name,
            [
                shown(row, _caption(row, task, language), root)
                for _, row in spread(photos[labels == index]).iterrows()
            ],
        )
        for index, name in enumerate(task.class_names(language))
    ]


def _caption(row: pd.Series, task: Task, language: Language) -> str:
    """A photo's label, and where it stands."""
    value = row[task.column]
    if pd.isna(value):
        label = text("data.no label", language)
    elif isinstance(value, float):
        label = f"{value:g}"
    else:
        label = name_of("value", str(value), language)
    if not pd.isna(row["quarantine"]):
        place = name_of("rule", row["quarantine"].split(": ")[0], language)
    elif not pd.isna(row["split"]):
        place = text(f"split.{row['split']}", language)
    else:
        place = text("data.kept", language)
    return f"{label} · {place}"
