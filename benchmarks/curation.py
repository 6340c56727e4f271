"""How long curation takes: 50,000 rows of a manifest, and the hashing of files.

    python benchmarks/curation.py [--rows 50000] [--photos 20000]

The last line is one JSON object. Targets: 50,000 rows in under 20 s and 1 GB; hashing bound by
reading and decoding, and a rerun of it in seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from fdc.execution.cpus import usable_cpus
from fdc.imaging import decoding, inspection
from fdc.imaging.perceptual_hash import DECODED_SIDE

# Worker processes import this file, so what they do not need is imported where it is.
if TYPE_CHECKING:
    import pandas as pd

BITS = np.arange(64, dtype=np.uint64)
SPAWN = multiprocessing.get_context("spawn")


def synthetic(rows: int, seed: int = 0) -> pd.DataFrame:
    """A manifest with people, copies, near copies, conflicts and impossible years.

    The bits of the hashes lean to one side, more than those of aligned face photos do (UTKFace),
    so that more of them share a block.
    """
    from fdc import manifest as manifests

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
    import pandas as pd

    from fdc.curation.curate import curate as curate_with
    from fdc.experiment import RuleSettings, SplitSettings
    from fdc.tasks import Task

    settings = RuleSettings(latest_year=2090)
    curate = partial(
        curate_with,
        thresholds=settings.thresholds,
        copy_bits=settings.copy_bits,
        alike_bits=settings.alike_bits,
        fractions=SplitSettings().fractions,
        seed=0,
        warn=print,
    )
    age = Task(kind="ordinal", column="age", bins=(0, 10, 20, 30, 40, 50, 60))
    everything = synthetic(rows + rows // 10)
    table = everything.iloc[:rows]
    start = time.perf_counter()
    first = curate(table, age)
    seconds = time.perf_counter() - start
    sides = first.dropna(subset="split").drop_duplicates("image_id")
    previous = sides.set_index("image_id")["split"]
    start = time.perf_counter()
    second = curate(everything, age, previous=previous)
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
    """Hashes small photos, scans and photos of 12 megapixels.

    The floor reads and decodes the same files by as many processes and does nothing else; their
    start does not count for the floor, but does for the hashing.
    """
    cores = usable_cpus()
    rng = np.random.default_rng(0)
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(cores, SPAWN) as executor:
        folder = Path(name)
        kinds = {
            "200 px JPEG": _photos(folder / "small", ".jpg", (200, 200), count, rng),
            "918 x 1629 PNG": _photos(folder / "scans", ".png", (918, 1629), count // 100, rng),
            "12 MP JPEG": _photos(folder / "large", ".jpg", (4000, 3000), count // 100, rng),
        }
        inspection.inspect(kinds["200 px JPEG"][:1])  # loads the libraries
        for title, paths in kinds.items():
            inspect = partial(inspection.inspect, paths, folder / "cache")
            runs = _seconds(inspect), _seconds(inspect)
            size = max(1, min(32, len(paths) // (4 * cores)))
            floor = _seconds(partial(_floor, executor, paths, size))
            report[title] = {
                "photos": len(paths),
                "hashed_per_second": round(len(paths) / runs[0], 1),
                "read_and_decoded_per_second": round(len(paths) / floor, 1),
                "share_of_floor": round(floor / runs[0], 3),
                "rerun_seconds": round(runs[1], 2),
            }
    return report


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _floor(executor: Executor, paths: list[Path], size: int) -> None:
    for _ in executor.map(read_and_decode, paths, chunksize=size):
        pass


def read_and_decode(path: Path) -> None:
    """What no way to hash a photo can do without."""
    decoding.decode(path.read_bytes(), at_least=DECODED_SIDE)


def _photos(
    folder: Path, kind: str, size: tuple[int, int], count: int, rng: np.random.Generator
) -> list[Path]:
    """Noise on soft blobs, with as many bytes as photos have; a few, under many names."""
    folder.mkdir()
    paths = [folder / f"{n:06}{kind}" for n in range(count)]
    drawn = min(count, 20_000_000 // (size[0] * size[1]) + 1)
    for path in paths[:drawn]:
        coarse = Image.fromarray(rng.integers(0, 255, (24, 24, 3), dtype=np.uint8))
        soft = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), np.float32)
        grain = rng.standard_normal(soft.shape[:2], np.float32)[..., None] * 4.0
        Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8)).save(path, quality=90)
    for number, path in enumerate(paths[drawn:]):
        path.hardlink_to(paths[number % drawn])
    return paths


def main() -> None:
    """Prints a table for each kind and one JSON line."""
    from rich.console import Console
    from rich.table import Table

    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--photos", type=int, default=20_000)
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
