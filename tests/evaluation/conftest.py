"""Tasks and answers to score."""

import numpy as np
import pytest

from fdc.locale import LocalizedText
from fdc.tasks import Task


@pytest.fixture
def gender() -> Task:
    return Task(
        name="gender",
        kind="classes",
        column="gender",
        classes=("female", "male"),
        title=LocalizedText(ko="성별", en="Gender"),
        names={
            "female": LocalizedText(ko="여성", en="female"),
            "male": LocalizedText(ko="남성", en="male"),
        },
    )


@pytest.fixture
def age() -> Task:
    return Task(
        name="age",
        kind="ordinal",
        column="age",
        bins=(0, 10, 20, 30, 40, 50, 60),
        title=LocalizedText(ko="나이대", en="Age group"),
        unit=LocalizedText(ko="세", en="years"),
    )


@pytest.fixture
def years() -> Task:
    return Task(
        name="age_regression",
        kind="regression",
        column="age",
        title=LocalizedText(ko="나이", en="Age"),
        unit=LocalizedText(ko="세", en="years"),
    )


@pytest.fixture
def answers():
    """Class indices and probabilities of a model that is right most of the time."""

    def make(classes: int, photos: int, skill: float = 2.0, seed: int = 0):
        draw = np.random.default_rng(seed)
        truth = draw.integers(0, classes, photos)
        scores = draw.normal(size=(photos, classes))
        scores[np.arange(photos), truth] += skill
        chances = np.exp(scores)
        return truth, chances / chances.sum(axis=1, keepdims=True)

    return make
