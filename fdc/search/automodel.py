"""AutoKeras' image models over our search space, and the exploration that they drive."""

from typing import Any

import autokeras
import keras_tuner
import numpy as np

from fdc.search import hyperband
from fdc.search.scheduler import Scheduler
from fdc.search.tuner import MOST_TRIALS, TUNERS, Driven
from fdc.training.graph import STARTING_POINTS, SearchGraph


class Classifier(autokeras.ImageClassifier):  # type: ignore[misc]
    """AutoKeras' image classifier over our search space."""

    def __init__(self, graph: SearchGraph, **kwargs: Any) -> None:
        self._graph = graph
        super().__init__(**kwargs)

    def _assemble(self) -> SearchGraph:
        self.inputs = self._graph.inputs
        return self._graph


class Regressor(autokeras.ImageRegressor):  # type: ignore[misc]
    """AutoKeras' image regressor over our search space."""

    def __init__(self, graph: SearchGraph, **kwargs: Any) -> None:
        self._graph = graph
        super().__init__(**kwargs)

    def _assemble(self) -> SearchGraph:
        self.inputs = self._graph.inputs
        return self._graph


def explore(
    scheduler: Scheduler,
    graph: SearchGraph,
    *,
    tuner: str,
    trials: int,
    epochs: int,
    seed: int,
) -> None:
    """Runs the trials of a search with AutoKeras.

    Args:
        scheduler: Who has them trained.
        graph: The search space.
        tuner: Of `TUNERS`.
        trials: How many at most.
        epochs: Of one trial, at most.
        seed: Of everything that is proposed.
    """
    objective = scheduler.objective
    size, classes = graph.spec.train.size, len(graph.spec.task.labels)
    rounds = hyperband.rounds(trials)
    hyperparameters = keras_tuner.HyperParameters()
    graph.build(hyperparameters)
    points = [{**hyperparameters.values, **point} for point in STARTING_POINTS]
    options: dict[str, dict[str, Any]] = {
        "greedy": {"initial_hps": points},
        "bayesian": {"num_initial_points": max(len(points) + 1, trials // 2)},
        "hyperband": {
            "max_epochs": hyperband.FACTOR ** (len(rounds) - 1),
            "factor": hyperband.FACTOR,
            "hyperband_iterations": MOST_TRIALS,
        },
        "random": {},
    }
    model = (Classifier if classes else Regressor)(
        graph,
        directory=scheduler.folder,
        project_name="autokeras",
        objective=keras_tuner.Objective(objective.name, objective.direction),
        tuner=TUNERS[tuner],
        max_trials=MOST_TRIALS,
        hyperparameters=hyperparameters,
        # To AutoKeras a seed of 0 is no seed.
        seed=seed + 1,
        overwrite=True,
        **options[tuner],
    )
    driven: Driven = model.tuner
    driven.scheduler = scheduler
    driven.trials = trials
    driven.epochs = epochs
    driven.search_seed = seed + 1
    driven.starting_points = points
    if tuner == "hyperband":
        driven.full_resource = hyperband.FACTOR ** (len(rounds) - 1)
        driven.mean_resource = hyperband.mean_resource(rounds)
    # AutoKeras learns shapes and labels from this; the crops themselves it never sees.
    x = np.zeros((max(2, classes), size, size, 3), np.float32)
    y: Any = np.zeros((2, 1), np.float32)
    if classes:
        y = np.arange(2) if classes == 2 else np.eye(classes, dtype=np.float32)
    model.fit(x, y, validation_data=(x, y), epochs=epochs, verbose=0)
