"""The whole of a search: trials, the winner trained on, its network exported."""

import math
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from fdc.choices import Balance
from fdc.crops.view import CropView
from fdc.errors import SearchError
from fdc.execution import memory
from fdc.execution.cpus import usable_cpus
from fdc.execution.pool import open_pool
from fdc.quiet import native_stderr_hidden
from fdc.search.budget import Budget, duration
from fdc.search.checks import check, check_identity, digest
from fdc.search.console import Console
from fdc.search.finish import export_winner, train_winner_on, winner_to_train_on
from fdc.search.result import RESULT, SearchResult
from fdc.search.scheduler import Scheduler
from fdc.search.worker import worker_spec
from fdc.tasks import Task
from fdc.tracking import Journal, TrialHistory, TrialRecord
from fdc.training.objective import Objective
from fdc.training.spec import TrainingSpec

Engine = Literal["local", "ray"]


def search(
    train: CropView,
    validation: CropView,
    *,
    task: Task,
    folder: Path,
    history: TrialHistory | None = None,
    tuner: str = "greedy",
    minutes: float | None = 20.0,
    trials: int = 8,
    epochs: int = 60,
    patience: int | None = 10,
    batch_size: int = 64,
    seed: int = 20,
    workers: int = 1,
    engine: Engine = "local",
    cpus: int = 1,
    gpus: float = 0.0,
    memory_limit_gb: float | None = None,
    hang_seconds: float = 300.0,
    balance: Balance = "none",
    augmentation: Sequence[str] = ("flip", "shift"),
    objective: Objective | None = None,
    reserve_seconds: float = 30.0,
    quiet: bool = False,
) -> SearchResult:
    """Searches for the network that answers the validation crops best.

    A call that was killed or interrupted is taken up by the same call with the same folder: trials
    that are done stay, a running one goes on from its last epoch. A call that is finished returns
    its result at once. More minutes or trials than before let a search go on.

    Args:
        train: What is trained on.
        validation: What trials are compared on.
        task: What is predicted; its classes are named.
        folder: Where checkpoints, the journal and the exported network go; made if missing.
        history: What its trials are written to, such as that of a `fdc.tracking.SearchRun`, which
            MLflow sees; by default a journal in the folder.
        tuner: "greedy", "bayesian", "hyperband" or "random".
        minutes: All that the search may take, its export included; null: no limit.
        trials: How many at most; refused ones do not count.
        epochs: Of one trial at most, and of the training in which the winner goes on.
        patience: Epochs without gain that end a trial; null: none do.
        batch_size: Crops in a batch at most; small sets get smaller ones.
        seed: The same seed gives the same trials, scores and winner on the CPU with one worker, as
            long as `minutes` is null.
        workers: How many trials run at once; on this machine threads are divided between them.
        engine: "local": workers are processes of this machine; "ray": they are spread over a
            cluster, whose nodes all see `folder` and the crops.
        cpus: How many each worker takes of its node of a cluster.
        gpus: The same; a part of one lets several workers share it.
        memory_limit_gb: Of each worker, in 10^9 bytes; null: its part of what is free.
        hang_seconds: After so long without a step a worker is taken to hang.
        balance: "weights" lets rare targets count more, "sampling" draws them more often.
        augmentation: Of `fdc.tasks.AUGMENTATIONS`; one that the task forbids is an error.
        objective: What is optimised; by default what fits the kind.
        reserve_seconds: Part of `minutes` that is kept for the export here, and for evaluation and
            registration at the caller.
        quiet: Whether to show nothing.

    Returns:
        The winner and all trials.

    Raises:
        ExecutionError: There is no cluster.
        SearchError: If it cannot start, not one epoch fits into `minutes`, no trial was completed,
            or the folder belongs to another search.
        TrackingError: Another process searches in the folder, an older fdc began the search in it,
            or it cannot be written.
        KeyboardInterrupt: On a second Ctrl-C, or one before the first epoch; it can be resumed.
    """
    objective = objective or Objective.of(task.kind)
    used = tuple(augmentation)
    check(train, validation, task, used)
    identity = {
        "train": digest(train),
        "validation": digest(validation),
        "kind": task.kind,
        "classes": len(task.labels),
        "tuner": tuner,
        "epochs": epochs,
        "patience": patience,
        "batch_size": batch_size,
        "seed": seed,
        "balance": balance,
        "augmentation": list(used),
        "objective": objective.name,
    }
    call = {**identity, "minutes": minutes, "trials": trials}
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(history, folder) as history:
        resumed = history.identity is not None
        check_identity(history.identity or identity, identity, folder)
        done = SearchResult.load(folder / RESULT, call, history.trials.values())
        if done is not None:
            return done
        if not resumed:
            history.search_began(identity)
        settings = TrainingSpec(
            train=train,
            validation=validation,
            task=task,
            objective=objective,
            augmentation=used,
            balance=balance,
            batch_size=batch_size,
            threads=cpus if engine == "ray" else max(1, usable_cpus() // workers),
            memory_bytes=int((memory_limit_gb or 0) * memory.GB),
        )
        budget = Budget(minutes, reserve_seconds, history.seconds, trials, workers)
        with ExitStack() as stack:
            console = stack.enter_context(Console(quiet))
            # The workers import what they need while this process does the same.
            spec = worker_spec(settings, folder / "workers", hang_seconds, gpus)
            pool = stack.enter_context(open_pool(engine, workers, spec, console.say))
            scheduler = Scheduler(pool, budget, history, objective, console, folder, patience)
            stack.enter_context(_interruptible(scheduler))
            if resumed:
                console.say(
                    f"taking up the search in {folder}: {len(history.trials)} trials so far"
                )
            _explore(scheduler, settings, tuner, trials, epochs, seed)
            if workers > 1 and engine == "local" and winner_to_train_on(scheduler):
                # The winner is trained on alone, so it gets the cores and the memory of all.
                pool.close()
                alone = worker_spec(
                    replace(settings, threads=usable_cpus()), folder / "workers", hang_seconds
                )
                scheduler.workers = stack.enter_context(open_pool(engine, 1, alone))
                scheduler.workers.peak_bytes = pool.peak_bytes
            train_winner_on(scheduler, epochs)
            result = export_winner(scheduler, settings, folder)
            history.seconds_used(budget.used)
        if not result.interrupted:
            result.save(folder / RESULT, call)
        return result


def _explore(
    scheduler: Scheduler, settings: TrainingSpec, tuner: str, trials: int, epochs: int, seed: int
) -> None:
    # Importing AutoKeras takes a while: not before the workers have begun the same.
    with native_stderr_hidden():
        from fdc.search import automodel
        from fdc.training import backend
        from fdc.training.graph import SearchGraph

        backend.stay_off_gpu()

    automodel.explore(
        scheduler,
        SearchGraph(settings),
        tuner=tuner,
        trials=trials,
        epochs=epochs,
        seed=seed,
    )
    records = scheduler.history.trials.values()
    if scheduler.ranked():
        return
    if scheduler.stopping:
        raise KeyboardInterrupt
    if not records:
        raise SearchError(
            "No worker was ready before the time was over.",
            f"The workers' output is in {scheduler.folder / 'workers'}.",
        )
    refused = [record for record in records if record.status == "REFUSED"]
    if refused and len(refused) == len(records):
        raise SearchError(*_what_would_fit(scheduler, settings, refused))
    reasons = "\n".join(f"  trial {r.id} {r.status}: {r.reason}" for r in records)
    raise SearchError(
        f"Not one of {len(records)} trials was completed:\n{reasons}",
        f"The workers' output is in {scheduler.folder / 'workers'}.",
    )


def _what_would_fit(
    scheduler: Scheduler, settings: TrainingSpec, refused: Sequence[TrialRecord]
) -> tuple[str, str]:
    budget, count = scheduler.budget, len(settings.train)
    known = [r.predicted_epoch_seconds for r in refused if r.predicted_epoch_seconds is not None]
    if not known:
        return (
            f"{duration(budget.total)} were over before one step could be timed.",
            "Give it more minutes (--minutes), or try again when the machine is less busy.",
        )
    fastest = min(known)
    overhead = budget.used + budget.reserved
    fitting = int(count * (budget.total - overhead) / fastest)
    fewer = f"or at most {fitting} photos, " if fitting > 0 else ""
    return (
        f"Not one epoch fits into {duration(budget.total)}: the fastest network that was tried "
        f"needs {duration(fastest)} for one epoch of {count} crops of {settings.train.size} px.",
        f"What would fit: at least {math.ceil((overhead + fastest) / 60)} min, {fewer}or smaller "
        "crops.",
    )


@contextmanager
def _opened(history: TrialHistory | None, folder: Path) -> Iterator[TrialHistory]:
    """The caller's history, or one in the folder, which lets no other process search there."""
    if history is not None:
        yield history
        return
    with closing(Journal(folder)) as journal:
        yield TrialHistory(journal)


@contextmanager
def _interruptible(scheduler: Scheduler) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM lets running epochs end and the best be exported."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        if scheduler.stopping:
            raise KeyboardInterrupt
        scheduler.stopping = True
        scheduler.console.say(
            f"{signal.Signals(number).name}: the running epoch ends, then the best network is "
            "exported; once more to stop at once"
        )

    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
