"""What a search costs beside its training: the start, the log, and one worker against several.

python benchmarks/search_overhead.py
python benchmarks/search_overhead.py --crops 3000 --epochs 2 --trials 4
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from search_memory import drawn_crops, write_crops

RUN = """
import json, sys, time
from pathlib import Path
import numpy as np
from fdc.search import CropView, Resources, SearchSpec, console, search
from fdc.tasks import Task
from fdc.tracking import Journal, SearchRun

path, count, side, folder, began, options, tracked = sys.argv[1:]
count, side = int(count), int(side)
told = {"log_seconds": 0.0}

probed = console.SearchConsole.speed_measured
def first_steps(self, record):
    told.setdefault("first_step_seconds", time.time() - float(began))
    probed(self, record)
console.SearchConsole.speed_measured = first_steps

append = Journal.append
def timed(self, kind, **content):
    start = time.perf_counter()
    event = append(self, kind, **content)
    told["log_seconds"] += time.perf_counter() - start
    return event
Journal.append = timed

labels = np.random.default_rng(1).integers(0, 2, count)
held = count // 10
sides = [
    CropView(Path(path), count, side, np.arange(begin, end), labels[begin:end])
    for begin, end in ((held, count), (0, held))
]
options = json.loads(options)
resources = Resources(workers=options.pop("workers", 1))
task = Task(kind="classes", column="label", classes=("a", "b"))
options |= {"minutes": None, "patience": None, "baselines": False}
spec = SearchSpec(task, resources=resources, **options)
run = SearchRun("fdc-benchmark", "overhead", Path(folder), uri=tracked) if tracked else None
result = search(*sides, spec, Path(folder), history=run and run.history, quiet=True)
if run:
    run.close()
seconds = [trial.seconds for trial in result.trials]
told |= {"trial_seconds": sum(seconds), "trials": len(seconds), "seconds": result.seconds}
told["driver_cpu_seconds"] = time.process_time()
print(json.dumps(told))
"""


def main() -> None:
    """Runs the same trials with one worker, with several, and with MLflow as the log."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=int, default=3000)
    parser.add_argument("--side", type=int, default=64, help="in pixels")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "crops.u8"
        write_crops(drawn_crops(options.side), options.crops, path)

        def run(name: str, workers: int, tracked: str = "") -> dict[str, float]:
            settings = {"workers": workers, "epochs": options.epochs, "trials": options.trials}
            command = [sys.executable, "-c", RUN, path, options.crops, options.side]
            command += [Path(scratch) / name, time.time(), json.dumps(settings), tracked]
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
            if done.returncode:
                sys.exit(done.stderr)
            figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
            return figures

        one = run("one", 1)
        several = run("several", options.workers)
        logged = run("logged", 1, f"sqlite:///{scratch}/mlflow.db")
    table = Table("", "first step s", "trials an hour", "log s", "driver CPU s")
    rows = {"1 worker": one, f"{options.workers} workers": several, "1 worker, MLflow": logged}
    for name, told in rows.items():
        table.add_row(
            name,
            f"{told['first_step_seconds']:.1f}",
            f"{3600 * told['trials'] / told['seconds']:.0f}",
            f"{told['log_seconds']:.3f}",
            f"{told['driver_cpu_seconds']:.1f}",
        )
    Console().print(table)
    summary = {
        "first_step_seconds": round(one["first_step_seconds"], 1),
        "trials_per_hour": {
            "1": round(3600 * one["trials"] / one["seconds"], 1),
            str(options.workers): round(3600 * several["trials"] / several["seconds"], 1),
        },
        "log_share": round(logged["log_seconds"] / logged["trial_seconds"], 5),
        "driver_cpu_share": round(
            (logged["driver_cpu_seconds"] - one["driver_cpu_seconds"]) / logged["trial_seconds"], 4
        ),
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
