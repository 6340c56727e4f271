"""How fast photos become crops, next to what their networks cost and to what users do today.

    python benchmarks/prepare.py --data PHOTOS --weights WEIGHTS

On the same photos and weights, as they are and enlarged to 12 megapixels:

    floor    the calls of the networks alone, on tensors that are ready, on all cores, in the better
             of two layouts: one single-threaded network per core, or one network on all cores
    loop     rembg.remove(photo) at full size, then MTCNN, crop and resize, one after the other
    folder   what `rembg p` does with a folder, without its command line
    fdc      `fdc.faces`: workers, networks, alignment, compositing and the store; once they run

Every part runs in a process of its own; its result is kept in --keep and not measured again. The
last line sums up.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from fdc.execution.cpus import usable_cpus

SETS = ("portraits", "12mp")
PARTS = ("floor", "loop", "folder", "fdc")
MEGAPIXELS = 12e6
SUFFIXES = {".jpg", ".jpeg", ".png"}


def main() -> None:
    options = _options()
    if options.part:
        print(json.dumps(globals()[f"_{options.part}"](options, options.set)))
        return
    keep = Path(options.keep)
    keep.mkdir(parents=True, exist_ok=True)
    enlarge(options)
    results = {name: {part: _measured(options, part, name) for part in PARTS} for name in SETS}
    print(f"\n{'':10} {'floor':>14} {'loop':>10} {'folder':>10} {'fdc':>10}   photos per second")
    for name, found in results.items():
        rates = [found[part]["photos_per_s"] for part in PARTS]
        print(f"{name:10} {rates[0]:>14.2f} {rates[1]:>10.2f} {rates[2]:>10.2f} {rates[3]:>10.2f}")
    summary: dict[str, Any] = {
        name: {
            "floor_share": round(found["fdc"]["photos_per_s"] / found["floor"]["photos_per_s"], 3),
            "versus_loop": round(found["fdc"]["photos_per_s"] / found["loop"]["photos_per_s"], 1),
            "photos_per_s": round(found["fdc"]["photos_per_s"], 2),
        }
        for name, found in results.items()
    }
    summary["runtime"] = results[SETS[0]]["fdc"]["runtime"]
    summary["peak_gb"] = max(found["fdc"]["peak_gb"] for found in results.values())
    print(json.dumps(summary))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, type=Path, help="folder of portraits")
    parser.add_argument("--weights", required=True, type=Path, help="folder of YuNet and u2netp")
    parser.add_argument("--photos", type=int, default=40, help="how many of them")
    parser.add_argument("--workers", type=int, default=usable_cpus())
    parser.add_argument("--runtime", default="auto", choices=["auto", "onnxruntime", "openvino"])
    parser.add_argument("--keep", default="data/benchmarks/prepare", help="where results are kept")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--set", choices=SETS, default=SETS[0], help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(options: argparse.Namespace, part: str, name: str) -> dict[str, Any]:
    said = f"{options.photos}-{options.workers}"
    if part in ("floor", "fdc"):
        said += f"-{options.runtime}"
    path = Path(options.keep) / f"{name}-{part}-{said}.json"
    if not path.exists():
        print(f"Measuring {part} on {name} …", file=sys.stderr)
        command = [sys.executable, __file__, "--part", part, "--set", name]
        for option in ("data", "weights", "photos", "workers", "runtime", "keep"):
            command += [f"--{option}", str(getattr(options, option))]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        path.write_text(done.stdout.splitlines()[-1])
    found: dict[str, Any] = json.loads(path.read_text())
    print(f"{name} {part}: {json.dumps(found)}")
    return found


def photos(options: argparse.Namespace, name: str) -> list[Path]:
    """The photos of a set, spread evenly over the folder."""
    if name == "12mp":
        return sorted((Path(options.keep) / "12mp").glob("*.jpg"))[: options.photos]
    found = sorted(path for path in options.data.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        sys.exit(f"There are no photos in {options.data}.")
    count = min(options.photos, len(found))
    return [found[number * len(found) // count] for number in range(count)]


def enlarge(options: argparse.Namespace) -> None:
    """Keep a 12-megapixel JPEG of each photo."""
    from PIL import Image, ImageOps

    folder = Path(options.keep) / "12mp"
    sources = photos(options, "portraits")
    names = [f"{number:03}.jpg" for number in range(len(sources))]
    if folder.is_dir() and sorted(path.name for path in folder.iterdir()) == names:
        return
    shutil.rmtree(folder, ignore_errors=True)
    making = folder.with_suffix(".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for name, path in zip(names, sources, strict=True):
        image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        times = (MEGAPIXELS / (image.width * image.height)) ** 0.5
        size = round(image.width * times), round(image.height * times)
        image.resize(size, Image.Resampling.BICUBIC).save(making / name, quality=92)
    making.rename(folder)


def recipe(options: argparse.Namespace) -> Any:
    """Fdc's recipe; the largest face is kept, so that every photo runs both networks."""
    from fdc.faces.choose import choose_recipe

    asked = (
        {} if options.runtime == "auto" else {"runtime": options.runtime, "precision": "float32"}
    )
    return choose_recipe(
        background="u2netp",
        detector="yunet",
        weights_folders=[options.weights],
        several="largest",
        download=False,
        **asked,
    )


def _floor(options: argparse.Namespace, name: str) -> dict[str, Any]:
    """Replays the calls of the networks that fdc makes for these photos, on tensors of noise."""
    looks, masks = _calls(options, name)
    count = len(photos(options, name))
    per_core = count / _layout(options, options.workers, 1, looks, masks)
    together = count / _layout(options, 1, options.workers, looks, masks)
    return {
        "photos_per_s": max(per_core, together),
        "one_network_per_core": per_core,
        "one_network_on_all_cores": together,
        "looks_per_photo": len(looks) / count,
        "masks_per_photo": masks / count,
    }


def _calls(options: argparse.Namespace, name: str) -> tuple[list[tuple[int, ...]], int]:
    from fdc.faces.preparer import Preparer, Refused

    preparer = Preparer(recipe(options), [options.weights])
    detector, session = preparer._detector, preparer._session
    assert detector is not None
    assert session is not None
    find, predict = detector.find, session.predict
    looks: list[tuple[int, ...]] = []
    masks: list[tuple[int, int]] = []

    def finding(image: Any) -> Any:
        looks.append(image.shape)
        return find(image)

    def predicting(image: Any, **given: Any) -> Any:
        masks.append(image.size)
        return predict(image, **given)

    detector.find = finding  # type: ignore[method-assign]
    session.predict = predicting  # type: ignore[method-assign,assignment]
    for path in photos(options, name):
        with suppress(Refused):
            preparer.crop(path.read_bytes())
    return looks, len(masks)


def _layout(
    options: argparse.Namespace,
    processes: int,
    threads: int,
    looks: list[tuple[int, ...]],
    masks: int,
) -> float:
    """Seconds that the calls take, shared out among the processes."""
    context = get_context("spawn")
    barrier = context.Barrier(processes + 1)
    workers = []
    for number in range(processes):
        share = looks[number::processes], len(range(number, masks, processes))
        workers.append(context.Process(target=_networks, args=(options, threads, *share, barrier)))
    for worker in workers:
        worker.start()
    barrier.wait()
    began = time.perf_counter()
    barrier.wait()
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.join()
    return seconds


def _networks(
    options: argparse.Namespace,
    threads: int,
    looks: list[tuple[int, ...]],
    masks: int,
    barrier: Any,
) -> None:
    import cv2

    from fdc import weights
    from fdc.faces import detection, runtimes

    cv2.setNumThreads(threads)
    chosen = recipe(options)
    path, _ = weights.require(chosen.background, [options.weights])
    network = runtimes.load(path, chosen.runtime, chosen.precision, threads)
    detector = detection.open_detector(chosen, [options.weights], threads)
    assert detector is not None
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in looks]
    feed = {network.get_inputs()[0].name: rng.normal(size=(1, 3, 320, 320)).astype(np.float32)}
    network.run(None, feed)
    for image in images[:3]:
        detector.find(image)
    barrier.wait()
    for image in images:
        detector.find(image)
    for _ in range(masks):
        network.run(None, feed)
    barrier.wait()


@contextmanager
def _rembg_session(options: argparse.Namespace) -> Iterator[Any]:
    """Rembg's own session of u2netp, which looks for its weights in a folder of its own."""
    from fdc import weights

    path, _ = weights.require("u2netp", [options.weights])
    with tempfile.TemporaryDirectory() as home:
        model = Path(home) / "models" / "u2netp" / "u2netp.onnx"
        model.parent.mkdir(parents=True)
        shutil.copyfile(path, model)
        os.environ["REMBG_HOME"] = home
        os.environ.pop("U2NET_HOME", None)
        from rembg import new_session

        yield new_session("u2netp")


def _timed(work: Callable[[Path], None], paths: list[Path]) -> dict[str, Any]:
    work(paths[0])
    began = time.perf_counter()
    for number, path in enumerate(paths):
        work(path)
        print(f"  {number + 1} of {len(paths)}", end="\r", file=sys.stderr)
    return {"photos_per_s": len(paths) / (time.perf_counter() - began)}


def _loop(options: argparse.Namespace, name: str) -> dict[str, Any]:
    import mtcnn
    from PIL import Image, ImageOps
    from rembg import remove

    detector = mtcnn.MTCNN()

    with _rembg_session(options) as session:

        def work(path: Path) -> None:
            photo = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            person = remove(photo, session=session, bgcolor=(128, 128, 128, 255)).convert("RGB")
            faces = detector.detect_faces(np.asarray(person))
            if faces:
                x, y, width, height = max(faces, key=lambda face: face["box"][2])["box"]
                person.crop((x, y, x + width, y + height)).resize((64, 64))

        return _timed(work, photos(options, name))


def _folder(options: argparse.Namespace, name: str) -> dict[str, Any]:
    from rembg import remove

    with _rembg_session(options) as session, tempfile.TemporaryDirectory() as output:

        def work(path: Path) -> None:
            made = remove(path.read_bytes(), session=session)
            (Path(output) / f"{path.stem}.png").write_bytes(made)

        return _timed(work, photos(options, name))


def _fdc(options: argparse.Namespace, name: str) -> dict[str, Any]:
    """Runs the photos once for the workers to warm up on, and then for the clock."""
    from fdc.crops.preparation import Photo, Preparation, prepare_photos
    from fdc.crops.record import key_of
    from fdc.crops.writer import CropWriter

    chosen = recipe(options)
    paths = photos(options, name)
    root = os.path.commonpath([path.parent for path in paths])
    ids = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    once = [
        Photo(key_of(image_id, None, None), os.path.relpath(path, root), image_id)
        for path, image_id in zip(paths, ids, strict=True)
    ]
    warm = once[: 2 * options.workers]
    threads = max(1, usable_cpus() // options.workers)
    preparation = Preparation(chosen, root, (str(options.weights),), threads)
    peak = _Peak()
    refused: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder, CropWriter(Path(folder), chosen) as writer:
        began = time.perf_counter()
        outcomes = prepare_photos(preparation, warm + once, workers=options.workers)
        for number, outcome in enumerate(outcomes):
            if number == len(warm) - 1:
                began = time.perf_counter()
            if number >= len(warm):
                writer.add(outcome.record, outcome.pixels)
                rule = outcome.record.rule or "a crop"
                refused[rule] = refused.get(rule, 0) + 1
        seconds = time.perf_counter() - began
    return {
        "photos_per_s": len(once) / seconds,
        "runtime": f"{chosen.runtime} {chosen.precision}",
        "peak_gb": round(peak.stop() / 1e9, 3),
        "outcomes": refused,
    }


class _Peak:
    """The most memory that this process and its workers held together."""

    def __init__(self) -> None:
        self._most = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._stopped.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        import psutil

        own = psutil.Process()
        while not self._stopped.wait(0.25):
            held = 0
            for process in [own, *own.children(recursive=True)]:
                try:
                    held += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self._most = max(self._most, held)


if __name__ == "__main__":
    main()
