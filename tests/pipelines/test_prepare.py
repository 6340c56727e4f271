"""From a folder to clean, grouped, split crops; what is done is not done again."""

from pathlib import Path

import numpy as np
import pytest

from fdc import manifest
from fdc.curation import quality
from fdc.errors import DataError, StoreError
from fdc.experiment import Experiment, load
from fdc.faces.preparer import Preparer
from fdc.imaging import inspection
from pipelines import workspace
from pipelines.prepare import crop_photos, prepare, read_photos, verify_store
from tests.pipelines.photos import emotions, experiment
from tests.sources.builders import photos

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


@pytest.mark.parametrize("task", ["job", "animal_face"])
def test_two_tasks_share_photos_in_folders_of_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["female/singer/cat/a_1.jpg", "male/actor/dog/b_1.jpg"]
    photos(tmp_path / "photos", names, width=64, height=64)
    table = read_photos(load(EXPERIMENTS / f"{task}.yaml"), tmp_path / "photos")
    assert table[["gender", "job", "animal_face"]].to_numpy().tolist() == [
        ["female", "singer", "cat"],
        ["male", "actor", "dog"],
    ]
    assert manifest.quarantine_counts(table) == {}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    emotions(tmp_path / "photos")
    (tmp_path / "photos" / "sad" / "broken.png").write_bytes(b"no photo")
    return tmp_path / "photos"


def test_every_clean_photo_has_its_own_crop_and_side(root: Path) -> None:
    prepared = prepare(experiment(root))
    clean = manifest.clean(prepared.manifest)
    assert len(clean) == 30
    assert clean["crop"].tolist() == list(range(30))
    assert clean["split"].notna().all()
    assert set(clean["split"]) == set(manifest.SPLITS)
    assert manifest.quarantine_counts(prepared.manifest) == {"undecodable": 1}
    preparer = Preparer(prepared.recipe)
    for row in clean.iloc[::7].itertuples():
        crop = preparer.crop((root / row.path).read_bytes())
        assert np.array_equal(prepared.store.crops[row.crop], crop.pixels)


def test_the_manifest_is_kept_with_the_recipe_of_its_crops(root: Path) -> None:
    prepared = prepare(experiment(root))
    kept = manifest.read(workspace.manifest("emotion", root))
    assert kept["crop"].equals(prepared.manifest["crop"])
    assert kept.attrs["recipe"] == prepared.recipe.fingerprint == prepared.store.fingerprint
    assert manifest.digest(kept) == manifest.digest(prepared.manifest)


def test_crops_are_read_for_their_sharpness_only_where_a_rule_asks(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blurred = experiment(root).model_dump()
    blurred["rules"]["blurriest"] = 1e9
    aside = crop_photos(Experiment.model_validate(blurred)).manifest["sharpness"]
    assert (aside.dropna() < 1e9).sum() == 30
    with pytest.raises(DataError):
        prepare(Experiment.model_validate(blurred))
    monkeypatch.setattr(quality, "sharpness", lambda *_: pytest.fail("read all crops"))
    assert manifest.quarantine_counts(prepare(experiment(root)).manifest) == {"undecodable": 1}


def test_a_second_run_reads_and_cuts_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = prepare(experiment(root))
    files = [first.store.crops_path, first.store.folder / "journal.jsonl"]
    before = [(file.stat().st_mtime_ns, file.read_bytes()) for file in files]
    monkeypatch.setattr(inspection, "inspect_file", lambda path: pytest.fail("read again"))
    again = prepare(experiment(root))
    assert again.manifest.equals(first.manifest)
    assert [(file.stat().st_mtime_ns, file.read_bytes()) for file in files] == before


def test_photos_that_are_added_move_none(root: Path) -> None:
    before = prepare(experiment(root)).manifest.set_index("path")["split"].dropna()
    emotions(root, 44)
    after = prepare(experiment(root)).manifest.set_index("path")["split"]
    assert after.notna().sum() == 44
    assert after[before.index].equals(before)


def test_annotation_alone_refuses_photos_without_one(root: Path) -> None:
    told = crop_photos(experiment(root, face="detect", detector="annotation")).manifest
    reasons = told["quarantine"].str.split(": ").str[:2].str.join(": ")
    assert reasons.value_counts().to_dict() == {
        "no face: the photo has no annotation, and no detector is set": 30,
        "undecodable: the bytes are no image of a known format": 1,
    }


def test_a_label_that_the_photos_do_not_have_is_named_with_those_they_have(root: Path) -> None:
    (root / "labels.csv").write_text("path,emotion\nhappy/00.png,happy\n")
    values = experiment(root).model_dump()
    values["task"] |= {"name": "age", "column": "age"}
    values["data"]["reader"] = "table"
    with pytest.raises(DataError, match=r"have no 'age'.*What they have: emotion"):
        prepare(Experiment.model_validate(values))


def test_a_damaged_crop_is_found(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepared = prepare(experiment(root))
    verify_store(prepared)
    assert "is as it was written" in capsys.readouterr().out.replace("\n", " ")
    with prepared.store.crops_path.open("r+b") as file:
        file.seek(5)
        file.write(b"damage")
    with pytest.raises(StoreError, match=r"1 crops in .* are damaged"):
        verify_store(prepared)
