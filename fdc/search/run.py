"""The whole of a search: trials, the best of them continued, its network exported."""

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from fdc.crops.view import CropView
from fdc.execution.cpus import usable_cpus
from fdc.execution.pool import open_pool
from fdc.execution.protocol import WorkerPool
from fdc.quiet import native_stderr_hidden
from fdc.search.baselines import Baselines
from fdc.search.budget import Budget
from fdc.search.console import SearchConsole
from fdc.search.failures import check_completed
from fdc.search.finish import best_to_continue, continue_best, export_winner
from fdc.search.result import RESULT, SearchResult
from fdc.search.scheduler import Scheduler
from fdc.search.spec import Resources, SearchSpec, check_identity
from fdc.search.worker import worker_spec
from fdc.tracking import Journal, TrialHistory
from fdc.training.spec import TrainingSpec


def search(
    train: CropView,
    validation: CropView,
    spec: SearchSpec,
    folder: Path,
    *,
    history: TrialHistory | None = None,
    quiet: bool = False,
) -> SearchResult:
    """Searches for the network that answers the validation crops best.

    A call that was killed or interrupted is taken up by the same call with the same folder: trials
    that are done stay, a running one goes on from its last epoch. A call that is finished returns
    its result at once. More minutes or trials than before let a search in the same folder go on;
    `fdc search` gives each budget a folder of its own.

    Args:
        train: What is trained on.
        validation: What trials are compared on.
        spec: What is searched for, how, and for how long.
        folder: Where checkpoints, the journal and the exported network go; made if missing.
        history: Keeps the trials, as that of `fdc.tracking.SearchRun` does; None: a new one.
        quiet: Whether to show nothing.

    Returns:
        The winner and all trials.

    Raises:
        ExecutionError: There is no cluster.
        SearchError: If it cannot start, not one epoch fits into `spec.minutes`, no trial was
            completed, or the folder belongs to another search.
        TrackingError: Another process searches in the folder, an older fdc began the search in it,
            or it cannot be written.
        KeyboardInterrupt: On a second Ctrl-C, or one before the first epoch; it can be resumed.
    """
    spec.check(train, validation)
    identity, call = spec.identity(train, validation), spec.call_key(train, validation)
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
        training = spec.training(train, validation)
        where = spec.resources
        budget = Budget(
            spec.minutes, spec.reserve_seconds, history.seconds, spec.trials, where.workers
        )
        with ExitStack() as stack:
            console = stack.enter_context(SearchConsole(quiet))
            # The workers import what they need while this process does the same.
            pool = stack.enter_context(_open_pool(where, training, folder, console))
            scheduler = Scheduler(
                pool, budget, history, spec.objective, console, folder, spec.patience
            )
            stack.enter_context(_interruptible(scheduler))
            if resumed:
                console.say(
                    f"taking up the search in {folder}: {len(history.trials)} trials so far"
                )
            if spec.baselines:
                scheduler.run(Baselines(scheduler, spec))
            _run_trials(scheduler, training, spec)
            if where.workers > 1 and where.engine == "local" and best_to_continue(scheduler):
                # The best trial goes on alone, so it gets the cores and the memory of all.
                pool.close()
                alone = replace(training, threads=usable_cpus())
                one = Resources(hang_seconds=where.hang_seconds)
                scheduler.workers = stack.enter_context(_open_pool(one, alone, folder, console))
                scheduler.workers.peak_bytes = pool.peak_bytes
            continue_best(scheduler, spec.epochs)
            result = export_winner(scheduler, training, folder)
            history.seconds_used(budget.used)
        if not result.interrupted:
            result.save(folder / RESULT, call)
        return result


def _open_pool(
    resources: Resources, training: TrainingSpec, folder: Path, console: SearchConsole
) -> AbstractContextManager[WorkerPool]:
    worker = worker_spec(training, folder / "workers", resources.hang_seconds, resources.gpus)
    return open_pool(resources.engine, resources.workers, worker, console.say)


def _run_trials(scheduler: Scheduler, training: TrainingSpec, spec: SearchSpec) -> None:
    # Importing AutoKeras takes a while: not before the workers have begun the same.
    with native_stderr_hidden():
        from fdc.search import automodel
        from fdc.training import backend

        backend.stay_off_gpu()

    automodel.run_trials(scheduler, training, spec)
    check_completed(scheduler, training)


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
