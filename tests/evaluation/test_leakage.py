"""The arms are equally large, and leak what they should."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from fdc.errors import DataError
from fdc.evaluation import leakage as audit
from fdc.evaluation.leakage import AUGMENTED, GROUPED, RANDOM, Condition
from tests.curation.manifests import GENDER, curate, manifest, people


@pytest.fixture(scope="module")
def curated() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = people({f"p{n}": 10 for n in range(60)}, rng)
    rows[3]["quarantine"] = "no face: none"
    return curate(manifest(rows), GENDER)


def test_conditions_are_equally_large_and_leak_what_they_should(curated: pd.DataFrame) -> None:
    names = (GROUPED, RANDOM, AUGMENTED)
    conditions = {name: audit.divide(curated, name, seed=1) for name in names}
    sizes = [condition.rows["split"].value_counts().to_dict() for condition in conditions.values()]
    assert sizes[0] == sizes[1] == sizes[2]
    for condition in conditions.values():
        assert 3 not in condition.rows["row"].to_numpy()
        assert not condition.rows.duplicated(["row", "split"]).any()
        assert not condition.rows.duplicated(["row", "variant"]).any()
    assert conditions[GROUPED].leaked == 0
    assert conditions[RANDOM].leaked > 0.95
    assert not conditions[RANDOM].rows["row"].duplicated().any()
    learned = conditions[AUGMENTED].rows.query("split == 'train'")["row"]
    copies = conditions[AUGMENTED].rows.query("split == 'test'")["row"].isin(learned).mean()
    assert 0.55 < copies < 0.85


def test_the_draw_does_not_depend_on_the_order_of_rows(curated: pd.DataFrame) -> None:
    shuffled = curated.sample(frac=1, random_state=0)
    for name in (RANDOM, AUGMENTED):
        pd.testing.assert_frame_equal(
            audit.divide(curated, name).rows, audit.divide(shuffled, name).rows
        )


def _nearest_neighbour(curated: pd.DataFrame) -> audit.AuditResult:
    """A model that learns by heart: each person has a look of their own, and no gender has one."""
    rng = np.random.default_rng(4)
    looks = {person: rng.normal(size=8) for person in curated["subject"].unique()}
    features = np.stack([looks[person] + rng.normal(0, 0.3, 8) for person in curated["subject"]])
    labels = GENDER.encode(curated["gender"]).to_numpy(dtype=int)

    def train_and_score(condition: Condition) -> Mapping[str, float]:
        train, test = (
            condition.rows.loc[condition.rows["split"] == side, "row"].to_numpy()
            for side in ("train", "test")
        )
        away = ((features[test][:, None] - features[train][None]) ** 2).sum(axis=-1)
        answers = labels[train[away.argmin(axis=1)]]
        return {"accuracy": float((answers == labels[test]).mean())}

    return audit.audit(curated, train_and_score, metric="accuracy")


def test_memory_shows_as_a_gap(curated: pd.DataFrame) -> None:
    result = _nearest_neighbour(curated)
    assert result.scores[GROUPED]["accuracy"] < 0.75
    assert result.gap(RANDOM) > 0.2
    assert result.gap(AUGMENTED) > 0.2
    assert result.gap(GROUPED) == 0
    table = result.table("en")
    assert table["condition"].tolist() == [RANDOM, GROUPED, AUGMENTED]
    assert {"leaked", "accuracy", "gap"} <= set(table)
    assert "looks better by" in "".join(result.summary("en"))
    assert "좋아 보입니다" in "".join(result.summary("ko"))


def test_a_lower_error_is_a_gap_as_well(curated: pd.DataFrame) -> None:
    errors = {RANDOM: 3.0, GROUPED: 5.0, AUGMENTED: 2.0}
    result = audit.audit(
        curated, lambda condition: {"mae": errors[condition.name]}, metric="mae", direction="min"
    )
    assert result.gap(RANDOM) == 2.0


def test_where_nobody_has_two_photos_there_is_nothing_to_audit() -> None:
    rows = people({f"p{n}": 1 for n in range(60)}, np.random.default_rng(0))
    with pytest.raises(DataError, match="No group has two photos"):
        audit.audit(
            curate(manifest(rows), GENDER), lambda condition: {"accuracy": 1.0}, metric="accuracy"
        )


def test_variants_are_mirrored_and_shifted() -> None:
    crops = np.random.default_rng(0).integers(0, 255, (4, 32, 32, 3), dtype=np.uint8)
    varied = audit.vary(crops, np.arange(4))
    assert np.array_equal(varied[0], crops[0])
    assert np.array_equal(varied[1], crops[1][:, ::-1])
    assert np.array_equal(varied[2][2:, 2:], crops[2][:-2, :-2])
    assert np.array_equal(varied[3][2:, 2:], crops[3][:, ::-1][:-2, :-2])
    assert len(np.unique(varied.reshape(4, -1), axis=0)) == 4
