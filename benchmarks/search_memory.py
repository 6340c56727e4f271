"""Peak memory of a search on more and more crops, next to plain AutoKeras on what it can bear.

Memory is what the whole process tree holds and the kernel cannot drop (anonymous pages); pages of
the crop store, which it can, are counted apart. What is measured is kept in a file, so that the
same command goes on where it was stopped.

    python benchmarks/search_memory.py
    python benchmarks/search_memory.py --store data/stores/FINGERPRINT --sizes 8633
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import psutil
from PIL import Image
from rich.console import Console
from rich.table import Table

from fdc.crops.store import CropStore
from fdc.sample import dataset as sample

GB = 1e9
CHUNK = 1000

CONTROL_GROUPS = (
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"),
    (Path("/sys/fs/cgroup"), "memory.max"),
)

ENTER = """
import os, sys
group, *command = sys.argv[1:]
if group:
    open(f"{group}/cgroup.procs", "w").write(str(os.getpid()))
os.execv(command[0], command)
"""

SEARCH = """
import sys
from pathlib import Path
import numpy as np
from fdc.search import CropView, SearchSpec, search
from fdc.tasks import Task
path, count, side, folder = sys.argv[1:]
count, side = int(count), int(side)
labels = np.random.default_rng(1).integers(0, 2, count)
held = max(2, count // 10)
sides = [
    CropView(Path(path), count, side, np.arange(begin, end), labels[begin:end])
    for begin, end in ((held, count), (0, held))
]
task = Task(kind="classes", column="label", classes=("a", "b"))
spec = SearchSpec(task, trials=1, epochs=1, minutes=None, baselines=False)
search(*sides, spec, Path(folder))
"""

PLAIN = """
import sys
import autokeras
import numpy as np
path, count, side, folder = sys.argv[1:]
count, side = int(count), int(side)
crops = np.array(np.memmap(path, np.uint8, "r", shape=(count, side, side, 3)))
labels = np.random.default_rng(1).integers(0, 2, count)
autokeras.ImageClassifier(max_trials=1, directory=folder).fit(crops, labels, epochs=1)
"""


def main() -> None:
    """Measures what is not measured yet, and prints the table and the line of JSON."""
    options = arguments()
    kept = json.loads(options.keep.read_text()) if options.keep.is_file() else {}
    with tempfile.TemporaryDirectory(dir=options.keep.parent) as scratch:
        base = real_crops(options.store) if options.store else drawn_crops(options.side)
        wanted = [("fdc", SEARCH, size) for size in options.sizes]
        wanted += [(f"fdc under {options.hard_limit:g} GB", SEARCH, max(options.sizes))]
        wanted += [("plain AutoKeras", PLAIN, size) for size in options.plain]
        for name, code, size in wanted:
            limited = options.hard_limit if "under" in name else None
            key = f"{name} {size} x {base.shape[1]} px"
            if key in kept:
                continue
            path = Path(scratch) / "crops.u8"
            write_crops(base, size, path)
            folder = Path(scratch) / key.replace(" ", "-")
            command = [sys.executable, "-c", code, path, size, base.shape[1], folder]
            kept[key] = peak([str(part) for part in command], options.limit * 60, limited)
            options.keep.write_text(json.dumps(kept, indent=2))
    side = base.shape[1]
    show(kept)
    ours = {str(size): kept[f"fdc {size} x {side} px"]["anonymous_gb"] for size in options.sizes}
    plain = {
        str(size): kept[f"plain AutoKeras {size} x {side} px"]["anonymous_gb"]
        for size in options.plain
    }
    print(json.dumps({"peak_gb": ours, "plain_autokeras_gb": plain}))


def arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[5000, 20000, 80000])
    parser.add_argument("--plain", type=int, nargs="*", default=[5000])
    parser.add_argument("--side", type=int, default=128, help="of drawn crops, in pixels")
    parser.add_argument("--store", type=Path, help="repeat the crops of this store instead")
    parser.add_argument("--limit", type=float, default=30.0, help="minutes for one of them")
    parser.add_argument("--hard-limit", type=float, default=3.0, help="GB that the kernel holds")
    parser.add_argument("--keep", type=Path, default=Path("data/search_memory.json"))
    options = parser.parse_args()
    options.keep.parent.mkdir(parents=True, exist_ok=True)
    return options


def real_crops(folder: Path) -> np.ndarray:
    """The crops of a store, memory-mapped."""
    return CropStore(folder).crops


def drawn_crops(side: int) -> np.ndarray:
    """The middles of a few drawn photos."""
    root = sample.draw(Path("data/sample-12x5"), subjects=12, photos=5)
    photos = [Image.open(path).resize((side, side)) for path in sorted(root.glob("images/*.png"))]
    return np.stack([np.asarray(photo.convert("RGB")) for photo in photos])


def write_crops(base: np.ndarray, count: int, path: Path) -> None:
    """Repeats crops with another brightness each until there are `count`."""
    noise = np.random.default_rng(7)
    with path.open("wb") as file:
        for start in range(0, count, CHUNK):
            chosen = np.arange(start, min(start + CHUNK, count)) % len(base)
            gain = noise.uniform(0.8, 1.2, (len(chosen), 1, 1, 1)).astype(np.float32)
            file.write(np.clip(base[chosen] * gain, 0, 255).astype(np.uint8).tobytes())


def peak(command: Sequence[str], limit: float, hard_limit: float | None) -> dict[str, float | bool]:
    """Runs a program and watches its process tree.

    Args:
        command: What to run.
        limit: Seconds after which it is stopped.
        hard_limit: GB that the kernel lets the whole tree have, page cache included.
    """
    with ExitStack() as stack:
        group = stack.enter_context(control_group(hard_limit)) if hard_limit else None
        if hard_limit and group is None:
            return {"anonymous_gb": 0, "file_backed_gb": 0, "seconds": 0, "ended_well": False}
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", ENTER, str(group or ""), *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        anonymous = mapped = 0
        while process.poll() is None and time.monotonic() - began < limit:
            now = [memory(each) for each in tree(process.pid)]
            anonymous = max(anonymous, sum(pages for pages, _ in now))
            mapped = max(mapped, sum(pages for _, pages in now))
            time.sleep(0.1)
        ended = process.poll() is not None
        for each in tree(process.pid):
            each.kill()
        process.wait()
    return {
        "anonymous_gb": round(anonymous / GB, 2),
        "file_backed_gb": round(mapped / GB, 2),
        "seconds": round(time.monotonic() - began, 1),
        "ended_well": ended and process.returncode == 0,
    }


@contextmanager
def control_group(gigabytes: float) -> Iterator[Path | None]:
    """A control group of the kernel, of either version; None where none can be made."""
    for root, file in CONTROL_GROUPS:
        group = root / f"fdc-benchmark-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / file).write_text(str(int(gigabytes * GB)))
            yield group
            return
        except OSError:
            continue
        finally:
            time.sleep(1.0)
            group.rmdir()
    Console().print("no control group can be made here: the hard limit is not shown")
    yield None


def tree(pid: int) -> list[psutil.Process]:
    """A process and all below it that are still there."""
    try:
        top = psutil.Process(pid)
        return [*top.children(recursive=True), top]
    except psutil.NoSuchProcess:
        return []


def memory(process: psutil.Process) -> tuple[int, int]:
    """Anonymous and file-backed bytes of a process."""
    try:
        told = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    fields = dict(line.split(":", 1) for line in told)
    kilobytes = [int(fields.get(name, "0").split()[0]) for name in ("RssAnon", "RssFile")]
    return kilobytes[0] * 1024, kilobytes[1] * 1024


def show(kept: dict[str, dict[str, float | bool]]) -> None:
    """Prints the table."""
    table = Table("", "peak GB", "file-backed GB", "seconds", "ended well")
    for key, told in kept.items():
        table.add_row(key, *map(str, told.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
