"""No group on two sides, every class in its share, the same seed the same split."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdc.curation import splits
from fdc.errors import DataError
from tests.curation.manifests import FRACTIONS


def assign(groups: pd.Series, labels: pd.Series, seed: int = 0, **known: Any) -> pd.Series:
    return splits.assign(groups, labels, fractions=FRACTIONS, seed=seed, **known)


def _groups(sizes: list[int], prefix: str = "g") -> pd.Series:
    names = [f"{prefix}{n}" for n, size in enumerate(sizes) for _ in range(size)]
    return pd.Series(names, dtype="string")


def _shares(labels: pd.Series, sides: pd.Series) -> pd.DataFrame:
    return pd.crosstab(labels, sides, normalize="columns")


seeds = st.integers(0, 2**32)


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=60), st.integers(1, 7), seeds)
def test_no_group_is_on_two_sides(sizes: list[int], classes: int, seed: int) -> None:
    groups = _groups(sizes)
    labels = pd.Series(np.random.default_rng(seed).integers(0, classes, len(groups)), dtype="Int64")
    sides = assign(groups, labels, seed=seed)
    assert sides.notna().all()
    assert (sides.groupby(groups).nunique() == 1).all()


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 7), st.integers(1000, 2500), st.integers(1, 8), st.booleans(), seeds)
def test_class_proportions_hold_within_two_points(
    classes: int, photos: int, largest: int, mixed: bool, seed: int
) -> None:
    # With fewer than 1,000 photos one of them is over a point of the smallest side.
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, largest + 1, photos)
    sizes = sizes[: np.searchsorted(sizes.cumsum(), photos) + 1]
    share = rng.dirichlet(np.full(classes, 2.0))
    of_group = np.repeat(rng.choice(classes, len(sizes), p=share), sizes)
    of_row = rng.choice(classes, len(of_group), p=share)
    labels = pd.Series(of_row if mixed else of_group, dtype="Int64")
    sides = assign(_groups(list(sizes)), labels, seed=seed)
    overall = labels.value_counts(normalize=True)
    assert _shares(labels, sides).sub(overall, axis=0).abs().max(axis=None) <= 0.02
    sizes_of_sides = sides.value_counts(normalize=True).sort_index()
    assert np.allclose(sizes_of_sides, FRACTIONS, atol=0.02)


def test_ages_are_stratified_by_their_quantiles() -> None:
    rng = np.random.default_rng(0)
    ages = pd.Series(rng.gamma(4, 8, 4000), dtype="Float64")
    sides = assign(_groups([1] * 4000), ages)
    quantiles = ages.astype(float).groupby(sides).quantile([0.1, 0.5, 0.9]).unstack()
    assert (quantiles.max() - quantiles.min()).max() < 2


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=40), seeds)
def test_the_order_of_the_rows_changes_nothing(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = _groups(sizes)
    labels = pd.Series(rng.integers(0, 3, len(groups)), dtype="Int64")
    order = rng.permutation(len(groups))
    shuffled = assign(groups.iloc[order], labels.iloc[order], seed=seed)
    assert shuffled.sort_index().equals(assign(groups, labels, seed=seed))


def test_a_split_is_the_same_on_every_machine() -> None:
    """Written down once: another answer means that earlier scores cannot be compared any more."""
    labels = pd.Series([n % 3 for n in range(30)], dtype="Int64")
    sides = assign(_groups([1] * 30), labels, seed=20)
    assert "".join(map(str, sides)) == EXPECTED


EXPECTED = "002000001020200200002100020010"


def test_another_seed_is_another_split() -> None:
    labels = pd.Series([n % 2 for n in range(200)], dtype="Int64")
    one, other = (assign(_groups([1] * 200), labels, seed=seed) for seed in (1, 2))
    assert (one != other).sum() > 40


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=30),
    st.lists(st.integers(1, 6), min_size=1, max_size=30),
    seeds,
)
def test_groups_that_stand_stay_and_new_ones_even_out(
    old: list[int], new: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    groups = _groups(old)
    labels = pd.Series(rng.integers(0, 3, len(groups)), dtype="Int64")
    before = assign(groups, labels, seed=seed)
    more = pd.concat([groups, _groups(new, "h"), _groups([1] * 3)], ignore_index=True)
    more_labels = pd.Series(rng.integers(0, 3, len(more)), dtype="Int64")
    after = assign(more, more_labels, seed=seed, known=before.reindex(more.index))
    assert after[: len(before)].equals(before)
    assert (after.groupby(more).nunique() == 1).all()


def test_test_subjects_have_as_many_photos_as_others() -> None:
    rng = np.random.default_rng(3)
    groups = _groups(list(rng.integers(1, 60, 900)))
    labels = pd.Series(rng.integers(0, 4, len(groups)), dtype="Int64")
    sides = assign(groups, labels)
    photos = groups.groupby(sides).agg(lambda names: names.value_counts().mean())
    assert photos.max() / photos.min() < 1.15


def test_rows_without_a_group_have_no_side() -> None:
    groups = pd.Series(["a", None, "b"], dtype="string")
    sides = assign(groups, pd.Series([0, 1, None], dtype="Int64"))
    assert sides.notna().tolist() == [True, False, True]
    nobody = assign(pd.Series([None, None], dtype="string"), pd.Series([0, 1]))
    assert nobody.isna().all()


def test_folds_are_even_and_cover_all() -> None:
    rng = np.random.default_rng(0)
    groups = _groups(list(rng.integers(1, 8, 300)))
    labels = pd.Series(rng.choice(3, len(groups), p=[0.1, 0.3, 0.6]), dtype="Int64")
    fold = splits.folds(groups, labels, count=5, seed=0)
    assert fold.value_counts(normalize=True).between(0.19, 0.21).all()
    overall = labels.value_counts(normalize=True)
    assert _shares(labels, fold).sub(overall, axis=0).abs().max(axis=None) <= 0.02
    tests = [splits.from_folds(fold, number) == "test" for number in range(5)]
    assert (sum(test.astype(int) for test in tests) == 1).all()
    last = splits.from_folds(fold, 4)
    assert (last[fold == 0] == "validation").all()
    with pytest.raises(DataError, match="at least 3 folds"):
        splits.folds(groups, labels, count=2, seed=0)
