from dataclasses import replace
from pathlib import Path

import pytest

from fdc.search.result import SearchResult, ranked
from fdc.tracking import TrialRecord
from fdc.training.objective import Objective

CALL = {"minutes": 3, "augmentation": ["flip"]}


def record(number, accuracy, status="COMPLETED"):
    curve = [] if accuracy is None else [{"val_accuracy": accuracy, "val_loss": 0.1}]
    best = None if accuracy is None else 0
    return TrialRecord(str(number), number, {}, 7, status, curve=curve, best_epoch=best)


@pytest.fixture
def trials():
    return [record(0, 0.5), record(1, 0.9, "FAILED"), record(2, 0.7), record(3, None)]


def test_failed_trials_and_those_without_epochs_do_not_rank(trials):
    assert [trial.id for trial in ranked(trials, Objective.of("classes"))] == ["2", "0"]


def test_a_result_answers_its_own_call_only(tmp_path, trials):
    for name in ("network.onnx", "network.keras"):
        (tmp_path / name).touch()
    result = SearchResult(
        folder=tmp_path,
        network=tmp_path / "network.onnx",
        keras_network=tmp_path / "network.keras",
        best_trial="2",
        objective="val_accuracy",
        direction="max",
        score=0.7,
        validation={"val_accuracy": 0.71},
        trials=trials,
        seconds=12.0,
        interrupted=False,
        peak_worker_gb=0.6,
    )
    path = tmp_path / "result.json"
    assert SearchResult.load(path, CALL, trials) is None
    result.save(path, CALL)
    assert SearchResult.load(path, CALL, trials) == result
    assert result.best is result.trials[2]
    assert SearchResult.load(path, {**CALL, "minutes": 4}, trials) is None
    result.network.unlink()
    assert SearchResult.load(path, CALL, trials) is None
    assert replace(result, folder=Path("elsewhere")) != result
