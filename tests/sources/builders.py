"""Small datasets in the true format of each reader, written for a test."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fdc.sources import adience, fer2013
from tests.damage import encoded, picture


def photo(path: Path, number: int = 0, **size: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    format = "PNG" if path.suffix.lower() == ".png" else "JPEG"
    path.write_bytes(encoded(picture(number, **size), format))
    return path


def photos(root: Path, names: Sequence[str], **size: int) -> None:
    for number, name in enumerate(names):
        photo(root / name, number, **size)


def aihub_label(**changes: Any) -> dict[str, Any]:
    """The example of the set's documentation."""
    label = {
        "filename": "0001_1992_06_00000020_F",
        "id": 1,
        "birth": 1992,
        "age_now": 31,
        "age_past": 6,
        "format": "png",
        "imgsize": "1.557MB",
        "width": 918,
        "height": 1629,
        "device": "film",
        "gender": "male",
        "annotation": [
            {
                "box": {"x": 323.7, "y": 611.2, "w": 407.6, "h": 394.9},
                "landmark": [
                    [526.4, 786.5],
                    [445.5, 725.1],
                    [611.2, 711.3],
                    [473.6, 895.0],
                    [589.5, 886.9],
                ],
            }
        ],
    }
    return label | changes


def aihub(root: Path, people: int = 3, ages: Sequence[int] = (6, 25, 61)) -> list[str]:
    """Photos and labels in folders of their own, as AI-Hub packs them; gives the names' stems."""
    stems = []
    for person in range(1, people + 1):
        for age in ages:
            number = len(stems) + 1
            stem = f"{person:04d}_1950_{age:02d}_{number:08d}_{'F' if age < 30 else 'D'}"
            label = aihub_label(
                filename=stem,
                id=person,
                birth=1950,
                age_now=73,
                age_past=age,
                gender="female" if person % 2 else "male",
                device="film" if age < 30 else "digital",
            )
            photo(root / "Training" / "원천데이터" / f"{stem}.png", number)
            write_json(root / "Training" / "라벨링데이터" / f"{stem}.json", label)
            stems.append(stem)
    return stems


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def utkface(root: Path, count: int = 12) -> list[str]:
    names = [f"{7 * n % 90}_{n % 2}_{n % 5}_20170109{n:09d}.jpg.chip.jpg" for n in range(count)]
    photos(root, names)
    return names


ADIENCE_ROWS: tuple[Mapping[str, str], ...] = (
    {"age": "(0, 2)", "gender": "f"},
    {"age": "(60, 100)", "gender": "m"},
    {"age": "35", "gender": "u"},
    {"age": "None", "gender": ""},
    {"age": "(25, 23)", "gender": "f"},
    {"age": "(8, 23)", "gender": "m"},
)


def adience_line(fold: int, number: int, **changes: str) -> str:
    row = dict(
        zip(
            adience.COLUMNS,
            (
                f"3060105{fold}@N03",
                f"1039987{number}_92c1{fold}c08aa_o.jpg",
                str(number),
                "(25, 32)",
                "f",
                *("641", "1325", "1000", "1000", "115", "30", "17"),
            ),
            strict=True,
        )
    )
    return "\t".join((row | changes).values())


def adience_set(root: Path) -> list[str]:
    """Five folds with every kind of age in each; gives the photos' paths."""
    paths = []
    for fold in range(5):
        rows = [adience_line(fold, n, **row) for n, row in enumerate(ADIENCE_ROWS)]
        table = "\n".join(["\t".join(adience.COLUMNS), *rows]) + "\n"
        root.mkdir(parents=True, exist_ok=True)
        (root / f"fold_{fold}_data.txt").write_text(table)
        (root / f"fold_frontal_{fold}_data.txt").write_text(table)
        for row in rows:
            user, original, face = row.split("\t")[:3]
            path = f"faces/{user}/coarse_tilt_aligned_face.{face}.{original}"
            photo(root / path, len(paths))
            paths.append(path)
    return paths


def fer2013_folders(root: Path) -> list[str]:
    names = {"train": "Training", "validation": "PublicTest", "test": "PrivateTest"}
    paths = [
        f"{split}/{emotion}/{name}_{number}.jpg"
        for split, name in names.items()
        for number, emotion in enumerate(fer2013.EMOTIONS)
    ]
    for number, path in enumerate(paths):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(encoded(picture(number, 48, 48).convert("L"), "JPEG"))
    return paths


def fer2013_row(number: int, usage: str = "Training") -> str:
    pixels = np.asarray(picture(number, 48, 48).convert("L")).ravel()
    return f"{number % 7},{' '.join(map(str, pixels))},{usage}"


def fer2013_table(root: Path, usages: Sequence[str]) -> None:
    rows = [fer2013_row(number, usage) for number, usage in enumerate(usages)]
    (root / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")


def ckplus(root: Path) -> list[str]:
    paths = [
        f"{emotion}/S{subject:03d}_00{k}_{frame:08d}.png"
        for k, emotion in enumerate(("anger", "happy", "sadness"))
        for subject in (10, 11)
        for frame in (13, 14, 15)
    ]
    photos(root, paths, width=48, height=48)
    return paths


def table(path: Path, rows: Sequence[Sequence[str]], delimiter: str = ",", **how: Any) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), **({"encoding": "utf-8"} | how))
