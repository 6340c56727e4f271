"""AutoKeras' tuners, made to drive workers instead of training by themselves."""

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from autokeras import tuners
from keras_tuner.engine.trial import Trial, TrialStatus
from threadpoolctl import threadpool_limits

from fdc import files
from fdc.search.budget import START_SECONDS
from fdc.search.jobs import Job
from fdc.search.result import FINAL
from fdc.search.scheduler import Scheduler
from fdc.tracking import TrialRecord
from fdc.training import checkpoint
from fdc.training.spec import TrainCommand

MOST_TRIALS = 9999
"""What KerasTuner is told; the limit that holds is counted here, refused trials left out."""

WORST = 1e9
"""Score of a failed trial where less is better."""

ORACLE = "oracle.json"
"""What KerasTuner's oracle knows, in the search's folder; of trials it is a copy of the journal."""

MOST_REFUSED = 3
"""How many trials may be refused for each one that is wanted."""


class Driven:
    """Makes a tuner of AutoKeras ask for trials and tell their results, and nothing else.

    AutoKeras' own tuner would copy the crops, train in this process and refit at the end.
    """

    scheduler: Scheduler
    trials: int
    epochs: int
    search_seed: int
    starting_points: Sequence[dict[str, Any]]
    full_resource: int = 1
    mean_resource: float = 1.0
    needs_every_score = False
    _asked = itertools.count(1)

    def search(self, **data: Any) -> None:
        """Lets the scheduler run the trials; AutoKeras' `fit` calls it once it knows the data.

        Args:
            **data: What `fit` has made of the few crops that it was given; not needed here.
        """
        self._keep_oracle_on_disk()
        self.scheduler.run(self)

    def next_job(self, worker: str) -> Job | None:
        """Asks the oracle for a trial."""
        oracle: Any = self.oracle  # type: ignore[attr-defined]
        waiting = bool(oracle._retry_queue)
        share = self._share(1.0)
        if not waiting and (self._trials_left() <= 0 or share is None):
            return None
        # AutoKeras' greedy oracle draws from NumPy's global generator; seeded for each trial, a
        # search that is taken up again proposes what it would have proposed.
        np.random.seed((self.search_seed + len(oracle.trials)) % 2**32)
        # A Gaussian process on a handful of trials is several times slower on several threads.
        with threadpool_limits(1):
            # The oracle would give whoever asks again under one name the same trial again.
            trial = oracle.create_trial(f"{worker}, asking for the {next(self._asked)}th time")
        if trial.status != TrialStatus.RUNNING:
            return None
        return self.on_trial_begin(trial)

    def on_trial_begin(self, trial: Any) -> Job:
        """Makes a job of a trial, or takes up the job that was running when it was stopped."""
        values = dict(trial.hyperparameters.values)
        first, last = self._epochs_of(values)
        record = self.scheduler.history.trials.get(trial.trial_id) or TrialRecord(
            id=trial.trial_id,
            number=int(trial.trial_id),
            hyperparameters=values,
            seed=_trial_seed(self.search_seed, int(trial.trial_id)),
            first_epoch=first,
            resource=(last - first) / self.epochs,
            continues=values.get("tuner/trial_id"),
        )
        start = self._start_of(record)
        if start is None:
            record.first_epoch = 0
        order = TrainCommand(
            self.scheduler.trial_folder(record.id), values, record.seed, start, record.first_epoch
        )
        work = record.resource / self.mean_resource
        share = self._share(work) or 0.0
        return Job(record, order, last, share, self.scheduler.budget.now)

    def job_ended(self, job: Job) -> None:
        """Tells the oracle how a trial went."""
        self._tell_oracle(job.record)

    def _tell_oracle(self, record: TrialRecord) -> None:
        oracle: Any = self.oracle  # type: ignore[attr-defined]
        trial = oracle.trials[record.id]
        objective = self.scheduler.objective
        if record.status in ("COMPLETED", "PRUNED"):
            value = record.metrics[objective.name]
        elif self.needs_every_score:
            value = 0.0 if objective.direction == "max" else WORST
        else:
            value = None
        trial.status = TrialStatus.FAILED if value is None else TrialStatus.COMPLETED
        trial.message = record.reason
        if value is not None:
            oracle.update_trial(record.id, {objective.name: value}, step=record.best_epoch or 0)
        self.on_trial_end(trial)

    def on_trial_end(self, trial: Any) -> None:
        """Closes the trial in the oracle."""
        oracle: Any = self.oracle  # type: ignore[attr-defined]
        oracle.end_trial(trial)
        # KerasTuner saves before it takes the trial off the list of those that run.
        oracle.save()

    def save(self) -> None:
        """Does nothing: the oracle saves itself, and the trials are in the journal."""

    def _trials_left(self) -> int:
        records = [r for r in self.scheduler.history.trials.values() if r.id != FINAL]
        refused = sum(record.status == "REFUSED" for record in records)
        if refused == len(records) >= len(self.starting_points):
            # None of the points that every search starts from fits; neither would others.
            return 0
        return self.trials + min(refused, MOST_REFUSED * self.trials) - len(records)

    def _share(self, work: float) -> float | None:
        known = [
            record.seconds_per_epoch
            for record in self.scheduler.history.trials.values()
            if record.seconds_per_epoch is not None and record.curve
        ]
        starts = [
            record.start_seconds
            for record in self.scheduler.history.trials.values()
            if record.start_seconds is not None
        ]
        return self.scheduler.budget.share(
            max(1, self._trials_left()),
            work,
            min(known, default=None),
            median(starts) if starts else START_SECONDS,
        )

    def _epochs_of(self, values: Mapping[str, Any]) -> tuple[int, int]:
        unit = self.epochs / self.full_resource
        first = values.get("tuner/initial_epoch", 0)
        last = values.get("tuner/epochs", self.full_resource)
        return math.ceil(first * unit), max(1, math.ceil(last * unit))

    def _start_of(self, record: TrialRecord) -> Path | None:
        if record.continues is None:
            return None
        path = self.scheduler.trial_folder(record.continues) / checkpoint.BEST
        return path if path.is_file() else None

    def _keep_oracle_on_disk(self) -> None:
        """KerasTuner's own files are not written whole or not at all, and not all together."""
        oracle: Any = self.oracle  # type: ignore[attr-defined]
        records = self.scheduler.history.trials
        path = self.scheduler.folder / ORACLE

        def save() -> None:
            trials = {key: trial.get_state() for key, trial in oracle.trials.items()}
            files.write_json(path, {"oracle": oracle.get_state(), "trials": trials})

        kept = files.read_json(path) if records else None
        oracle.save = save
        oracle._save_trial = lambda trial: None
        oracle._random_values = _first(self.starting_points, oracle, oracle._random_values)
        oracle.verbose = 0
        oracle.max_consecutive_failed_trials = MOST_TRIALS + 1
        if kept is not None:
            oracle.trials = {key: Trial.from_state(trial) for key, trial in kept["trials"].items()}
            oracle.set_state(kept["oracle"])
            ongoing = sorted(trial.trial_id for trial in oracle.ongoing_trials.values())
            # Where the search was killed between the journal and the oracle, it does not know yet.
            ended = [key for key in ongoing if key in records and records[key].status is not None]
            for key in ended:
                self._tell_oracle(records[key])
            # Those that ran are handed out again first.
            oracle._retry_queue = [key for key in reversed(ongoing) if key not in ended]
            oracle.ongoing_trials = {}


class Greedy(Driven, tuners.Greedy):  # type: ignore[misc]
    """AutoKeras' greedy search."""


class Bayesian(Driven, tuners.BayesianOptimization):  # type: ignore[misc]
    """Bayesian optimisation with Gaussian processes."""


class Hyperband(Driven, tuners.Hyperband):  # type: ignore[misc]
    """Successive halving in brackets; its rounds are shares of a full trial."""

    # KerasTuner's oracle waits for ever for the score of a failed trial of a round.
    needs_every_score = True


class Random(Driven, tuners.RandomSearch):  # type: ignore[misc]
    """Random search."""


TUNERS: dict[str, type[Driven]] = {
    "greedy": Greedy,
    "bayesian": Bayesian,
    "hyperband": Hyperband,
    "random": Random,
}


def _first(points: Sequence[dict[str, Any]], oracle: Any, otherwise: Any) -> Any:
    """Random values of an oracle, after the points that every search starts from."""

    def values() -> dict[str, Any] | None:
        begun = len(oracle.start_order)
        if begun < len(points):
            return dict(points[begun])
        found: dict[str, Any] | None = otherwise()
        return found

    return values


def _trial_seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
