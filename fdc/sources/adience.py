"""Adience: five tables of folds that share no person, with the photos below `faces/`.

Eidinger, Enbar, Hassner: Age and Gender Estimation of Unfiltered Faces (IEEE TIFS 2014),
https://talhassner.github.io/home/projects/Adience/Adience-data.html. The subject is the user whose
album a photo comes from: one album may show several people, but no person is in two albums.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from fdc.sources import vocabulary
from fdc.sources.delimited import lines
from fdc.sources.reader import Options, Reader, Row, unreadable

COLUMNS = (
    "user_id",
    "original_image",
    "face_id",
    "age",
    "gender",
    "x",
    "y",
    "dx",
    "dy",
    "tilt_ang",
    "fiducial_yaw_angle",
    "fiducial_score",
)

AGES: dict[str, float | None] = {
    "(0, 2)": 1.0,
    "(4, 6)": 5.0,
    "(8, 12)": 10.0,
    "(8, 13)": 10.5,
    "(15, 20)": 17.5,
    "(25, 32)": 28.5,
    "(38, 43)": 40.5,
    "(48, 53)": 50.5,
    "(60, 100)": 80.0,
    # Dirt. Ranges that overlap the eight groups keep their own middle.
    "(27, 32)": 29.5,
    "(38, 42)": 40.0,
    "(38, 48)": 43.0,
    "(25, 23)": 28.5,  # digits swapped: (25, 32)
    "(8, 23)": None,  # spans a child and an adult
    "None": None,
    "": None,
}
"""Age in years for every text that the tables hold, except for bare numbers, which are years.

The text itself is kept in `age_text`: the middle of a group is an age that nobody measured.
"""

_GENDERS = {"f": "female", "m": "male", "u": None, "": None}
_FOLD = re.compile(r"fold_(\d)_data\.txt", re.IGNORECASE)
_PHOTOS = (
    "faces/{user_id}/coarse_tilt_aligned_face.{face_id}.{original_image}",
    "aligned/{user_id}/landmark_aligned_face.{face_id}.{original_image}",
)


def age(text: str) -> float | None:
    """Years of one of the tables' age texts, or None where nobody can tell.

    Example:
        >>> age("(25, 32)"), age("35"), age("None")
        (28.5, 35.0, None)
    """
    text = text.strip()
    if text in AGES:
        return AGES[text]
    try:
        return vocabulary.age(text) if text.isdecimal() else None
    except ValueError:
        return None


def _folds(root: Path) -> list[tuple[int, Path]]:
    found = ((_FOLD.fullmatch(path.name), path) for path in sorted(root.glob("*.txt")))
    return [(int(name[1]), path) for name, path in found if name]


def _recognise(root: Path) -> bool:
    return bool(_folds(root))


def _rows(root: Path, _: Options) -> Iterator[Row]:
    for fold, table in _folds(root):
        for number, line in lines(table):
            cells = [cell.strip() for cell in line.rstrip("\t").split("\t")]
            if cells[0] == COLUMNS[0]:
                continue
            yield _row(root, f"{table.name}:{number}", fold, cells)


def _row(root: Path, place: str, fold: int, cells: list[str]) -> Row:
    if len(cells) != len(COLUMNS):
        reason = f"{place} has {len(cells)} columns instead of {len(COLUMNS)}"
        return unreadable(place, reason, published_fold=fold)
    row = dict(zip(COLUMNS, cells, strict=True))
    if not (row["user_id"] and row["face_id"] and row["original_image"]):
        return unreadable(place, f"{place} does not name its photo", published_fold=fold)
    paths = [pattern.format(**row) for pattern in _PHOTOS]
    path = next((path for path in paths if os.path.isfile(root / path)), paths[0])
    known = {"published_fold": fold, "age_text": row["age"]}
    if row["gender"] not in _GENDERS:
        return unreadable(path, f"gender {row['gender']!r} is none of f, m, u", **known)
    return {
        "path": path,
        "subject": row["user_id"],
        "age": age(row["age"]),
        "gender": _GENDERS[row["gender"]],
        **known,
    }


READER = Reader(
    name="adience",
    description="tables fold_0_data.txt to fold_4_data.txt beside a folder faces",
    recognise=_recognise,
    rows=_rows,
)
