"""AutoKeras' tuner, whose trials are trained by workers instead of in its own process."""

import itertools
import math
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from autokeras.engine.tuner import AutoTuner
from autokeras.utils import data_utils
from keras_tuner.engine.trial import Trial, TrialStatus
from numpy.typing import NDArray

from fdc.search.baselines import same_network
from fdc.search.budget import START_SECONDS
from fdc.search.jobs import Job
from fdc.search.oracles import ORACLES, WorkerOracle
from fdc.search.scheduler import Scheduler
from fdc.search.spec import SearchSpec
from fdc.tracking import TrialRecord
from fdc.training import checkpoint
from fdc.training.graph import points
from fdc.training.spec import TrainCommand

ORACLE = "oracle.json"
"""The oracle's state, in the search's folder."""

MOST_REFUSED = 3
"""How many trials may be refused for each one that is wanted."""


class WorkerTuner(AutoTuner):  # type: ignore[misc]
    """A tuner that is asked for trials and told how they went.

    Args:
        hypermodel: AutoKeras' graph.
        objective: KerasTuner's objective.
        max_trials: What KerasTuner is told; the limit that holds is `spec.trials`, or the number of
            references.
        seed: Of everything that is proposed.
        scheduler: Who has the trials trained.
        spec: What is searched for.
        **kwargs: Further arguments of AutoKeras' tuner.
    """

    oracle: WorkerOracle

    def __init__(
        self,
        hypermodel: Any,
        objective: Any,
        max_trials: int,
        seed: int,
        scheduler: Scheduler,
        spec: SearchSpec,
        **kwargs: Any,
    ) -> None:
        self._starting_points = points(hypermodel.spec)
        # References are what they are: none is varied, and each has all of its epochs.
        only_points = spec.space == "reference"
        self._trials = len(self._starting_points) if only_points else spec.trials
        self._most_refused = 0 if only_points else MOST_REFUSED
        oracle = ORACLES["greedy" if only_points else spec.tuner](
            trials=self._trials,
            state_file=scheduler.folder / ORACLE,
            starting_points=self._starting_points,
            objective=objective,
            max_trials=max_trials,
            seed=seed,
        )
        super().__init__(oracle=oracle, hypermodel=hypermodel, **kwargs)
        self._scheduler = scheduler
        self._spec = spec
        self._requests = itertools.count()

    def search(self, x: NDArray[np.uint8], y: NDArray[Any], verbose: int = 0, **_: Any) -> None:
        """Runs the trials; AutoKeras' `fit` calls it with the data that it has analysed.

        KerasTuner's own loop waits for a trial before it asks for the next one, and AutoKeras'
        adapts and casts all of the crops, and refits the winner at the end. Here the scheduler asks
        for a trial whenever one of its workers is free; the workers read the crops by themselves.

        Args:
            x: (n, size, size, 3) training crops.
            y: (n,) training targets.
            verbose: Whether KerasTuner prints.
        """
        self.oracle.verbose = verbose
        self.hypermodel.set_io_shapes(data_utils.dataset_shape((x, y)))
        # KerasTuner would build a network of every family; one build declares all of them.
        hyperparameters = self.oracle.get_space()
        self.hypermodel.build(hyperparameters)
        self.oracle.update_space(hyperparameters)
        self._reload()
        self._scheduler.run(self)

    def ask(self, worker: str) -> Job | None:
        """Asks the oracle for a trial.

        Args:
            worker: Who is free.

        Returns:
            None where no trial is wanted, or can be had, now.
        """
        if not self.oracle.has_retries and (self._trials_left() <= 0 or self._share(1.0) is None):
            return None
        # The oracle would give whoever asks again under one name the same trial again.
        trial = self.oracle.create_trial(f"{worker}, request {next(self._requests)}")
        return self._job(trial) if trial.status == TrialStatus.RUNNING else None

    def tell(self, job: Job) -> None:
        """Tells the oracle how a trial went."""
        self._end(job.record)

    def save(self) -> None:
        """Keeps the oracle's state, which is all that there is to keep."""
        self.oracle.save()

    def _reload(self) -> None:
        self.oracle.reload()
        for trial in list(self.oracle.ongoing_trials.values()):
            record = self._scheduler.history.trials.get(trial.trial_id)
            if record is not None and record.status is not None:
                # The search was killed after it had noted the end, and before the oracle had.
                self._end(record)
        self.oracle.retry_ongoing()

    def _end(self, record: TrialRecord) -> None:
        trial = self.oracle.trials[record.id]
        objective = self._scheduler.objective
        trial.message = record.reason
        trial.status = TrialStatus.FAILED
        if record.status in ("COMPLETED", "PRUNED"):
            trial.status = TrialStatus.COMPLETED
            score = {objective.name: record.metrics[objective.name]}
            self.oracle.update_trial(record.id, score, step=record.best_epoch or 0)
        self.on_trial_end(trial)

    def _job(self, trial: Trial) -> Job:
        """A new trial's job, or that of one that ran when the search was stopped."""
        values = dict(trial.hyperparameters.values)
        first, last = self._epochs_of(values)
        record = self._scheduler.history.trials.get(trial.trial_id) or TrialRecord(
            id=trial.trial_id,
            number=int(trial.trial_id),
            hyperparameters=values,
            seed=_trial_seed(self._spec.seed, int(trial.trial_id)),
            first_epoch=first,
            resource=(last - first) / self._spec.epochs,
            continues=values.get("tuner/trial_id") or self._baseline_of(values),
        )
        start = self._start_of(record)
        if start is None and not record.curve:
            # What it was to go on from has failed before it had weights.
            record.first_epoch, record.continues = 0, None
        command = TrainCommand(
            self._scheduler.trial_folder(record.id), values, record.seed, start, record.first_epoch
        )
        share = self._share(record.resource / self.oracle.mean_resource) or 0.0
        return Job(record, command, last, share, self._scheduler.budget.now)

    def _trials_left(self) -> int:
        records = [r for r in self._scheduler.history.trials.values() if r.role == "trial"]
        refused = sum(record.status == "REFUSED" for record in records)
        if refused == len(records) >= len(self._starting_points):
            # None of the points that every search starts from fits; neither would others.
            return 0
        wanted = self._trials
        return wanted + min(refused, self._most_refused * wanted) - len(records)

    def _share(self, work: float) -> float | None:
        records = [r for r in self._scheduler.history.trials.values() if r.role == "trial"]
        epochs = [
            r.seconds_per_epoch for r in records if r.seconds_per_epoch is not None and r.curve
        ]
        starts = [r.start_seconds for r in records if r.start_seconds is not None]
        return self._scheduler.budget.share(
            max(1, self._trials_left()),
            work,
            min(epochs, default=None),
            median(starts) if starts else START_SECONDS,
        )

    def _epochs_of(self, values: Mapping[str, Any]) -> tuple[int, int]:
        """The first epoch of a trial, and the one after its last."""
        whole = self.oracle.max_epochs
        unit = self._spec.epochs / whole
        first, last = values.get("tuner/initial_epoch", 0), values.get("tuner/epochs", whole)
        begin = math.ceil(first * unit)
        return begin, max(begin + 1, math.ceil(last * unit))

    def _baseline_of(self, values: Mapping[str, Any]) -> str | None:
        """The baseline whose network a trial's is, so that its head need not start from nothing."""
        for record in self._scheduler.history.trials.values():
            if record.role == "baseline" and same_network(record.hyperparameters, values):
                return record.id
        return None

    def _start_of(self, record: TrialRecord) -> Path | None:
        if record.continues is None:
            return None
        path = self._scheduler.trial_folder(record.continues) / checkpoint.BEST
        return path if path.is_file() else None


def _trial_seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed + 1, number]).generate_state(1)[0])
