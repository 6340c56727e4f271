"""An experiment becomes one description of a search, and one folder."""

from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from fdc import files
from fdc.errors import TrackingError
from fdc.experiment import Experiment, SearchSettings
from fdc.faces.recipe import Recipe
from fdc.search import Resources
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
        "baselines": False,
        "pretrained": False,
        "space": "reference",
    }
    assert settings.keys() == SearchSettings.model_fields.keys()
    spec = search.search_spec(experiment(**settings), TASK)
    params = spec.params()
    assert params["pretrained"] == []
    del settings["pretrained"]
    assert {name: params[name] for name in settings} == settings
    assert spec.task == TASK


def test_an_audit_divides_the_minutes_and_runs_one_trial_here(prepared):
    asked = experiment(
        minutes=30, trials=9, workers=4, engine="ray", seed=3, memory_limit_gb=1.5, gpus=1
    )
    spec = audit.audit_spec(asked, prepared)
    assert (spec.minutes, spec.trials, spec.seed) == (10, 1, 3)
    assert spec.resources == Resources(memory_limit_gb=1.5, gpus=1)
    assert audit.audit_spec(experiment(minutes=None), prepared).minutes is None


def test_an_audit_leaves_no_folder_of_a_search_that_never_ran(prepared, monkeypatch, tmp_path):
    class Opened(Exception):
        pass

    def open_run(experiment, prepared, spec, folder, kind):
        assert folder == tmp_path / "audits" / search.search_name(experiment, prepared)
        raise Opened

    monkeypatch.setattr(audit, "require", lambda uri: None)
    monkeypatch.setattr(audit, "prepare", lambda experiment: prepared)
    monkeypatch.setattr(audit, "open_run", open_run)
    with pytest.raises(Opened):
        audit.audit(experiment())
    assert list(tmp_path.iterdir()) == []


def test_a_run_whose_inputs_cannot_be_logged_has_failed(prepared, monkeypatch, tmp_path):
    def refuse(*args, **options):
        raise OSError("the disk is full")

    monkeypatch.setattr(search, "write_reports", refuse)
    monkeypatch.setattr(search, "experiment_file", lambda *names: Path(__file__))
    monkeypatch.setattr(search, "counts", lambda prepared: {})
    monkeypatch.setattr(search, "tracking_uri", lambda: f"sqlite:///{tmp_path}/mlflow.db")
    prepared.root, prepared.recipe = tmp_path, Recipe()
    asked = experiment()
    spec = search.search_spec(asked, TASK)
    with (
        pytest.raises(OSError, match="full"),
        search.open_run(asked, prepared, spec, tmp_path / "search"),
    ):
        pass
    with closing(Journal(tmp_path / "search")) as journal:
        [ended] = [event for event, _ in journal.read() if event["kind"] == "run_ended"]
    assert ended["status"] == "FAILED"


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
    files.write_json(folder / search.REGISTERED, {})
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
    files.write_json(folder / search.REGISTERED, {"sentences": ["It is right in 9 of 10 photos."]})
    search.search(experiment(), prepared)
    said = capsys.readouterr().out
    assert "It is right in 9 of 10 photos." in said
    assert "--fresh searches anew" in said


def test_a_search_from_published_networks_is_another_one(prepared, pretrained):
    folder = search.search_folder(experiment(), prepared)
    assert search.search_folder(experiment(pretrained=False), prepared) != folder
    assert set(search.search_spec(experiment(), TASK).weights) == set(pretrained)
