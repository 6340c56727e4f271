"""The best trial goes on in what is left of the budget, and the best network is exported."""

import math
from pathlib import Path

from fdc.errors import SearchError
from fdc.execution import memory
from fdc.execution.protocol import Died
from fdc.search.baselines import TRAINED_ON
from fdc.search.budget import START_SECONDS, duration
from fdc.search.jobs import Job
from fdc.search.messages import Failed
from fdc.search.result import FINAL, SearchResult
from fdc.search.scheduler import Scheduler
from fdc.tracking import TrialRecord
from fdc.training import checkpoint
from fdc.training.spec import ExportCommand, ExportResult, TrainCommand, TrainingSpec

FEWEST_EPOCHS_MORE = 2
"""With fewer, the best trial stays as it is."""

TIMES_LONGER = 5
"""How many times as many epochs as a trial the best one may go on: small sets used a part of their
budget only."""

EXPORT_TRIES = 2
EXPORT_SECONDS = 300.0


class _BestContinued:
    """The one job in which the best trial goes on."""

    def __init__(self, scheduler: Scheduler, best: TrialRecord, epochs: int) -> None:
        self._scheduler = scheduler
        self._best = best
        self._epochs = epochs
        self._given = False

    def ask(self, worker: str) -> Job | None:
        """The job, once."""
        if self._given:
            return None
        self._given = True
        scheduler, best = self._scheduler, self._best
        record = scheduler.history.trials.get(FINAL) or TrialRecord(
            id=FINAL,
            number=0,
            hyperparameters=best.hyperparameters,
            seed=best.seed,
            first_epoch=best.next_epoch,
            continues=best.id,
            role="final",
        )
        start = scheduler.trial_folder(best.id) / checkpoint.BEST
        command = TrainCommand(
            scheduler.trial_folder(FINAL),
            record.hyperparameters,
            record.seed,
            start,
            record.first_epoch,
        )
        budget = scheduler.budget
        limit = record.first_epoch + TIMES_LONGER * self._epochs
        return Job(record, command, limit, budget.left, budget.now, False, deadline=budget.end)

    def tell(self, job: Job) -> None:
        """Nothing more to do."""


def best_to_continue(scheduler: Scheduler) -> TrialRecord | None:
    """The best trial; None where there is none, or no time in which going on would help."""
    if scheduler.stopping or math.isinf(scheduler.budget.end):
        return None
    begun = scheduler.history.trials.get(FINAL)
    if begun is not None:
        best = None if begun.status else scheduler.history.trials[str(begun.continues)]
    else:
        best = next((record for record in scheduler.ranked() if _can_go_on(record)), None)
    if best is None:
        return None
    start = best.start_seconds or START_SECONDS
    # What solving a head took says nothing about an epoch: there, the probe tells.
    epoch = 0.0 if best.is_baseline else best.seconds_per_epoch or 0.0
    enough = START_SECONDS if best.is_baseline else start + FEWEST_EPOCHS_MORE * epoch
    return best if scheduler.budget.left >= enough else None


def _can_go_on(record: TrialRecord) -> bool:
    return not record.is_baseline or record.hyperparameters["network/family"] in TRAINED_ON


def continue_best(scheduler: Scheduler, epochs: int) -> None:
    """Has the best trial go on, from its best epoch, to the end of the budget.

    Args:
        scheduler: Who has it trained.
        epochs: Of a trial at most; here they may be `TIMES_LONGER` as many.
    """
    best = best_to_continue(scheduler)
    if best is None:
        return
    scheduler.console.say(
        f"training trial {best.id} on for {duration(scheduler.budget.left)}, from its best epoch"
    )
    scheduler.run(_BestContinued(scheduler, best, epochs))


def export_winner(scheduler: Scheduler, training: TrainingSpec, folder: Path) -> SearchResult:
    """Exports the best network there is, of a trial or of the one that went on.

    Args:
        scheduler: Who knows the best.
        training: What all trials share.
        folder: Where to.

    Raises:
        SearchError: If it cannot be exported.
    """
    best = scheduler.ranked()[0]
    command = ExportCommand(
        folder,
        scheduler.trial_folder(best.id) / checkpoint.BEST,
        best.hyperparameters,
        flip="flip" in training.augmentation,
    )
    exported = _exported(scheduler, command)
    objective = scheduler.objective
    return SearchResult(
        folder=folder,
        network=command.onnx,
        keras_network=command.keras,
        best_trial=best.id,
        objective=objective.name,
        direction=objective.direction,
        score=best.metrics[objective.name],
        validation=exported.metrics,
        trials=list(scheduler.history.trials.values()),
        seconds=scheduler.budget.used,
        interrupted=scheduler.stopping,
        peak_worker_gb=scheduler.workers.peak_bytes / memory.GB,
    )


def _exported(scheduler: Scheduler, command: ExportCommand) -> ExportResult:
    reason = ""
    for _ in range(EXPORT_TRIES):
        worker = scheduler.some_worker()
        scheduler.workers.send(worker, command)
        until = scheduler.budget.now + EXPORT_SECONDS
        while scheduler.budget.now < until:
            for name, event in scheduler.workers.receive(1.0):
                if name != worker:
                    continue
                if isinstance(event, ExportResult):
                    return event
                if isinstance(event, Failed | Died):
                    reason = event.reason
                    until = scheduler.budget.now
    raise SearchError(
        f"The best network could not be exported: {reason or 'it took too long'}.",
        f"Its weights are kept in {command.checkpoint}; the same call tries again.",
    )
