"""Small pictures of photos for the report, only where a person asks for them."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image

from fdc.errors import PhotoError
from fdc.imaging import decoding as photos

SIDE = 112
"""Pixels of the longer side of a thumbnail."""


@dataclass(frozen=True)
class Shown:
    """A photo on the page.

    Attributes:
        path: Relative to the data root.
        caption: What is said under it.
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
        photo = Image.fromarray(photos.decode(path.read_bytes(), at_least=SIDE))
    except (OSError, PhotoError):  # most of what is quarantined does not open: it is told as such
        return ""
    photo.thumbnail((SIDE, SIDE))
    stored = io.BytesIO()
    photo.save(stored, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(stored.getvalue()).decode()
