"""AutoKeras' image models over our search space: their `fit` runs the trials of a search."""

from typing import Any

import autokeras
import keras_tuner

from fdc.crops.array import crop_array
from fdc.search.scheduler import Scheduler
from fdc.search.spec import SearchSpec
from fdc.search.tuner import WorkerTuner
from fdc.training.graph import SearchGraph
from fdc.training.spec import TrainingSpec

MOST_TRIALS = 9999
"""What AutoKeras is told; the tuner counts by itself, and leaves refused trials out."""


class _WithGraph:
    """Makes an AutoKeras task search our graph, and not the one of its presets."""

    def __init__(self, graph: SearchGraph, **kwargs: Any) -> None:
        self._graph = graph
        super().__init__(**kwargs)

    def _assemble(self) -> SearchGraph:
        # AutoKeras makes a `Graph` of its own here, and nowhere takes one of another class.
        self.inputs = self._graph.inputs
        return self._graph


class Classifier(_WithGraph, autokeras.ImageClassifier):  # type: ignore[misc]
    """AutoKeras' image classifier over our search space."""


class Regressor(_WithGraph, autokeras.ImageRegressor):  # type: ignore[misc]
    """AutoKeras' image regressor over our search space."""


def run_trials(scheduler: Scheduler, training: TrainingSpec, spec: SearchSpec) -> None:
    """Runs the trials of a search with AutoKeras.

    Args:
        scheduler: Who has them trained.
        training: What they share.
        spec: What is searched for.
    """
    train, validation, objective = training.train, training.validation, spec.objective
    model = (Regressor if spec.task.is_regression else Classifier)(
        SearchGraph(training),
        directory=scheduler.folder,
        project_name="autokeras",
        objective=keras_tuner.Objective(objective.name, objective.direction),
        tuner=WorkerTuner,
        max_trials=MOST_TRIALS,
        # To AutoKeras a seed of 0 is no seed.
        seed=spec.seed + 1,
        # What is taken up again lies in the oracle's own file.
        overwrite=True,
        scheduler=scheduler,
        spec=spec,
    )
    model.fit(
        crop_array(train),
        train.targets,
        validation_data=(crop_array(validation), validation.targets),
        epochs=spec.epochs,
        verbose=0,
    )
