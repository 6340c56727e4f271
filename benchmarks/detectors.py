"""How many faces each detector finds, how fast, and how well it agrees with annotations.

    python benchmarks/detectors.py --weights WEIGHTS FOLDER [FOLDER ...]

Each folder is one row; a last row is the drawn sample, whose annotation tells where the points
are. `recall` is the share of photos in which a face is found, `per_s` photos per second on one
core, `apart` the median distance of eyes and mouth from YuNet's (from the annotation's on the drawn
sample), in pixels of an aligned crop of 128. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np

from fdc import choices, sources
from fdc.faces import alignment, detection
from fdc.faces.detection import Detector
from fdc.faces.face import Face, annotated, overlap
from fdc.faces.recipe import Recipe
from fdc.imaging import decoding
from fdc.sample import dataset as sample

SUFFIXES = {".jpg", ".jpeg", ".png"}
DETECTORS = get_args(choices.DetectorName)
SIZE, MARGIN = 128, 0.2
LOOK = 480


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--weights", required=True, type=Path)
    parser.add_argument("--photos", type=int, default=100, help="per folder")
    parser.add_argument("--detectors", nargs="+", choices=DETECTORS, default=DETECTORS)
    options = parser.parse_args()
    logging.getLogger("absl").setLevel(logging.ERROR)
    cv2.setNumThreads(1)
    found: dict[str, dict[str, Any]] = {name: {} for name in options.detectors}
    opened = {name: _open(name, options.weights) for name in options.detectors}
    for folder in options.folders:
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        chosen = random.Random(0).sample(paths, min(options.photos, len(paths)))
        _measure(folder.name, [(path, None) for path in chosen], opened, found)
    with tempfile.TemporaryDirectory() as drawn:
        _measure("drawn sample", _drawn(Path(drawn), options.photos), opened, found)
    print(json.dumps(found))


def _open(name: choices.DetectorName, weights: Path) -> Detector:
    detector = detection.open_detector(Recipe(detector=name), [weights], 1)
    assert detector is not None
    detector.find(np.zeros((240, 320, 3), np.uint8))
    return detector


def _drawn(folder: Path, count: int) -> list[tuple[Path, Face | None]]:
    sample.draw(folder, subjects=max(1, count // 5), photos=5)
    table = sources.read(folder).head(count)
    faces = (annotated(*row) for row in zip(table["box"], table["landmarks"], strict=True))
    return list(zip((folder / path for path in table["path"]), faces, strict=True))


def _measure(
    title: str,
    pairs: Iterable[tuple[Path, Face | None]],
    opened: dict[str, Detector],
    found: dict[str, dict[str, Any]],
) -> None:
    seen = [(_decoded(path), face) for path, face in pairs]
    reference: list[Face | None] = [face for _, face in seen]
    for name, detector in opened.items():
        began = time.process_time()
        faces = [detection.find_faces(detector, pixels) for (pixels, _), _ in seen]
        sharp = [
            detector.refine(pixels, one[0]).rescaled(scale) if one else None
            for one, ((pixels, scale), _) in zip(faces, seen, strict=True)
        ]
        seconds = time.process_time() - began
        distances = [
            _distance(one, other)
            for one, other in zip(sharp, reference, strict=True)
            if one is not None and other is not None
        ]
        found[name][title] = {
            "photos": len(seen),
            "recall": round(float(np.mean([bool(one) for one in faces])), 3),
            "per_s": round(len(seen) / seconds, 1),
            "apart": _quantile(distances, 0.5),
            "apart_worst_tenth": _quantile(distances, 0.9),
        }
        print(title, name, json.dumps(found[name][title]), flush=True)
        if all(face is None for face in reference):
            reference = sharp


def _quantile(distances: list[float], share: float) -> float | None:
    return round(float(np.quantile(distances, share)), 2) if distances else None


def _decoded(path: Path) -> tuple[np.ndarray, float]:
    data = path.read_bytes()
    pixels = decoding.decode(data, at_least=LOOK)
    return pixels, max(pixels.shape[:2]) / max(decoding.size(data))


def _distance(one: Face, other: Face) -> float:
    """Mean distance of eyes and mouth, in pixels of the crop that the second face gives."""
    assert one.landmarks is not None
    assert other.landmarks is not None
    if overlap(one.box, other.box) < 0.2:
        return float("inf")
    matrix = alignment.by_landmarks(other.landmarks, SIZE, MARGIN)
    used = [0, 1, 3, 4]
    apart = alignment.apply(matrix, one.landmarks[used]) - alignment.apply(
        matrix, other.landmarks[used]
    )
    return float(np.hypot(*apart.T).mean())


if __name__ == "__main__":
    main()
