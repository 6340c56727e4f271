"""Each check answers for every row, and passes what it knows nothing of."""

import inspect

import numpy as np
import pandas as pd
import pytest

from fdc.curation import checks
from fdc.curation.rules import RULES
from tests.curation.manifests import manifest

CHECKS = [rule.check for rule in RULES if rule.check]


def reasons(answers: pd.Series) -> list[str | None]:
    return [None if pd.isna(answer) else str(answer) for answer in answers]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_row_that_says_nothing_passes(check: object) -> None:
    assert callable(check)
    limits = [1.0] * (len(inspect.signature(check).parameters) - 1)
    bare = manifest([{"width": None, "height": None}, {}]).set_index(pd.Index([7, 3]))
    answers = check(bare, *limits)
    assert answers.index.tolist() == [7, 3]
    assert answers.isna().all()


def test_the_shorter_side_counts() -> None:
    table = manifest([{"width": 31, "height": 90}, {"width": 90, "height": 32}])
    assert reasons(checks.too_small(table, 32)) == ["the photo is 31 px on its shorter side", None]


def test_a_box_may_leave_the_photo_by_a_share_of_its_side() -> None:
    boxes = [[-4, 10, 100, 100], [-6, 10, 100, 100], [150, 10, 100, 50], [0, 0, 0, 10]]
    table = manifest([{"box": box} for box in boxes])
    assert reasons(checks.box_outside(table, 0.05)) == [
        None,
        "the face box leaves the photo by 6% of its side",
        "the face box leaves the photo by 50% of its side",
        "the face box is empty",
    ]


def test_a_landmark_may_leave_the_face_by_a_share_of_its_side() -> None:
    points = [20, 20, 60, 20, 40, 40, 25, 60, 55, 60]
    aside = [0, 20, 60, 20, 40, 40, 25, 60, 55, 60]
    table = manifest([{"box": [10, 10, 60, 60], "landmarks": each} for each in (points, aside)])
    assert reasons(checks.landmarks_outside(table, 0.1)) == [
        None,
        "a landmark leaves the face box by 17% of its side",
    ]


def test_turned_is_what_was_measured_and_else_what_the_annotation_says() -> None:
    profile = [20, 20, 60, 20, 70, 40, 25, 60, 55, 60]
    table = manifest([{"landmarks": profile}, {"landmarks": profile, "turn": 0.1}, {"turn": 0.9}])
    assert checks.face_turned(table, 0.6).notna().tolist() == [True, False, True]


def test_boxes_are_numbers_even_where_there_are_none() -> None:
    boxes = checks.boxes(manifest([{"box": [1, 2, 3, 4]}, {}]))
    assert boxes.dtype == float
    assert boxes[0].tolist() == [1, 2, 3, 4]
    assert np.isnan(boxes[1]).all()
    assert checks.boxes(manifest([])).shape == (0, 4)
