"""A side's crops are those of its photos."""

import numpy as np

from fdc.tasks import Task
from pipelines.sides import crops, side, targets
from tests.curation.manifests import GENDER, YEARS
from tests.pipelines.prepared import prepared


def test_every_photo_has_its_own_crop_and_label(tmp_path):
    given = prepared(GENDER, tmp_path)
    rows, seen = side(given, "test"), crops(given, "test")
    assert set(rows["split"]) == {"test"}
    assert seen.read(np.arange(len(seen)))[:, 0, 0, 0].tolist() == rows["crop"].tolist()
    assert [GENDER.labels[index] for index in seen.targets] == rows["gender"].tolist()


def test_what_is_set_aside_is_on_no_side(tmp_path):
    given = prepared(GENDER, tmp_path)
    given.manifest.loc[given.manifest["split"] == "validation", "split"] = None
    assert len(crops(given, "validation")) == 0
    assert len(side(given, "train")) + len(side(given, "test")) < len(given.manifest)


def test_targets_are_what_a_network_learns(tmp_path):
    rows = side(prepared(YEARS, tmp_path), "train")
    numbers = targets(YEARS, rows)
    assert numbers.dtype == np.float32
    np.testing.assert_allclose(numbers, rows["age"].to_numpy(float))
    grades = Task(kind="ordinal", column="age", bins=(0, 40))
    assert targets(grades, rows).dtype == np.int64
    assert targets(grades, rows).tolist() == (rows["age"] >= 40).astype(int).tolist()
