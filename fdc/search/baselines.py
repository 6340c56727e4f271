"""What a trial has to beat: heads on features that nobody trains here, solved in seconds."""

from collections.abc import Collection, Mapping
from typing import Any

from fdc.search.jobs import Job
from fdc.search.scheduler import Scheduler
from fdc.search.spec import SearchSpec
from fdc.tasks import Task
from fdc.tracking import TrialRecord
from fdc.training.spec import TrainCommand

ON_WEIGHTS: Mapping[str, Mapping[str, Any]] = {
    "dlib_face": {"network/dlib_face/side": 150, "network/dlib_face/frozen": "none"},
    "dlib_age": {"network/dlib_age/side": 64, "network/dlib_age/frozen": "none"},
    "dlib_gender": {},
}
"""By family, hyperparameters of a baseline that needs weights. The most useful ones come first:
on a small budget they are all there is."""

ON_NOTHING: Mapping[str, Mapping[str, Any]] = {"constant": {}, "skin_colour": {}}
"""The same, of baselines that need no weights."""

TRAINED_ON = ("dlib_face", "dlib_age")
"""Families of which a baseline may go on as a trial."""

GOING_ON = {"learning_rate": 5e-4, "trunk_rate": 0.3, "head/dropout": 0.25}
"""How the network of a baseline learns, should it go on: gently, its head is solved already."""

MOST_SECONDS = 40.0
"""What the features of one baseline may take: a first model is wanted within a minute."""

FEATURES_SHARE = 0.4
"""The same, as a share of the time that is left."""

LEAST_SECONDS = 20.0
"""With less time left, no further baseline is tried."""


def baselines(task: Task, weights: Collection[str]) -> list[dict[str, Any]]:
    """Hyperparameters of all baselines, the most useful ones first.

    Args:
        task: What is predicted.
        weights: The models of `fdc.weights.PRETRAINED` that are at hand.

    Example:
        >>> task = Task(kind="classes", column="gender", classes=("female", "male"))
        >>> [values["network/family"] for values in baselines(task, ["dlib_face"])]
        ['dlib_face', 'constant', 'skin_colour']
    """
    head = {"head/target": "distribution"} if task.is_regression else {"head/label_smoothing": 0.0}
    with_weights = {family: own for family, own in ON_WEIGHTS.items() if family in weights}
    return [
        {"network/family": family, **own, **head, **GOING_ON}
        for family, own in {**with_weights, **ON_NOTHING}.items()
    ]


def same_network(baseline: Mapping[str, Any], trial: Mapping[str, Any]) -> bool:
    """Whether a trial may start from a baseline's weights: its network is the same.

    Args:
        baseline: Hyperparameters of the one.
        trial: Of the other.

    Example:
        >>> same_network({"network/family": "constant"}, {"network/family": "residual"})
        False
    """
    decisive = {
        name: value
        for name, value in baseline.items()
        if name.startswith("network/") and not name.endswith("/frozen")
    }
    return trial.get("head/target") != "scaled" and decisive.items() <= trial.items()


class Baselines:
    """Where the jobs of the baselines come from.

    Args:
        scheduler: Who has them done.
        spec: What is searched for.
    """

    def __init__(self, scheduler: Scheduler, spec: SearchSpec) -> None:
        self._scheduler = scheduler
        self._seed = spec.seed
        self._waiting = baselines(spec.task, spec.weights)

    def ask(self, worker: str) -> Job | None:
        """The next one that is not done, as long as there is time."""
        scheduler = self._scheduler
        while self._waiting and scheduler.budget.left > LEAST_SECONDS:
            values = self._waiting.pop(0)
            trial_id = values["network/family"].replace("_", "-")
            record = scheduler.history.trials.get(trial_id)
            if record is None:
                record = TrialRecord(
                    id=trial_id,
                    number=sum(each.is_baseline for each in scheduler.history.trials.values()),
                    hyperparameters=values,
                    seed=self._seed,
                    role="baseline",
                )
            elif record.status is not None:
                continue
            folder = scheduler.trial_folder(trial_id)
            seconds = min(MOST_SECONDS, FEATURES_SHARE * scheduler.budget.left)
            command = TrainCommand(folder, values, record.seed, feature_seconds=seconds)
            return Job(record, command, 1, 0.0, scheduler.budget.now, is_trial=False, total=1)
        return None

    def tell(self, job: Job) -> None:
        """Nothing more to do."""
