"""What is exported answers as what was trained, for every head."""

import keras
import numpy as np
import pytest

from fdc.inference.network import Network
from fdc.training import export as exporting
from fdc.training.checkpoint import BEST
from fdc.training.export import export
from fdc.training.loop import Training
from fdc.training.spec import ExportCommand, TrainCommand

SMALL = {"network/width": 16, "head/dropout": 0.0}
HEADS = {
    "classes": ("classes", {}),
    "ordinal": ("ordinal", {}),
    "distribution": ("regression", {"head/target": "distribution"}),
    "scaled": ("regression", {"head/target": "scaled"}),
    "efficientnet": ("classes", {"network/family": "efficientnet"}),
}


@pytest.fixture(scope="module", params=HEADS.values(), ids=HEADS)
def exported(request, data, tmp_path_factory):
    """A training of one epoch, its export without and with a flip, and what `export` told."""
    kind, values = request.param
    folder = tmp_path_factory.mktemp("export")
    spec = data.spec(kind)
    command = TrainCommand(folder / "trial", {**SMALL, **values}, seed=1)
    training = Training(spec, command, 16, lambda: None)
    training.epoch(1, None)
    trained = training.validate()
    told = {
        flip: export(
            spec,
            ExportCommand(folder / str(flip), command.folder / BEST, command.hyperparameters, flip),
        )
        for flip in (False, True)
    }
    return spec, folder, trained, told


def test_an_export_scores_as_its_training(exported):
    _, _, trained, told = exported
    for name, value in trained.items():
        assert told[False].metrics[f"val_{name}"] == pytest.approx(value, rel=0.05, abs=0.05)
    assert told[True].difference < 0.1


def test_onnx_and_keras_answer_alike(exported):
    spec, folder, _, _ = exported
    crops = spec.validation.read(np.arange(8))
    model = keras.saving.load_model(folder / "True" / "network.keras")
    answers = Network(folder / "True" / "network.onnx").predict(crops)
    span = 60.0 if spec.task.is_regression else 1.0
    np.testing.assert_allclose(
        answers, model.predict_on_batch(crops.astype(np.float32)), atol=1e-3 * span
    )
    assert answers.shape == ((8,) if spec.task.is_regression else (8, len(spec.task.labels)))


def test_a_flipped_export_does_not_mind_mirrors(exported):
    spec, folder, _, _ = exported
    crops = spec.validation.read(np.arange(8))
    network = Network(folder / "True" / "network.onnx")
    atol = 1e-2 if spec.task.is_regression else 1e-4
    np.testing.assert_allclose(
        network.predict(crops), network.predict(crops[:, :, ::-1]), atol=atol
    )


def test_only_whole_files_are_left(exported):
    _, folder, _, _ = exported
    assert {path.name for path in (folder / "True").iterdir()} == {"network.onnx", "network.keras"}


def test_a_lost_checkpoint_is_said(data, tmp_path):
    command = ExportCommand(tmp_path, tmp_path / "best.npz", SMALL, flip=False)
    with pytest.raises(FileNotFoundError, match="missing or damaged"):
        export(data.spec(), command)


def test_networks_that_disagree_are_not_exported(data, tmp_path, monkeypatch):
    training = Training(data.spec(), TrainCommand(tmp_path / "trial", SMALL, 1), 16, lambda: None)
    training.epoch(1, 0.0)
    monkeypatch.setattr(exporting, "TOLERANCE", -1.0)
    command = ExportCommand(tmp_path / "out", tmp_path / "trial" / BEST, SMALL, flip=False)
    with pytest.raises(ArithmeticError, match="differs from the Keras network"):
        export(data.spec(), command)
    assert list((tmp_path / "out").iterdir()) == []
