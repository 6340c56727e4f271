"""An audit trains on crops of its own, and prints what leaking would have claimed."""

import numpy as np

from fdc.evaluation.leakage import AUGMENTED, GROUPED, RANDOM, AuditResult, divide, vary
from pipelines import audit
from tests.curation.manifests import GENDER
from tests.pipelines.prepared import prepared


def test_every_side_gets_the_crops_of_its_photos_as_they_are_varied(tmp_path):
    given = prepared(GENDER, tmp_path)
    condition = divide(given.manifest, AUGMENTED)
    sides = audit.write_crops(given, condition, tmp_path / "audit" / "augmented.u8")
    assert set(sides) == {"train", "validation", "test"}
    for name, seen in sides.items():
        rows = condition.rows[condition.rows["split"] == name]
        photos = given.manifest.loc[rows["row"]]
        crops = vary(given.store.crops[photos["crop"]], rows["variant"].to_numpy())
        np.testing.assert_array_equal(seen.read(np.arange(len(seen))), crops)
        assert seen.targets.tolist() == GENDER.encode(photos["gender"]).tolist()


def test_the_winner_is_scored_on_its_own_test_side(tmp_path, monkeypatch):
    given, trained = prepared(GENDER, tmp_path), {}

    class Knowing:
        """Answers with the label of the crop that it is shown."""

        def __init__(self, network):
            assert network == "network.onnx"

        def predict(self, pixels, *, positions):
            by_crop = given.manifest.set_index("crop")["gender"]
            labels = GENDER.encode(by_crop.loc[pixels[positions][:, 4, 4, 0]]).to_numpy(int)
            return np.eye(2)[labels]

    def search(train, validation, spec, folder):
        trained[folder.name] = (len(train), len(validation), spec)
        return type("Result", (), {"network": "network.onnx"})

    monkeypatch.setattr(audit.fdc.search, "search", search)
    monkeypatch.setattr(audit, "Network", Knowing)
    condition = divide(given.manifest, GROUPED)
    scores = audit.train_and_score("the description", given, tmp_path, condition)
    assert scores["accuracy"] == 1.0
    assert trained == {GROUPED: (54, 18, "the description")}


def test_what_a_leak_claims_is_printed_in_every_language(tmp_path, capsys):
    given = prepared(GENDER, tmp_path)
    conditions = tuple(divide(given.manifest, name) for name in (RANDOM, GROUPED))
    scores = {RANDOM: {"accuracy": 0.9}, GROUPED: {"accuracy": 0.7}}
    audit.show(AuditResult(conditions, scores, "accuracy", "max"))
    said = " ".join(capsys.readouterr().out.split())
    assert "+0.200" in said
    assert "looks better by 0.200" in said
    assert "0.200만큼 좋아 보입니다" in said
