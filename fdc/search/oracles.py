"""KerasTuner's and AutoKeras' oracles, each with what a search on workers needs otherwise."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
from autokeras.tuners import greedy
from keras_tuner import oracles
from keras_tuner.engine.trial import Trial, TrialStatus
from threadpoolctl import threadpool_limits

from fdc import files
from fdc.choices import Tuner
from fdc.search import hyperband

WORST = 1e9
"""Score of a failed trial where less is better."""


class WorkerOracle(keras_tuner.Oracle):  # type: ignore[misc]
    """What all four have in common; it stands before the oracle that proposes.

    Every search starts from the same points, no number of failures in a row ends it, and all of the
    oracle's state is one file, which is written whole or not at all.

    Args:
        trials: How many trials are wanted.
        state_file: Where the state is kept.
        starting_points: What is tried first, as differences from the defaults.
        **kwargs: Arguments of the oracle.
    """

    ongoing_trials: dict[str, Trial]

    max_epochs = 1
    """Resource of a whole trial, in the oracle's own unit."""

    mean_resource = 1.0
    """How much of a whole trial its trials use up on average."""

    def __init__(
        self,
        *,
        trials: int,
        state_file: Path,
        starting_points: Sequence[Mapping[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(max_consecutive_failed_trials=math.inf, **kwargs)
        self._state_file = state_file
        self._starting_points = starting_points

    @property
    def has_retries(self) -> bool:
        """Whether trials wait that were interrupted."""
        return bool(self._retry_queue)

    def save(self) -> None:
        """Writes the state with all trials."""
        trials = {key: trial.get_state() for key, trial in self.trials.items()}
        content = {"oracle": self.get_state(), "trials": trials}
        files.write_json(self._state_file, content)

    def reload(self) -> None:
        """Reads the state that an earlier session has left, if there is one."""
        content = files.read_json(self._state_file)
        if content is None:
            return
        self.trials = {key: Trial.from_state(state) for key, state in content["trials"].items()}
        self.set_state(content["oracle"])

    def retry_ongoing(self) -> None:
        """Has the trials that an earlier session did not end handed out again, before new ones."""
        ongoing = {trial.trial_id for trial in self.ongoing_trials.values()}
        # Taken from its end. KerasTuner fills it where it reloads its own files, and nowhere else
        # without counting a failure.
        self._retry_queue = sorted(ongoing, reverse=True)
        self.ongoing_trials = {}

    def _save_trial(self, trial: Trial) -> None:
        """Writes nothing: `save` has all trials."""
        # KerasTuner writes a file for each trial here, and has no public switch.

    def _starting_point(self) -> dict[str, Any] | None:
        begun = len(self.start_order)
        if begun >= len(self._starting_points):
            return None
        point = keras_tuner.HyperParameters()
        point.values = dict(self._starting_points[begun])
        # What the point leaves out takes its default.
        point.merge(self.hyperparameters, overwrite=False)
        return dict(point.values)

    def _random_values(self) -> dict[str, Any] | None:
        # Random search, Hyperband and Bayesian search draw here; `populate_space`, which is
        # public, differs in each.
        values: dict[str, Any] | None = self._starting_point() or super()._random_values()
        return values


class GreedyOracle(WorkerOracle, greedy.GreedyOracle):  # type: ignore[misc]
    """AutoKeras' greedy search: varies a part of the best trial so far."""

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Proposes a trial; a starting point as long as there are any."""
        point = self._starting_point()
        if point is not None:
            return {"status": TrialStatus.RUNNING, "values": point}
        # AutoKeras draws from NumPy's global generator. Seeded for each trial, a search that is
        # taken up again proposes what it would have proposed.
        np.random.seed((self.seed + len(self.trials)) % 2**32)
        return dict(super().populate_space(trial_id))


class BayesianOracle(WorkerOracle, oracles.BayesianOptimizationOracle):  # type: ignore[misc]
    """Bayesian optimisation with Gaussian processes."""

    def __init__(
        self, *, trials: int, starting_points: Sequence[Mapping[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(
            trials=trials,
            starting_points=starting_points,
            num_initial_points=max(len(starting_points) + 1, trials // 2),
            **kwargs,
        )

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Proposes a trial."""
        # KerasTuner neither saves nor takes a generator: seeded for each trial, as the greedy one.
        self._random_state = np.random.RandomState((self.seed + len(self.trials)) % 2**32)
        # A Gaussian process on a handful of trials is several times slower on several threads.
        with threadpool_limits(1):
            proposed = dict(super().populate_space(trial_id))
        if proposed["values"] and self._duplicate(proposed["values"]):
            # On a space of choices its best guess is often one that was tried, which no public
            # method tells or mends.
            return dict(self._random_populate_space())
        return proposed


class HyperbandOracle(WorkerOracle, oracles.HyperbandOracle):  # type: ignore[misc]
    """Successive halving in brackets; the resource of its rounds is a share of a whole trial."""

    def __init__(self, *, trials: int, max_trials: int, **kwargs: Any) -> None:
        rounds = hyperband.rounds(trials)
        self.mean_resource = hyperband.mean_resource(rounds)
        super().__init__(
            trials=trials,
            max_epochs=hyperband.FACTOR ** (len(rounds) - 1),
            factor=hyperband.FACTOR,
            hyperband_iterations=max_trials,
            **kwargs,
        )

    def end_trial(self, trial: Trial) -> None:
        """Closes a trial; a failed one gets the worst score, for which a round waits for ever."""
        if trial.status == TrialStatus.FAILED:
            worst = 0.0 if self.objective.direction == "max" else WORST
            self.update_trial(trial.trial_id, {self.objective.name: worst})
            trial.status = TrialStatus.COMPLETED
        super().end_trial(trial)


class RandomOracle(WorkerOracle, oracles.RandomSearchOracle):  # type: ignore[misc]
    """Random search."""


ORACLES: dict[Tuner, type[WorkerOracle]] = {
    "greedy": GreedyOracle,
    "bayesian": BayesianOracle,
    "hyperband": HyperbandOracle,
    "random": RandomOracle,
}
"""By the name of the tuner that proposes with it."""
