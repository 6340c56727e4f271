"""Groups join people and copies, and their names depend on nothing else."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from fdc.curation import groups
from tests.curation.manifests import image_id, manifest


def test_chains_of_subjects_and_copies_become_one_group() -> None:
    rows = manifest(
        [
            {"subject": "a:2", "image_id": image_id("x")},
            {"subject": "a:1", "image_id": image_id("x")},
            {"subject": "a:1"},
            {"image_id": image_id("y")},
            {"image_id": image_id("z")},
            {"subject": "a:3"},
        ]
    )
    alike = pd.Series([None, None, 7, 7, None, None], dtype="Int64")
    joined = groups.join(rows, alike)
    assert joined.tolist() == ["a:1"] * 4 + [image_id("z"), "a:3"]


def test_without_photos_there_are_no_groups() -> None:
    assert groups.join(manifest([])).empty


keys = st.lists(
    st.tuples(st.none() | st.integers(0, 6), st.none() | st.integers(0, 6)), min_size=1, max_size=30
)


@given(keys, st.randoms())
def test_names_do_not_depend_on_the_order_of_the_rows(
    pairs: list[tuple[int | None, int | None]], random: object
) -> None:
    rows = manifest(
        {"subject": None if s is None else f"t:{s}", "image_id": image_id(str(i or n))}
        for n, (s, i) in enumerate(pairs)
    )
    shuffled = rows.sample(frac=1, random_state=np.random.default_rng(len(pairs)))
    assert groups.join(shuffled).reindex(rows.index).equals(groups.join(rows))


@given(keys)
def test_rows_are_joined_exactly_when_a_chain_of_keys_links_them(
    pairs: list[tuple[int | None, int | None]],
) -> None:
    first, second = (pd.Series([p[k] for p in pairs], dtype="Int64") for k in (0, 1))
    component = groups.connect([first, second])
    reached = np.eye(len(pairs), dtype=bool)
    for key in (first, second):
        cells = key.to_numpy(dtype=float, na_value=np.nan)
        reached |= cells[:, None] == cells[None]
    for _ in pairs:
        reached = (reached.astype(int) @ reached) > 0
    assert np.array_equal(component[:, None] == component[None], reached)
