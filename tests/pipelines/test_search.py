"""An experiment becomes one description of a search, and one folder."""

from dataclasses import asdict
from types import SimpleNamespace

import pytest

from fdc import files
from fdc.errors import TrackingError
from fdc.experiment import Experiment, SearchSettings
from fdc.tasks import Task
from fdc.tracking import Journal
from pipelines import audit, search, workspace

TASK = Task(name="age", kind="ordinal", column="age", bins=(0, 20, 40))


def experiment(**settings):
    return Experiment(task=TASK, search=SearchSettings(**settings))


@pytest.fixture
def prepared(monkeypatch, tmp_path):
    monkeypatch.setattr(workspace, "DATA", tmp_path)
    monkeypatch.setattr(search.manifest, "digest", lambda _: "of the photos")
    recipe = SimpleNamespace(fingerprint="of the recipe")
    return SimpleNamespace(task=TASK, recipe=recipe, manifest=None)


def test_every_setting_reaches_the_search():
    settings = {
        "tuner": "bayesian",
        "minutes": 7.5,
        "trials": 3,
        "epochs": 4,
        "patience": 5,
        "batch_size": 16,
        "seed": 6,
        "workers": 2,
        "engine": "ray",
        "cpus": 3,
        "gpus": 0.5,
        "memory_limit_gb": 1.5,
        "balance": "weights",
        "augmentation": ("shift",),
    }
    assert settings.keys() == SearchSettings.model_fields.keys()
    spec = search.search_spec(experiment(**settings), TASK)
    params = spec.params()
    assert {name: params[name] for name in settings} == settings
    assert spec.task == TASK


def test_an_audit_divides_the_minutes_and_runs_one_trial_here(prepared):
    asked = experiment(minutes=30, trials=9, workers=4, engine="ray", seed=3)
    spec = audit.audit_spec(asked, prepared)
    assert (spec.minutes, spec.trials, spec.seed) == (10, 1, 3)
    assert asdict(spec.resources)["engine"] == "local"
    assert spec.resources.workers == 1
    assert audit.audit_spec(experiment(minutes=None), prepared).minutes is None


def test_a_search_keeps_its_folder_wherever_it_runs(prepared):
    folder = search.search_folder(experiment(), prepared)
    assert folder.is_dir()
    assert (folder / workspace.SEARCHED_RECIPE).read_text() == "of the recipe"
    elsewhere = experiment(workers=3, engine="ray", cpus=2, gpus=1, memory_limit_gb=2)
    assert search.search_folder(elsewhere, prepared) == folder
    assert search.search_folder(experiment(trials=9), prepared) != folder
    prepared.recipe.fingerprint = "another"
    assert search.search_folder(experiment(), prepared) != folder


def test_a_fresh_search_gets_the_next_folder_only_where_one_is_done(prepared):
    folder = search.search_folder(experiment(), prepared)
    assert search.search_folder(experiment(), prepared, fresh=True) == folder
    files.write_json(folder / search.RESULT, {})
    second = search.search_folder(experiment(), prepared, fresh=True)
    assert second == folder.with_name(f"{folder.name}-2")
    assert search.search_folder(experiment(), prepared) == folder


def test_a_fresh_search_leaves_alone_what_an_older_fdc_has_begun(prepared):
    folder = search.search_folder(experiment(), prepared)
    (folder / "state.json").touch()
    assert search.search_folder(experiment(), prepared) == folder
    with pytest.raises(TrackingError, match=r"begun by an older fdc.*pass --fresh"):
        Journal(folder)
    fresh = search.search_folder(experiment(), prepared, fresh=True)
    assert fresh != folder
    Journal(fresh).close()


def test_a_search_that_is_done_is_only_told_again(prepared, capsys):
    folder = search.search_folder(experiment(), prepared)
    files.write_json(folder / search.RESULT, {"sentences": ["It is right in 9 of 10 photos."]})
    search.search(experiment(), prepared)
    said = capsys.readouterr().out
    assert "It is right in 9 of 10 photos." in said
    assert "--fresh searches anew" in said
