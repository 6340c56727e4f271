from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc import experiment
from fdc.errors import SettingsError

EXPERIMENTS = Path(__file__).parents[1] / "experiments"


@pytest.mark.parametrize("name", experiment.names(EXPERIMENTS))
def test_the_experiments_that_come_with_fdc_are_valid(name):
    loaded = experiment.load(EXPERIMENTS / f"{name}.yaml")
    assert loaded.task.name == name
    assert (EXPERIMENTS / f"{name}.yaml").read_text().startswith("# make ")


def test_every_mistake_is_told_at_once_with_key_value_and_what_is_allowed():
    with pytest.raises(SettingsError) as raised:
        experiment.load(
            EXPERIMENTS / "age.yaml",
            {"search.minuts": 5, "search.tuner": "gredy", "prepare.size": 5, "split.train": 0.9},
        )
    told = str(raised.value)
    assert "age.yaml has 4 mistake(s)" in told
    assert "search.minuts: unknown key. Did you mean 'minutes'?" in told
    assert "'gredy'. Did you mean 'greedy'?" in told
    assert "prepare.size" in told
    assert "greater than or equal to 32, but got 5" in told
    assert "must add up to 1, but make 1.2" in told


def test_an_override_reaches_its_key():
    loaded = experiment.load(
        EXPERIMENTS / "age.yaml", {"search.minutes": 3, "task.bins": [0, 20, 60]}
    )
    assert loaded.search.minutes == 3
    assert loaded.task.labels == ("0-19", "20-59", "60+")


def test_a_task_is_called_as_its_file():
    assert experiment.load(EXPERIMENTS / "age.yaml", {"task.name": "age"}).task.name == "age"
    with pytest.raises(SettingsError, match=r"task\.name is 'age', .* cannot be 'old'"):
        experiment.load(EXPERIMENTS / "age.yaml", {"task.name": "old"})


def test_augmentation_that_changes_the_label_is_an_error():
    with pytest.raises(SettingsError, match="forbidden by the task"):
        experiment.load(EXPERIMENTS / "tone.yaml", {"search.augmentation": ["colour"]})


def test_an_unknown_task_names_the_known_ones(tmp_path):
    with pytest.raises(SettingsError, match=r"Did you mean 'gender'\?.*tone"):
        experiment.find("gendre", tmp_path, EXPERIMENTS)


def test_ones_own_experiment_comes_before_the_one_of_that_name_that_comes_with_fdc(tmp_path):
    (tmp_path / "age.yaml").write_text("")
    assert experiment.find("age", tmp_path, EXPERIMENTS) == tmp_path / "age.yaml"
    assert experiment.find("tone", tmp_path, EXPERIMENTS) == EXPERIMENTS / "tone.yaml"


@pytest.mark.parametrize("text", ["task: [", "\x00", "- 1", "", "just words", "task: {kind: {}}"])
def test_a_broken_file_is_named(tmp_path, text):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"x\.yaml"):
        experiment.load(tmp_path / "x.yaml")


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.text(max_size=8), st.recursive(st.none() | st.booleans() | st.text(), st.lists)
    )
)
def test_anything_that_yaml_holds_is_accepted_or_told(tmp_path_factory, said):
    folder = tmp_path_factory.mktemp("experiments")
    (folder / "x.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"x\.yaml"):
        experiment.load(folder / "x.yaml")
