"""Two models on the same photos."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.errors import RegistryError
from fdc.registry.comparison import compare, predictions_table, split_digest
from tests.registry.models import AGE_REGRESSION, COLOUR, predictions


def test_both_accuracies_and_the_gain_are_said():
    said = compare(COLOUR, predictions([True] * 9 + [False]), predictions([True] * 7 + [False] * 3))

    assert (said.metric, said.photos) == ("accuracy", 10)
    assert said.challenger == pytest.approx(0.9)
    assert said.champion == pytest.approx(0.7)
    assert said.gain == pytest.approx(0.2)
    assert said.no_worse
    assert "0.9000 against the champion's 0.7000" in str(said)


def test_a_smaller_error_is_a_gain():
    ids = [f"photo-{i}" for i in range(4)]
    truth = [10.0, 20.0, 30.0, 40.0]
    near = predictions_table(ids, truth, np.array(truth) + 1)
    far = predictions_table(ids, truth, np.array(truth) - 3)

    assert compare(AGE_REGRESSION, near, far).gain == pytest.approx(2)
    assert not compare(AGE_REGRESSION, far, near).no_worse


def test_the_interval_covers_chance_and_excludes_what_is_certain():
    one, other = ([(i + shift) % 10 < 7 for i in range(400)] for shift in (0, 5))
    chance = compare(COLOUR, predictions(one), predictions(other))
    certain = compare(COLOUR, predictions([True] * 400), predictions([False] * 400))

    assert chance.interval[0] < 0 < chance.interval[1]
    assert certain.interval == pytest.approx((1, 1))


def test_photos_of_one_person_are_no_independent_evidence():
    right = [True] * 200 + [False] * 50
    base = predictions([False] * 250)
    alone = compare(COLOUR, predictions(right), base)
    people = predictions(right).assign(group=lambda table: [i // 50 for i in range(len(table))])
    together = compare(COLOUR, people, base)

    def width(comparison):
        return comparison.interval[1] - comparison.interval[0]

    assert together.gain == pytest.approx(alone.gain)
    assert width(together) > 3 * width(alone)


def test_another_split_is_refused():
    with pytest.raises(RegistryError, match="different photos"):
        compare(COLOUR, predictions([True] * 3), predictions([True] * 3, prefix="other"))


@given(st.permutations(range(6)))
def test_the_digest_does_not_depend_on_the_order(order):
    table = pd.DataFrame({"image_id": list("abcdef"), "truth": [0.0, 1, 2, 0, 1, 2]})

    assert split_digest(table.iloc[list(order)]) == split_digest(table)


def test_the_digest_depends_on_photos_and_labels():
    table = pd.DataFrame({"image_id": ["a", "b"], "truth": [0.0, 1.0]})

    assert split_digest(table) != split_digest(table.assign(truth=[1.0, 1.0]))
    assert split_digest(table) != split_digest(table.assign(image_id=["a", "c"]))
