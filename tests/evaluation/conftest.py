"""A task of two classes, to be scored."""

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
