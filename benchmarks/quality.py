"""What searches are worth on real faces, beside plain AutoKeras and a recipe written by hand.

python benchmarks/quality.py photos                           every case, three seeds: about a day
python benchmarks/quality.py photos --cases "gender 1 min"    one case
python benchmarks/quality.py photos --seeds 1 --speed 20      everything at a twentieth of its time

Photos are named as UTKFace's are, and cut, checked and split in groups by fdc; all contenders get
the same crops and sides, in the same run, and the same minutes from crops to answers. What is done
is kept in --out; the same command goes on with what is missing.
"""

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

DECADES = np.arange(10, 70, 10)
"""Where seven decades begin; the last one is open."""


@dataclass(frozen=True)
class Case:
    """What is compared.

    Attributes:
        task: Name of the experiment.
        minutes: From crops to answers.
        targets: What fdc is to reach, by metric: at least so much, of a mean error at most.
        pretrained: Whether fdc may start from published networks.
        photos: How many photos are learnt from; None: all of the training side.
        others: Whether the other contenders run as well.
    """

    task: str
    minutes: float
    targets: dict[str, float]
    pretrained: bool = True
    photos: int | None = None
    others: bool = False


CASES = {
    "gender 1 min": Case("gender", 1, {"accuracy": 0.90}),
    "age 1 min": Case("age_regression", 1, {"mae": 7.0}),
    "gender 20 min": Case("gender", 20, {"accuracy": 0.925}, others=True),
    "age 20 min": Case(
        "age_regression", 20, {"mae": 4.95, "decades": 0.635, "one_off": 0.945}, others=True
    ),
    "gender 20 min from scratch": Case("gender", 20, {"accuracy": 0.905}, pretrained=False),
    "age 20 min from scratch": Case("age_regression", 20, {}, pretrained=False),
    "gender 60 min": Case("gender", 60, {"accuracy": 0.925}),
    "age 60 min": Case("age_regression", 60, {"mae": 4.95, "decades": 0.635, "one_off": 0.945}),
    "gender 10 min of 500 photos": Case("gender", 10, {"accuracy": 0.90}, photos=500),
}

METRICS = ("accuracy", "mae", "decades", "one_off")

LESS_IS_BETTER = ("mae",)


def main() -> None:
    """Runs what is missing, and shows everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="folder of photos named as UTKFace's are")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), metavar="CASE")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--speed", type=float, default=1, help="divides the minutes")
    parser.add_argument("--out", type=Path, default=Path("data/quality"))
    parser.add_argument("--one", nargs=3, metavar=("CASE", "CONTENDER", "SEED"), help="in here")
    options = parser.parse_args()
    if options.one:
        name, contender, seed = options.one
        run_one(options.photos, name, contender, int(seed), options.speed)
        return
    photos, out = options.photos.resolve(), options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    kept_in = out / f"results-speed-{options.speed:g}.jsonl"
    for seed in range(1, options.seeds + 1):
        for name in options.cases:
            for contender in CONTENDERS if CASES[name].others else ("fdc",):
                if (name, contender, seed) not in kept(kept_in):
                    measured = in_a_process(photos, out, name, contender, seed, options.speed)
                    line = {"case": name, "contender": contender, "seed": seed, **measured}
                    with kept_in.open("a") as file:
                        print(json.dumps(line), file=file)
    show(kept(kept_in), options.cases)


def kept(path: Path) -> dict[tuple[str, str, int], dict[str, Any]]:
    """What is done: figures by case, contender and seed."""
    lines = path.read_text().splitlines() if path.exists() else []
    results = [json.loads(line) for line in lines]
    return {(line.pop("case"), line.pop("contender"), line.pop("seed")): line for line in results}


def in_a_process(
    photos: Path, out: Path, name: str, contender: str, seed: int, speed: float
) -> dict[str, Any]:
    """Runs one contender in a process and a folder of its own."""
    folder = out / f"seed-{seed}"
    folder.mkdir(exist_ok=True)
    print(f"{name}, {contender}, seed {seed} …", file=sys.stderr, flush=True)
    command = [sys.executable, __file__, photos, "--speed", speed, "--one", name, contender, seed]
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{name}, {contender}, seed {seed} ended with {done.returncode}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def run_one(photos: Path, name: str, contender: str, seed: int, speed: float) -> None:
    """Prepares, lets one contender learn and answer, and prints its figures as JSON."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from fdc.experiment import find, load
    from fdc.metrics import score
    from pipelines.prepare import prepare
    from pipelines.sides import crops
    from pipelines.workspace import EXPERIMENTS

    case = CASES[name]
    overrides = {
        "data.path": photos,
        "prepare.background": "none",
        "split.seed": seed,
        "search.seed": seed,
        "search.minutes": case.minutes / speed,
        "search.trials": 8,
        "search.pretrained": case.pretrained,
    }
    prepared = prepare(load(find(case.task, *EXPERIMENTS), overrides))
    train, validation, test = (crops(prepared, side) for side in ("train", "validation", "test"))
    if case.photos is not None:
        chosen = np.random.default_rng(seed).permutation(len(train))[: case.photos]
        train = replace(train, positions=train.positions[chosen], targets=train.targets[chosen])
    began = time.monotonic()
    experiment = load(find(case.task, *EXPERIMENTS), overrides)
    folder = Path("runs") / f"{name} {contender} {speed:g}".replace(" ", "-")
    answers, told = CONTENDERS[contender](experiment, prepared, (train, validation, test), folder)
    figures: dict[str, Any] = {"minutes": round((time.monotonic() - began) / 60, 2), **told}
    if answers is not None:
        scores = score(prepared.task, test.targets, answers)
        wanted = ("mae",) if prepared.task.is_regression else ("accuracy", "log_loss")
        figures |= {metric: round(scores[metric], 4) for metric in wanted}
        if prepared.task.is_regression:
            off = np.abs(np.digitize(answers, DECADES) - np.digitize(test.targets, DECADES))
            figures |= {
                "decades": round(float(np.mean(off == 0)), 4),
                "one_off": round(float(np.mean(off <= 1)), 4),
            }
    print(json.dumps(figures))


def by_fdc(experiment: Any, prepared: Any, sides: Any, folder: Path) -> Any:
    """A search, as `fdc search` runs it, and its exported network."""
    import fdc.search
    from fdc.inference.network import Network
    from pipelines.search import search_spec

    train, validation, test = sides
    spec = search_spec(experiment, prepared.task)
    found = fdc.search.search(train, validation, spec, folder)
    answers = Network(found.network).predict(test.pixels(), positions=test.positions)
    looked_at = sum(bool(trial.metrics) for trial in found.trials)
    return answers, {"trials": looked_at, "best": found.best_trial}


def by_autokeras(experiment: Any, prepared: Any, sides: Any, folder: Path) -> Any:
    """AutoKeras as its documentation shows it; what is not exported in time does not count."""
    import autokeras
    import keras

    def over(number: int, frame: object) -> None:
        raise TimeoutError

    train, validation, test = sides
    regression = prepared.task.is_regression
    kind = autokeras.ImageRegressor if regression else autokeras.ImageClassifier
    model = kind(max_trials=8, directory=folder, overwrite=True, seed=experiment.search.seed)
    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, experiment.search.minutes * 60)
    try:
        arrays = [
            (side.read(np.arange(len(side))), np.asarray(side.targets))
            for side in (train, validation)
        ]
        stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
        model.fit(*arrays[0], validation_data=arrays[1], callbacks=[stop], verbose=0)
        outputs = model.export_model().predict(test.read(np.arange(len(test))), verbose=0)
    except TimeoutError:
        return None, {"reason": "nothing was exported in time"}
    except Exception as error:  # AutoKeras' own faults are a result too
        return None, {"reason": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if regression:
        return outputs[:, 0], {}
    return (np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs), {}


def by_hand(experiment: Any, prepared: Any, sides: Any, folder: Path) -> Any:
    """What a practitioner writes in an hour: a residual net from scratch, one run, no search."""
    import keras
    from keras import layers, ops

    train, _, test = sides
    keras.utils.set_random_seed(experiment.search.seed)
    random = np.random.default_rng(experiment.search.seed)
    until = time.monotonic() + 60 * experiment.search.minutes - 15
    regression = prepared.task.is_regression
    support = np.arange(101.0)

    def labels(targets: NDArray[Any]) -> NDArray[np.float32]:
        if not regression:
            return np.asarray(np.eye(len(prepared.task.labels))[targets], np.float32)
        bells = np.exp(-0.5 * ((targets[:, None] - support) / 2) ** 2)
        return np.asarray(bells / bells.sum(axis=1, keepdims=True), np.float32)

    def convolution(x: Any, width: int, stride: int = 1) -> Any:
        x = layers.Conv2D(width, 3, stride, "same", use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.9)(x)

    inputs = keras.Input((train.size, train.size, 3))
    x = layers.Resizing(64, 64)(layers.Rescaling(1 / 127.5, -1)(inputs))
    x = layers.ReLU()(convolution(x, 32, 2))
    for stage in range(4):
        width, stride = 32 * 2**stage, 2 if stage else 1
        shortcut = layers.Conv2D(width, 1, stride, use_bias=False)(x)
        x = layers.ReLU()(convolution(x, width, stride))
        x = layers.ReLU()(layers.Add()([convolution(x, width), shortcut]))
    x = layers.Dropout(0.25)(layers.GlobalAveragePooling2D()(x))
    outputs = layers.Dense(labels(train.targets[:1]).shape[1], activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    optimizer = keras.optimizers.AdamW(2e-3, weight_decay=0.05)
    model.compile(optimizer, "categorical_crossentropy")

    def varied(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        shift = max(1, train.size // 12)
        for index, crop in enumerate(crops):
            moved = np.roll(crop, random.integers(-shift, shift + 1, 2), (0, 1))
            crops[index] = moved[:, ::-1] if random.random() < 0.5 else moved
        return crops.astype(np.float32)

    began, epoch, epochs = time.monotonic(), 0, 60
    while epoch < epochs:
        order = random.permutation(len(train))
        for start in range(0, len(order) - 63, 64):
            part = order[start : start + 64]
            done = (epoch + start / len(order)) / epochs
            optimizer.learning_rate.assign(
                2e-3 * min(1, done / 0.05, 0.5 + 0.5 * math.cos(math.pi * done) + 1e-3)
            )
            model.train_on_batch(varied(train.read(part)), labels(train.targets[part]))
        epoch += 1
        each = (time.monotonic() - began) / epoch
        epochs = min(epochs, epoch + int((until - time.monotonic()) / each))
    crops = test.read(np.arange(len(test))).astype(np.float32)
    both = [model.predict(seen, verbose=0) for seen in (crops, np.asarray(ops.flip(crops, 2)))]
    answers = (both[0] + both[1]) / 2
    return (answers @ support if regression else answers), {"epochs": epoch}


CONTENDERS: dict[str, Callable[..., Any]] = {
    "fdc": by_fdc,
    "by hand": by_hand,
    "AutoKeras": by_autokeras,
}


def show(results: dict[tuple[str, str, int], dict[str, Any]], cases: list[str]) -> None:
    """Prints medians and ranges over the seeds, and whether fdc's are what they should be."""
    table = Table("case", "contender", "metric", "median", "range", "target", "", "minutes")
    summary: dict[str, Any] = {}
    for name in cases:
        for contender in CONTENDERS:
            runs = [r for (case, by, _), r in results.items() if (case, by) == (name, contender)]
            metrics = [metric for metric in METRICS if any(metric in run for run in runs)]
            for metric in metrics:
                values = [run[metric] for run in runs if metric in run]
                target = CASES[name].targets.get(metric) if contender == "fdc" else None
                middle = median(values)
                table.add_row(
                    name,
                    contender,
                    metric,
                    f"{middle:.3f}",
                    f"{min(values):.3f} to {max(values):.3f}",
                    "" if target is None else f"{target:g}",
                    "" if target is None else judged(metric, middle, target),
                    f"{median(run['minutes'] for run in runs):.1f}",
                )
                summary.setdefault(name, {}).setdefault(contender, {})[metric] = values
            if runs and not metrics:
                table.add_row(name, contender, runs[0].get("reason", ""), "", "", "", "", "")
                summary.setdefault(name, {})[contender] = runs[0].get("reason", "")
    Console().print(table)
    print(json.dumps(summary))


def judged(metric: str, value: float, target: float) -> str:
    """Whether a target is held, or by how much it is missed."""
    short = value - target if metric in LESS_IS_BETTER else target - value
    return "held" if short <= 0 else f"missed by {short:.3f}"


if __name__ == "__main__":
    main()
