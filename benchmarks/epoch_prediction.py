"""What the probe predicts for an epoch, next to what the epochs then took; and how fast it refuses.

python benchmarks/epoch_prediction.py
python benchmarks/epoch_prediction.py --crops 6000 --side 64 --epochs 3
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from search_memory import drawn_crops, write_crops

from fdc.errors import SearchError
from fdc.search import CropView, SearchSpec, search
from fdc.tasks import Task
from fdc.tracking import Journal, TrialHistory

TASK = Task(kind="classes", column="label", classes=("a", "b"))
TOO_MANY = 5_000_000


def main() -> None:
    """Trains the points that a search starts from, and has some that cannot fit refused."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=int, default=3000)
    parser.add_argument("--side", type=int, default=64, help="in pixels")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--trials", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "crops.u8"
        write_crops(drawn_crops(options.side), options.crops, path)
        labels = np.random.default_rng(1).integers(0, 2, options.crops)
        order = np.arange(options.crops)
        held = options.crops // 10

        def crops(chosen: npt.NDArray[np.int64]) -> CropView:
            return CropView(path, options.crops, options.side, chosen, labels[chosen])

        result = search(
            crops(order[held:]),
            crops(order[:held]),
            SearchSpec(
                TASK,
                minutes=None,
                trials=options.trials,
                epochs=options.epochs,
                baselines=False,
            ),
            Path(scratch) / "search",
        )
        history = TrialHistory(Journal(Path(scratch) / "refused"))
        try:
            search(
                crops(np.resize(order[held:], TOO_MANY)),
                crops(order[:held]),
                SearchSpec(TASK, minutes=10, baselines=False),
                Path(scratch) / "refused",
                history=history,
            )
        except SearchError as error:
            Console().print(str(error))
    table = Table("network", "weights", "predicted s", "true s", "off by")
    found = []
    for trial in result.trials:
        if trial.predicted_epoch_seconds is None or trial.seconds_per_epoch is None:
            continue
        off = trial.predicted_epoch_seconds / trial.seconds_per_epoch - 1
        found.append(off)
        values = trial.hyperparameters
        table.add_row(
            " ".join(str(v) for name, v in values.items() if name.startswith("network/")),
            f"{trial.parameters:,}",
            f"{trial.predicted_epoch_seconds:.1f}",
            f"{trial.seconds_per_epoch:.1f}",
            f"{off:+.0%}",
        )
    Console().print(table)
    refused = [trial for trial in history.trials.values() if trial.status == "REFUSED"]
    told = {
        "median_error": round(float(np.median(np.abs(found))), 3),
        "worst_error": round(float(np.max(np.abs(found))), 3),
        "refused_after_seconds": [round(trial.seconds, 1) for trial in refused],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
