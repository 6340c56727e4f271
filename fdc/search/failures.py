"""Why a search has come to nothing, and what would help."""

import math
from collections.abc import Sequence

from fdc.errors import SearchError
from fdc.search.budget import Budget, duration
from fdc.search.scheduler import Scheduler
from fdc.tracking import TrialRecord
from fdc.training.spec import TrainingSpec


def check_completed(scheduler: Scheduler, training: TrainingSpec) -> None:
    """Raises where no trial has trained an epoch.

    Args:
        scheduler: Who ran the trials.
        training: What they share.

    Raises:
        SearchError: Saying why each trial came to nothing, or what would fit into the budget.
        KeyboardInterrupt: It was stopped before the first epoch.
    """
    records = list(scheduler.history.trials.values())
    if scheduler.ranked():
        return
    if scheduler.stopping:
        raise KeyboardInterrupt
    see_output = f"The workers' output is in {scheduler.folder / 'workers'}."
    if not records:
        raise SearchError("No worker was ready before the time was over.", see_output)
    if all(record.status == "REFUSED" for record in records):
        raise _nothing_fits(scheduler.budget, training, records)
    reasons = "\n".join(f"  trial {r.id} {r.status}: {r.reason}" for r in records)
    raise SearchError(f"Not one of {len(records)} trials was completed:\n{reasons}", see_output)


def _nothing_fits(
    budget: Budget, training: TrainingSpec, refused: Sequence[TrialRecord]
) -> SearchError:
    predicted = [r.predicted_epoch_seconds for r in refused]
    known = [seconds for seconds in predicted if seconds is not None]
    if not known:
        return SearchError(
            f"{duration(budget.total)} were over before one step could be timed.",
            "Give it more minutes (--minutes), or try again when the machine is less busy.",
        )
    fastest, count = min(known), len(training.train)
    overhead = budget.used + budget.reserved
    fitting = int(count * (budget.total - overhead) / fastest)
    fewer = f"or at most {fitting} photos, " if fitting > 0 else ""
    return SearchError(
        f"Not one epoch fits into {duration(budget.total)}: the fastest network that was tried "
        f"needs {duration(fastest)} for one epoch of {count} crops of {training.train.size} px.",
        f"What would fit: at least {math.ceil((overhead + fastest) / 60)} min, {fewer}or smaller "
        "crops.",
    )
