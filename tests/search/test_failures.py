"""A search that came to nothing says why, and what would help."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fdc.errors import SearchError
from fdc.search.budget import Budget
from fdc.search.failures import check_completed
from fdc.search.result import ranked
from fdc.tracking import TrialRecord
from fdc.training.objective import Objective


@dataclass
class Ended:
    """A scheduler whose trials are over."""

    trials: dict = field(default_factory=dict)
    minutes: float | None = 4.0
    stopping: bool = False
    folder: Path = Path("somewhere")

    @property
    def history(self):
        return self

    @property
    def budget(self):
        return Budget(self.minutes, 30.0, 10.0, 8, 1, clock=lambda: 0.0)

    def ranked(self):
        return ranked(self.trials.values(), Objective.of("classes"))


def trials(*statuses, predicted=None, curve=()):
    return {
        str(i): TrialRecord(
            str(i),
            i,
            {},
            seed=1,
            status=status,
            reason=f"reason {i}",
            predicted_epoch_seconds=predicted,
            curve=list(curve),
            best_epoch=0 if curve else None,
        )
        for i, status in enumerate(statuses)
    }


def told(data, **ended):
    with pytest.raises(SearchError) as raised:
        check_completed(Ended(**ended), data.spec())
    return raised.value


def test_one_epoch_of_one_trial_is_enough(data):
    some = trials("FAILED") | {"9": trials("COMPLETED", curve=[{"val_accuracy": 0.5}])["0"]}
    assert check_completed(Ended(some), data.spec()) is None


def test_every_reason_is_told(data):
    error = told(data, trials=trials("FAILED", "REFUSED"))
    assert error.message == (
        "Not one of 2 trials was completed:\n"
        "  trial 0 FAILED: reason 0\n"
        "  trial 1 REFUSED: reason 1"
    )
    assert "somewhere/workers" in error.hint


def test_what_would_fit_is_said_where_all_were_refused(data):
    error = told(data, trials=trials("REFUSED", "REFUSED", predicted=300.0))
    assert error.message == (
        "Not one epoch fits into 4:00 min: the fastest network that was tried needs 5:00 min for "
        "one epoch of 60 crops of 32 px."
    )
    assert error.hint == "What would fit: at least 6 min, or at most 40 photos, or smaller crops."


def test_a_budget_that_was_over_before_a_step_says_so(data):
    assert "over before one step could be timed" in told(data, trials=trials("REFUSED")).message


def test_no_worker_at_all(data):
    assert told(data).message == "No worker was ready before the time was over."


def test_an_interruption_before_the_first_epoch_is_one(data):
    with pytest.raises(KeyboardInterrupt):
        check_completed(Ended(stopping=True), data.spec())
