from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from fdc.experiment import Experiment
from pipelines.settings import default, fields, meaning, show_settings

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


class Inner(BaseModel):
    folders: tuple[Path, ...] = Field(default=(Path("weights"),), description="Folders.")


class Outer(BaseModel):
    inner: Inner = Inner()
    name: str = Field(description="A name.")


def test_every_value_that_an_experiment_may_set_is_listed(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "60")
    show_settings()
    told = capsys.readouterr().out
    names = ", ".join(path.stem for path in sorted(EXPERIMENTS.glob("*.yaml")))
    assert f"Experiments: {names}" in " ".join(told.split())
    for key, _ in fields(Experiment):
        assert f" {key} " in told
    assert "search.minutes" in told


@pytest.mark.parametrize(("key", "field"), fields(Experiment))
def test_every_setting_says_what_it_means(key, field):
    assert field.description, key
    assert meaning(field).startswith(field.description)


def test_inner_settings_are_found_and_paths_are_written_as_yaml():
    told = {key: default(field) for key, field in fields(Outer)}
    assert told == {"inner.folders": "[weights]", "name": "required"}


def test_choices_and_brackets_reach_the_reader(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    show_settings()
    told = capsys.readouterr().out
    assert "[flip, shift, turn]" in told
    assert "(greedy, bayesian, hyperband, random)" in told
