"""What a trial has to beat: tried first, done once, and a start for trials of the same network."""

from pathlib import Path

from fdc.search import SearchSpec, search
from fdc.search.baselines import baselines, same_network
from fdc.tasks import Task
from tests.synthetic_crops import TASKS

GENDER = Task(kind="classes", column="gender", classes=("female", "male"))


def test_the_most_useful_one_comes_first():
    families = [values["network/family"] for values in baselines(GENDER, ["dlib_age", "dlib_face"])]
    assert families == ["dlib_face", "dlib_age", "constant", "skin_colour"]
    assert "head/target" in baselines(Task(kind="regression", column="age"), [])[0]


def test_a_trial_starts_from_the_baseline_of_its_own_network():
    [face, *_] = baselines(GENDER, ["dlib_face"])
    assert same_network(face, face | {"network/dlib_face/frozen": "half", "learning_rate": 4e-3})
    assert not same_network(face, face | {"network/dlib_face/side": 112})
    assert not same_network(face, face | {"head/target": "scaled"})


def test_baselines_stand_in_the_leaderboard_beside_the_trials(data, tmp_path: Path):
    spec = SearchSpec(TASKS["classes"], minutes=None, seed=0, trials=1, epochs=1)
    result = search(*data.split("classes"), spec, tmp_path, quiet=True)
    roles = {trial.id: trial.role for trial in result.trials}
    assert roles == {"constant": "baseline", "skin-colour": "baseline", "0000": "trial"}
    assert all(trial.status == "COMPLETED" for trial in result.trials)
    # The bar that tells the age is brightness: one epoch learns less of it than a solver.
    assert result.best_trial == "skin-colour"
    assert result.network.is_file()


def test_a_search_starts_from_a_published_network(data, tmp_path: Path, pretrained):
    face = {"dlib_face": pretrained["dlib_face"]}
    spec = SearchSpec(TASKS["classes"], minutes=None, seed=0, trials=1, epochs=1, weights=face)
    result = search(*data.split("classes"), spec, tmp_path, quiet=True)
    trials = {trial.id: trial for trial in result.trials}
    assert list(trials) == ["dlib-face", "constant", "skin-colour", "0000"]
    assert trials["0000"].hyperparameters["network/family"] == "dlib_face"
    assert trials["0000"].continues == "dlib-face"
    assert trials["dlib-face"].metrics["val_loss"] < trials["constant"].metrics["val_loss"]
