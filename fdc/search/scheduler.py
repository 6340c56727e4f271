"""Hands jobs to workers, answers what they ask, and writes the history; it does not train."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import singledispatchmethod
from pathlib import Path

from fdc.execution.protocol import Died, Ready, WorkerPool
from fdc.search.budget import Budget
from fdc.search.console import SearchConsole
from fdc.search.jobs import Job, JobSource, Outcome
from fdc.search.messages import (
    BatchSizeReduced,
    Built,
    Continue,
    Done,
    EpochEnded,
    Failed,
    Stop,
    WorkerEvent,
)
from fdc.search.result import ranked
from fdc.search.stopping import StoppingPolicy
from fdc.tracking import TrialHistory, TrialRecord, TrialStatus
from fdc.training import checkpoint
from fdc.training.objective import Objective
from fdc.training.spec import ProbeResult

POLL_SECONDS = 1.0

MOST_LOST_WORKERS = 2
"""How often a job whose worker was lost is handed out again: it may be what kills machines."""

KEPT_CHECKPOINTS = 3
"""Of how many of the best trials the weights stay on disk, beside those of Hyperband's rounds."""

GRACE_SECONDS = 20.0
"""How long after the end of the budget a worker that says nothing is killed."""

START_GRACE_SECONDS = 50.0
"""The same for one that has not yet timed its steps, which tells what would fit."""


class Scheduler:
    """Runs jobs on workers within a budget.

    Args:
        workers: Who trains.
        budget: How long.
        history: What is known of the trials, kept on disk.
        objective: What is optimised.
        console: What a person sees.
        folder: Where the trials' checkpoints lie.
        patience: Epochs without gain that end a trial; None: any number.
    """

    def __init__(
        self,
        workers: WorkerPool,
        budget: Budget,
        history: TrialHistory,
        objective: Objective,
        console: SearchConsole,
        folder: Path,
        patience: int | None,
    ) -> None:
        self.workers = workers
        self.budget = budget
        self.history = history
        self.objective = objective
        self.console = console
        self.folder = folder
        self.stopping = False
        """Set from outside: running trials end after their epoch, and no new ones start."""
        self._policy = StoppingPolicy(budget, history, objective, patience)
        self._jobs: dict[str, Job] = {}
        self._requeued: deque[Job] = deque()

    def trial_folder(self, trial_id: str) -> Path:
        """Where a trial's checkpoints lie."""
        return self.folder / "trials" / trial_id

    def run(self, source: JobSource) -> None:
        """Works until the source has no more jobs and none is running.

        Args:
            source: Where jobs come from.
        """
        while True:
            for worker in self._idle():
                job = None if self.stopping else self._next_job(source, worker)
                if job is not None:
                    self._begin(worker, job)
            over = self.stopping or self.budget.left < 0
            if not self._jobs and (self.workers.names or over):
                return
            for worker, event in self.workers.receive(POLL_SECONDS):
                job = self._jobs.get(worker)
                if job is not None:
                    self._on_event(event, worker, job)
                if job is not None and worker not in self._jobs:
                    self._close(job, source)
            self._kill_overdue()
            self.console.update(
                self.history.trials.values(), self.objective, self.budget, self._jobs.values()
            )

    def some_worker(self) -> str:
        """A worker that can be given something; waits until there is one."""
        while not self.workers.names:
            for _ in self.workers.receive(POLL_SECONDS):
                pass
        return self.workers.names[0]

    def ranked(self) -> list[TrialRecord]:
        """The trials that have trained an epoch, best first; a failed one is not among them."""
        return ranked(self.history.trials.values(), self.objective)

    def _idle(self) -> Iterator[str]:
        return (name for name in self.workers.names if name not in self._jobs)

    def _next_job(self, source: JobSource, worker: str) -> Job | None:
        return self._requeued.popleft() if self._requeued else source.ask(worker)

    def _begin(self, worker: str, job: Job) -> None:
        self._jobs[worker] = job
        job.started = self.budget.now
        job.outcome = ("COMPLETED", None)
        job.traceback = None
        job.record = self.history.trial_began(job.record)
        job.seconds_before = job.record.seconds
        self.history.seconds_used(self.budget.used)
        self.console.trial_began(job.record)
        self.workers.send(worker, job.command)

    def _close(self, job: Job, source: JobSource) -> None:
        record = job.record
        status, reason = job.outcome
        seconds = job.seconds_before + self.budget.now - job.started
        self.history.trial_ended(
            record.id, status, reason, seconds=seconds, traceback=job.traceback
        )
        if status is not None:
            source.tell(job)
        self.console.trial_ended(record)
        self.history.seconds_used(self.budget.used)
        # Only now: a kill before would leave a trial that is open and has nothing to go on from.
        self._drop_checkpoints()

    def _drop_checkpoints(self) -> None:
        kept = {job.record.continues for job in (*self._jobs.values(), *self._requeued)}
        kept.update(record.id for record in self.ranked()[:KEPT_CHECKPOINTS])
        # Later trials start from them.
        kept.update(record.id for record in self.history.trials.values() if record.is_baseline)
        for record in self.history.trials.values():
            if record.status is None:
                continue
            for name in (checkpoint.LAST, checkpoint.FEATURES):
                (self.trial_folder(record.id) / name).unlink(missing_ok=True)
            # From a trial of one of Hyperband's rounds any later trial may go on.
            if record.resource == 1 and record.id not in kept:
                (self.trial_folder(record.id) / checkpoint.BEST).unlink(missing_ok=True)

    def _end(self, worker: str, status: TrialStatus, reason: str, traceback: str | None) -> None:
        job = self._jobs.pop(worker)
        job.outcome = (status, reason)
        job.traceback = traceback
        self.workers.mark_idle(worker)

    def _kill_overdue(self) -> None:
        for worker, job in self._jobs.items():
            grace = GRACE_SECONDS if job.record.predicted_epoch_seconds else START_GRACE_SECONDS
            if self.budget.left < -grace:
                self.workers.kill(worker, "killed: the budget is used up")

    @singledispatchmethod
    def _on_event(self, event: WorkerEvent, worker: str, job: Job) -> None:
        raise TypeError(f"a training worker said {event!r}")

    @_on_event.register
    def _(self, event: Ready, worker: str, job: Job) -> None:
        pass

    @_on_event.register
    def _(self, event: Built, worker: str, job: Job) -> None:
        record = job.record
        # A checkpoint may be an epoch ahead of the journal: it is written first.
        for index in range(len(record.curve), len(event.curve)):
            self.history.epoch_ended(
                record.id,
                record.next_epoch,
                event.curve[index],
                improved=index == event.best_epoch,
            )
        self.history.network_built(
            record.id, event.parameters, event.batch_size, len(event.curve), event.best_epoch
        )

    @_on_event.register
    def _(self, event: BatchSizeReduced, worker: str, job: Job) -> None:
        self.console.say(
            f"trial {job.record.id}: memory ran out inside the library; "
            f"batches are halved to {event.batch_size} crops"
        )

    @_on_event.register
    def _(self, event: ProbeResult, worker: str, job: Job) -> None:
        record = job.record
        self.history.speed_measured(record.id, event.epoch_seconds)
        refusal = self._policy.refusal(job, event.epoch_seconds)
        if refusal is not None:
            self._stop(worker, job, refusal)
            return
        self.console.speed_measured(record)
        self._answer(worker, job, event.epoch_seconds)

    @_on_event.register
    def _(self, event: EpochEnded, worker: str, job: Job) -> None:
        record = job.record
        self.history.epoch_ended(
            record.id,
            event.epoch,
            event.metrics,
            improved=event.improved,
            seconds=event.seconds,
        )
        self.history.seconds_used(self.budget.used)
        self.console.epoch_ended(record, job.total)
        self._answer(worker, job, event.seconds)

    @_on_event.register
    def _(self, event: Done, worker: str, job: Job) -> None:
        del self._jobs[worker]
        self.workers.mark_idle(worker)

    @_on_event.register
    def _(self, event: Failed, worker: str, job: Job) -> None:
        self._end(worker, "FAILED", event.reason, event.traceback)

    @_on_event.register
    def _(self, event: Died, worker: str, job: Job) -> None:
        if event.cause == "lost":
            self._requeue(worker, event.reason)
            return
        batch = job.command.batch_size or job.record.batch_size or 1
        if event.cause == "exhausted" and batch > 1:
            job.command = replace(job.command, batch_size=batch // 2)
            self._on_event(BatchSizeReduced(batch // 2), worker, job)
            self.workers.send(worker, job.command)
            return
        if self.budget.left < 0:
            status: TrialStatus = "COMPLETED" if job.record.curve else "REFUSED"
            self._end(worker, status, "cut off by the end of the budget", None)
        else:
            self._end(worker, "FAILED", event.reason, event.output)

    def _requeue(self, worker: str, reason: str) -> None:
        job = self._jobs[worker]
        job.lost_workers += 1
        if job.lost_workers > MOST_LOST_WORKERS:
            self._end(worker, "FAILED", f"{reason}, {job.lost_workers} times", None)
            return
        del self._jobs[worker]
        job.outcome = (None, f"{reason}: back into the queue")
        job.share -= self.budget.now - job.started
        self._requeued.append(job)

    def _answer(self, worker: str, job: Job, epoch_seconds: float) -> None:
        ending = self._policy.ending(job, epoch_seconds, self.stopping)
        if ending is not None:
            self._stop(worker, job, ending)
            return
        seconds = self._policy.seconds_for_epoch(job, epoch_seconds)
        self.workers.send(worker, Continue(job.total, seconds))

    def _stop(self, worker: str, job: Job, outcome: Outcome) -> None:
        job.outcome = outcome
        self.workers.send(worker, Stop())
