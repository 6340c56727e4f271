"""What a store knows of one photo, and the photo's name in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """What the store knows of one photo.

    Attributes:
        key: content and annotation of the photo; see `key_of`.
        rule: the rule that refused it; None where there is a crop.
        reason: why.
        notes: what a person should know of the crop.
        box: x, y, width, height of the face in pixels of the upright photo.
        landmarks: ten numbers, x and y of its five points.
        confidence: of the face, 0..1.
        found_by: who found it.
    """

    key: str
    rule: str | None = None
    reason: str | None = None
    notes: Sequence[str] = ()
    box: Sequence[float] | None = None
    landmarks: Sequence[float] | None = None
    confidence: float | None = None
    found_by: str | None = None


def key_of(image_id: str, box: Sequence[float] | None, landmarks: Sequence[float] | None) -> str:
    """Name of a photo in a store: what it holds and what its annotation says, not where it lies.

    Example:
        >>> key_of("0" * 64, [1, 2, 3, 4], None) == key_of("0" * 64, (1.0, 2.0, 3.0, 4.0), None)
        True
    """
    known = [None if part is None else [float(x) for x in part] for part in (box, landmarks)]
    return hashlib.sha256(json.dumps([image_id, *known]).encode()).hexdigest()[:32]
