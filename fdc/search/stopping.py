"""When a training ends: its share of the budget, its last epoch, patience and the median rule."""

import math
from dataclasses import dataclass

from fdc.search import budget as budgets
from fdc.search import pruning
from fdc.search.budget import Budget, duration
from fdc.search.jobs import Job, Outcome
from fdc.tracking import TrialHistory
from fdc.training.objective import Objective


@dataclass(frozen=True)
class StoppingPolicy:
    """Decides whether a training goes on, and for how many epochs.

    Attributes:
        budget: How long there is.
        history: The other trials.
        objective: What is optimised.
        patience: Epochs without gain that end a trial; None: any number.
    """

    budget: Budget
    history: TrialHistory
    objective: Objective
    patience: int | None

    def refusal(self, job: Job, epoch_seconds: float) -> Outcome | None:
        """Sets the deadline of a job whose speed is known now.

        Args:
            job: It has been probed.
            epoch_seconds: What one of its epochs will take.

        Returns:
            Why it is not trained; None where its epochs fit.
        """
        if math.isinf(self.budget.end):
            return None
        epochs = job.limit - job.record.first_epoch
        first = not any(
            trial.curve for trial in self.history.trials.values() if trial.role == "trial"
        )
        # Of a network that starts from a solved head one epoch says something.
        needed = 1 if self._starts_from_baseline(job) else epochs
        deadline = self.budget.deadline(job.started, job.share, epoch_seconds, needed, first)
        if deadline is None and job.is_trial and not job.record.curve:
            fewest = min(budgets.FEWEST_EPOCHS, needed)
            return (
                "REFUSED",
                f"an epoch would take {duration(epoch_seconds)}: {fewest} of them do not fit into "
                f"its share of {duration(max(0.0, job.share))}",
            )
        job.deadline = deadline or job.started + job.share
        return None

    def ending(self, job: Job, epoch_seconds: float, interrupted: bool) -> Outcome | None:
        """Plans after which epoch a job's schedule ends.

        Args:
            job: It has been probed, or has ended an epoch.
            epoch_seconds: What its next epoch will take.
            interrupted: Whether the search is to stop.

        Returns:
            How it ends, if it does now; None where it goes on.
        """
        record, done = job.record, job.record.next_epoch
        more = budgets.more_epochs(job.deadline - self.budget.now, epoch_seconds)
        job.total = job.limit if more is None else min(job.limit, done + more)
        if done >= job.limit:
            return "COMPLETED", None
        if not record.curve:
            # A trial that is not refused has one epoch at least.
            job.total = max(job.total, done + 1)
            return None
        if interrupted:
            return None, "interrupted"
        if job.total <= done:
            return "COMPLETED", "its share of the budget is used"
        return self._early_ending(job) if job.is_trial else None

    def seconds_for_epoch(self, job: Job, epoch_seconds: float) -> float | None:
        """What the next epoch may take; None: any time.

        Args:
            job: It goes on.
            epoch_seconds: What its next epoch is expected to take.
        """
        if math.isinf(job.deadline):
            return None
        latest = min(job.deadline + budgets.OVERRUN * epoch_seconds, self.budget.end)
        return max(0.0, latest - self.budget.now)

    def _starts_from_baseline(self, job: Job) -> bool:
        before = self.history.trials.get(job.record.continues or "")
        return before is not None and before.is_baseline

    def _early_ending(self, job: Job) -> Outcome | None:
        record = job.record
        since_best = len(record.curve) - 1 - (record.best_epoch or 0)
        if self.patience is not None and since_best >= self.patience:
            return "COMPLETED", f"no gain in {since_best} epochs"
        others = [
            trial.curve
            for trial in self.history.trials.values()
            if trial.role == "trial"
            and trial.status in ("COMPLETED", "PRUNED")
            and trial.resource == record.resource
        ]
        total = job.total - record.first_epoch
        reason = pruning.unpromising(record.curve, total, others, self.objective)
        return None if reason is None else ("PRUNED", reason)
