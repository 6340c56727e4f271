"""Small stores of noise, every fourth photo of which was refused."""

from pathlib import Path

import numpy as np

from fdc.crops.record import Record
from fdc.crops.writer import CropWriter
from fdc.faces.recipe import Recipe

RECIPE = Recipe(size=16)
FILES = ("crops.u8", "journal.jsonl", "index.parquet", "recipe.json")


def crop(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)


def add(writer: CropWriter, number: int) -> None:
    key = f"key {number}"
    if number % 4 == 3:
        writer.add(Record(key, "no face", "none was found"))
    else:
        box = [1.0, 2.0, 3.0, float(number)]
        writer.add(Record(key, notes=("noted",), box=box, confidence=0.5), crop(number))


def fill(folder: Path, numbers: range) -> None:
    with CropWriter(folder, RECIPE) as writer:
        for number in numbers:
            if f"key {number}" not in writer.done:
                add(writer, number)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}
