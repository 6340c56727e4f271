"""Whether masks of the head-and-shoulders cut are as good as rembg's masks of the full photo.

    python benchmarks/masks.py --data PHOTOS --weights WEIGHTS [--figure masks.png]

Both run u2netp; rembg's way at full size in float32 under ONNX Runtime, fdc's by its recipe. IoU is
taken inside the cut, at the photo's own resolution. The figure shows cut, rembg's and fdc's masks,
and what each makes of the cut on a set colour, smallest face first. The last line sums up.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fdc import weights
from fdc.faces import background, detection, runtimes
from fdc.faces.choose import choose_recipe
from fdc.faces.compositing import composite
from fdc.faces.face import Face
from fdc.faces.masking import head_and_shoulders
from fdc.imaging import decoding

SUFFIXES = {".jpg", ".jpeg", ".png"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--weights", required=True, type=Path)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--runtime", default="auto")
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    asked = (
        {} if options.runtime == "auto" else {"runtime": options.runtime, "precision": "float32"}
    )
    recipe = choose_recipe(
        background="u2netp",
        weights_folders=[options.weights],
        download=False,
        **asked,
    )
    path, _ = weights.require("u2netp", [options.weights])
    theirs = background.U2Net(runtimes.load(path, "onnxruntime", "float32", 2))
    ours = background.open_session(recipe, [options.weights], 2)
    detector = detection.open_detector(recipe, [options.weights], 2)
    assert ours is not None
    assert detector is not None
    found = []
    paths = sorted(path for path in options.data.rglob("*") if path.suffix.lower() in SUFFIXES)
    for path in paths[: options.photos]:
        pixels = decoding.decode(path.read_bytes())
        faces = detection.find_faces(detector, pixels)
        if faces:
            found.append(_compared(pixels, faces[0], theirs, ours))
    found.sort(key=lambda one: one["face"])
    if options.figure:
        _figure([one for one in found if one["plausible"]], options.figure)
    ious = np.array([one["iou"] for one in found if one["plausible"]])
    small = np.array([one["iou"] for one in found if one["plausible"] and one["face"] < 0.02])
    summary = {
        "photos": len(found),
        "plausible": len(ious),
        "iou_median": round(float(np.median(ious)), 4),
        "iou_tenth": round(float(np.quantile(ious, 0.1)), 4),
        "iou_least": round(float(ious.min()), 4),
        "iou_median_small_faces": round(float(np.median(small)), 4) if len(small) else None,
        "only_ours_covers_the_face": sum(one["only_ours"] for one in found),
        "only_theirs_covers_the_face": sum(one["only_theirs"] for one in found),
        "runtime": f"{recipe.runtime} {recipe.precision}",
    }
    print(json.dumps(summary))


def _compared(
    pixels: NDArray[np.uint8],
    face: Face,
    theirs: background.Session,
    ours: background.Session,
) -> dict[str, Any]:
    height, width = pixels.shape[:2]
    part = head_and_shoulders(face.box, face.side, width, height)
    assert part is not None
    left, top, right, bottom = part
    cut = pixels[top:bottom, left:right]
    size = (right - left, bottom - top)
    full = np.asarray(theirs.predict(Image.fromarray(pixels))[0])[top:bottom, left:right]
    x, y, w, h = face.box
    inside = (x - left, y - top, w, h)
    own = background.mask_of(ours, "u2netp", cut, inside)
    own = np.asarray(cv2.resize(own, size, interpolation=cv2.INTER_LINEAR))
    covers = [_covers(mask, inside) for mask in (full, own)]
    one, other = full >= 128, own >= 128
    return {
        "face": face.side**2 / (pixels.shape[0] * pixels.shape[1]),
        "iou": float((one & other).sum() / max(1, (one | other).sum())),
        "plausible": all(covers),
        "only_ours": covers[1] and not covers[0],
        "only_theirs": covers[0] and not covers[1],
        "cut": cut,
        "masks": (full, own),
    }


def _covers(mask: NDArray[np.uint8], face: tuple[float, ...]) -> bool:
    x, y, width, height = (max(0, round(number)) for number in face)
    return float((mask[y : y + height, x : x + width] >= 128).mean()) >= 0.6


def _figure(found: list[dict[str, Any]], path: Path) -> None:
    rows = []
    for one in found[:6] + found[:: max(1, len(found) // 6)][:6]:
        cut = cv2.resize(one["cut"], (200, 200), interpolation=cv2.INTER_AREA)
        shown = [cut]
        for mask in one["masks"]:
            small = cv2.resize(mask, (200, 200), interpolation=cv2.INTER_AREA)
            shown.append(np.repeat(small[..., None], 3, axis=2))
        for mask in one["masks"]:
            small = cv2.resize(mask, (200, 200), interpolation=cv2.INTER_AREA)
            shown.append(composite(cut, small, (128, 128, 128)))
        rows.append(np.concatenate(shown, axis=1))
    half = len(rows) // 2
    sides = [np.concatenate(part, axis=0) for part in (rows[:half], rows[half : 2 * half])]
    Image.fromarray(np.concatenate(sides, axis=1).astype(np.uint8)).save(path)


if __name__ == "__main__":
    main()
