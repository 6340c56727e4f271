"""One description of a search: what of it may change, what may not, and what is refused."""

from dataclasses import fields, replace

import numpy as np
import pytest

from fdc.errors import SearchError
from fdc.experiment import SearchSettings
from fdc.search.spec import RESOURCES, Resources, SearchSpec, check_identity
from fdc.tasks import Task
from tests.synthetic_crops import TASKS

SPEC = SearchSpec(TASKS["classes"])


def test_every_setting_of_an_experiment_is_one_of_a_search_with_the_same_default():
    own = {field.name for field in fields(SearchSpec)} | set(RESOURCES)
    settings = SearchSettings().model_dump()
    # Which networks are here, an experiment cannot know.
    assert settings.pop("pretrained") is True
    assert settings.keys() <= own
    params = SPEC.params()
    assert {name: params[name] for name in settings} == settings


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": 99},
        {"trials": 99},
        {"reserve_seconds": 99},
        {"resources": Resources(workers=3, memory_limit_gb=2)},
    ],
)
def test_limits_and_resources_may_change_where_a_search_is_taken_up(data, change):
    sides = data.split("classes")
    assert replace(SPEC, **change).identity(*sides) == SPEC.identity(*sides)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"tuner": "random"},
        {"epochs": 2},
        {"patience": None},
        {"batch_size": 8},
        {"balance": "weights"},
        {"augmentation": ("flip",)},
        {"task": Task(kind="classes", column="age", classes=("a", "b", "c"))},
    ],
)
def test_what_is_searched_may_not_change(data, change, tmp_path):
    sides = data.split("classes")
    kept, asked = SPEC.identity(*sides), replace(SPEC, **change).identity(*sides)
    with pytest.raises(SearchError, match=r"belongs to another search: \w+ was .*, is "):
        check_identity(kept, asked, tmp_path)


def test_other_crops_or_labels_are_another_search(data):
    train, validation = data.split("classes")
    own = SPEC.identity(train, validation)
    other = replace(train, targets=1 - train.targets)
    assert SPEC.identity(other, validation)["train"] != own["train"]
    fewer = replace(validation, positions=validation.positions[:-1])
    assert SPEC.identity(train, fewer)["validation"] != own["validation"]


def test_an_answer_is_for_the_same_limits_but_for_any_resources(data):
    sides = data.split("classes")
    key = SPEC.call_key(*sides)
    assert replace(SPEC, trials=99).call_key(*sides) != key
    assert replace(SPEC, minutes=None).call_key(*sides) != key
    assert replace(SPEC, resources=Resources(workers=3)).call_key(*sides) == key


def test_workers_of_one_machine_share_its_threads(monkeypatch):
    monkeypatch.setattr("fdc.search.spec.usable_cpus", lambda: 8)
    assert Resources(workers=3).threads == 2
    assert Resources(workers=9).threads == 1
    assert Resources(workers=3, engine="ray", cpus=4).threads == 4


def test_what_makes_no_search_is_refused(data):
    train, validation = data.split("classes")
    none = np.zeros(0, np.int64)
    empty = replace(train, positions=none, targets=none)
    small = replace(validation, size=16)
    same = replace(train, targets=np.zeros_like(train.targets))
    fixed = Task(
        kind="classes", column="age", classes=("a", "b"), forbidden_augmentation=("colour",)
    )
    for spec, sides, told in (
        (SPEC, (empty, validation), "no training crops"),
        (SPEC, (train, empty), "no validation crops"),
        (SPEC, (train, small), "have 32 px, validation crops 16 px"),
        (SPEC, (same, validation), "2 are named and 1 are among"),
        (replace(SPEC, augmentation=("tilt",)), (train, validation), r"\['tilt'\] is unknown"),
        (SearchSpec(fixed, augmentation=("colour",)), (train, validation), r"colour.*forbidden"),
    ):
        with pytest.raises(SearchError, match=told):
            spec.check(*sides)
