"""How long curation takes: 50,000 rows of a manifest, and the hashing of files.

    python benchmarks/curation.py [--rows 50000] [--photos 4000]

The last line is one JSON object. Targets: 50,000 rows in under 20 s and 1 GB; a rerun of the
hashing in seconds.
"""

import argparse
import hashlib
import io
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from rich.console import Console
from rich.table import Table

from fdc import inspection, photos
from fdc import manifest as manifests
from fdc.curation.curate import curate
from fdc.tasks import Task

AGE = Task(kind="ordinal", column="age", bins=(0, 10, 20, 30, 40, 50, 60))
BITS = np.arange(64, dtype=np.uint64)


def synthetic(rows: int, seed: int = 0) -> pd.DataFrame:
    """A manifest with people, copies, near copies, conflicts and impossible years.

    The bits of the hashes lean to one side, more than those of aligned face photos do (UTKFace),
    so that more of them share a block.
    """
    rng = np.random.default_rng(seed)
    lean = rng.random(64)
    bits = rng.random((rows, 64)) < lean
    near = rng.random(rows) < 0.03
    bits[near] = bits[rng.integers(0, rows, near.sum())] ^ (rng.random((near.sum(), 64)) < 0.02)
    upright = (bits.astype(np.uint64) << BITS).sum(axis=1, dtype=np.uint64)
    mirrored = upright ^ np.uint64(0xAAAAAAAAAAAAAAAA)
    file = np.where(rng.random(rows) < 0.04, rng.integers(0, rows, rows), np.arange(rows))
    person = rng.integers(0, rows // 12, rows)
    known = rng.random(rows) < 0.6
    birth = 1940 + person % 80
    age = rng.integers(0, 81, rows)
    return manifests.from_rows(
        (
            {
                "path": f"{n:06}.jpg",
                "image_id": hashlib.sha256(b"%d" % file[n]).hexdigest(),
                "subject": f"test:{person[n]}" if known[n] else None,
                "age": float(age[n]),
                "birth": int(birth[n]),
                "age_now": 83,
                "gender": ("female", "male")[person[n] % 2],
                "box": [50.0, 60.0, 100.0, 110.0],
                "width": 200,
                "height": 220,
                "perceptual_hash": f"{upright[n]:016x}",
                "perceptual_hash_mirrored": f"{mirrored[n]:016x}",
            }
            for n in range(rows)
        ),
        "test",
    )


def time_curation(rows: int) -> dict[str, Any]:
    """Curates, then curates again with a tenth more photos that must move none."""
    everything = synthetic(rows + rows // 10)
    table = everything.iloc[:rows]
    start = time.perf_counter()
    first = curate(table, AGE, thresholds={"latest_year": 2090}, warn=print)
    seconds = time.perf_counter() - start
    sides = first.dropna(subset="split").drop_duplicates("image_id")
    previous = sides.set_index("image_id")["split"]
    start = time.perf_counter()
    second = curate(
        everything, AGE, thresholds={"latest_year": 2090}, previous=previous, warn=print
    )
    more = time.perf_counter() - start
    both = pd.concat([first["split"], second["split"][:rows]], axis=1).dropna()
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "seconds_with_a_tenth_more": round(more, 2),
        "moved": int((both.iloc[:, 0] != both.iloc[:, 1]).sum()),
        "quarantined": int(first["quarantine"].notna().sum()),
        "groups": int(first["group"].nunique()),
    }


def time_hashing(count: int) -> dict[str, Any]:
    """Hashes photos of 200 px and a few of 12 megapixels; the floor reads and decodes only."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [_photo(folder / f"{n}.jpg", 200, 200, rng) for n in range(count)]
        large = [_photo(folder / f"large{n}.jpg", 4000, 3000, rng) for n in range(24)]
        report: dict[str, Any] = {}
        for title, chosen, at_least in (("200px", paths, 128), ("12mp", large, 128)):
            start = time.perf_counter()
            for path in chosen:
                data = path.read_bytes()
                hashlib.sha256(data).hexdigest()
                photos.decode(data, at_least=at_least)
            floor = (time.perf_counter() - start) / (os.cpu_count() or 1)
            start = time.perf_counter()
            inspection.inspect(chosen, folder / "cache")
            first = time.perf_counter() - start
            start = time.perf_counter()
            inspection.inspect(chosen, folder / "cache")
            again = time.perf_counter() - start
            report[title] = {
                "photos": len(chosen),
                "per_second": round(len(chosen) / first, 1),
                "read_and_decode_per_second": round(len(chosen) / floor, 1),
                "rerun_seconds": round(again, 2),
            }
    return report


def _photo(path: Path, width: int, height: int, rng: np.random.Generator) -> Path:
    coarse = rng.integers(0, 255, (24, 24, 3), dtype=np.uint8)
    photo = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    stored = io.BytesIO()
    photo.save(stored, "JPEG", quality=90)
    path.write_bytes(stored.getvalue())
    return path


def main() -> None:
    """Prints two tables and one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--photos", type=int, default=4_000)
    asked = parser.parse_args()
    curation = time_curation(asked.rows)
    # In KiB on Linux: the greatest size that this process ever had, libraries included.
    curation["peak_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 3)
    hashing = time_hashing(asked.photos)
    console = Console()
    for title, figures in {"curation": curation, **hashing}.items():
        table = Table(title=title)
        for column in figures:
            table.add_column(column, justify="right")
        table.add_row(*map(str, figures.values()))
        console.print(table)
    print(json.dumps({"curation": curation, "hashing": hashing}))


if __name__ == "__main__":
    main()
