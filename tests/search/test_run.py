"""Whole searches: real workers, real training, real kills."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest

from fdc.errors import SearchError
from fdc.inference.network import Network
from fdc.search import Resources, SearchSpec, search
from fdc.tracking import Journal, TrialHistory
from fdc.training.objective import Objective
from tests.search.conftest import Recorder
from tests.synthetic_crops import TASKS
from tests.waiting import wait_until

KIND = "ordinal"
TASK = TASKS[KIND]
TWO = Resources(workers=2)


def look_for(data, folder, log=None, **changes):
    train, validation = data.split(changes.get("task", TASK).kind)
    usual = {"task": TASK, "minutes": None, "trials": 2, "epochs": 2, "seed": 0, "baselines": False}
    spec = SearchSpec(**{**usual, **changes})
    return search(train, validation, spec, folder, history=log, quiet=True)


def workers():
    return [
        child for child in psutil.Process().children() if "fdc.execution.process" in child.cmdline()
    ]


def outcome(result):
    """What must not differ between two searches with one seed."""
    trials = [(t.id, t.hyperparameters, t.seed, t.status, t.curve) for t in result.trials]
    return trials, result.best_trial, result.score, result.validation


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    log = Recorder(folder)
    result = look_for(data, folder, log)
    log.journal.close()
    return result, log


def test_a_search_ends_with_a_network_that_answers(data, finished):
    result, _ = finished
    _, validation = data.split(KIND)
    answers = Network(result.network).predict(validation.read(np.arange(len(validation))))
    assert answers.shape == (30, 3)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-4)
    accuracy = (answers.argmax(axis=1) == validation.targets).mean()
    assert accuracy == pytest.approx(result.validation["val_accuracy"])
    mirrored = validation.read(np.arange(len(validation)))[:, :, ::-1]
    np.testing.assert_allclose(Network(result.network).predict(mirrored), answers, atol=1e-4)


def test_the_keras_file_needs_keras_alone(data, finished):
    result, _ = finished
    _, validation = data.split(KIND)
    crops = validation.read(np.arange(8))
    code = textwrap.dedent("""
        import sys, keras, numpy
        model = keras.saving.load_model(sys.argv[1])
        numpy.save(sys.argv[2], model.predict(numpy.load(sys.argv[2]), verbose=0))
        assert "autokeras" not in sys.modules
    """)
    exchange = result.folder / "crops.npy"
    np.save(exchange, crops.astype(np.float32))
    subprocess.run([sys.executable, "-c", code, result.keras_network, exchange], check=True)
    np.testing.assert_allclose(np.load(exchange), Network(result.network).predict(crops), atol=1e-3)


def test_the_history_has_everything(finished):
    result, log = finished
    assert log.began == ["0000", "0001"]
    assert log.epochs == [("0000", 0), ("0000", 1), ("0001", 0), ("0001", 1)]
    for trial in result.trials:
        told = log.ended[trial.id]
        assert told["status"] == trial.status == "COMPLETED"
        assert told["metrics"] == trial.metrics == log.metrics[trial.id, trial.best_epoch]
        assert told["parameters"] == trial.parameters > 100_000


def test_the_best_trial_wins_and_starts_come_first(finished):
    result, _ = finished
    assert result.score == max(t.metrics["val_accuracy"] for t in result.trials)
    assert [t.hyperparameters["network/width"] for t in result.trials] == [32, 16]
    assert all(t.predicted_epoch_seconds > 0 for t in result.trials)


def test_only_what_is_needed_stays_on_disk(finished):
    result, _ = finished
    left = {str(p.relative_to(result.folder)) for p in result.folder.rglob("*.npz")}
    assert left == {"trials/0000/best.npz", "trials/0001/best.npz"}
    assert not list(result.folder.rglob("*.unfinished"))
    assert not workers()


def test_the_same_call_again_answers_at_once(data, finished):
    result, _ = finished
    log = Recorder(result.folder)
    began = time.monotonic()
    again = look_for(data, result.folder, log)
    assert time.monotonic() - began < 2
    log.journal.close()
    assert again == result
    assert log.began == []


def test_another_search_in_the_same_folder_is_refused(data, finished):
    result, _ = finished
    with pytest.raises(SearchError, match=r"belongs to another search: seed was 0, is 1"):
        look_for(data, result.folder, seed=1)


def test_a_search_that_is_killed_is_taken_up_where_it_was(data, finished, tmp_path):
    result, _ = finished
    script = tmp_path / "search.py"
    script.write_text(
        textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from tests.search.conftest import Recorder
        from tests.synthetic_crops import Data, draw
        from tests.search.test_run import look_for

        def kill(trial, epoch):
            if (trial, epoch) == ("0001", 0):
                os.kill(os.getpid(), signal.SIGKILL)

        folder = Path({str(tmp_path)!r})
        recorder = Recorder(folder / "search", kill)
        look_for(Data(*draw(folder)), folder / "search", recorder)
        """)
    )
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    killed = subprocess.run([sys.executable, script], env=environment, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    driver = f"{tmp_path}/search"
    processes = partial(psutil.process_iter, ["cmdline"])
    wait_until(lambda: not [p for p in processes() if driver in str(p.info["cmdline"])])
    log = Recorder(tmp_path / "search")
    resumed = look_for(data, tmp_path / "search", log)
    assert log.began == ["0001"]
    assert log.epochs == [("0001", 0), ("0001", 1)]
    assert list(log.ended) == ["0001"]
    assert outcome(resumed) == outcome(result)


def test_ctrl_c_ends_the_epoch_and_exports(data, tmp_path):
    interrupt = Recorder(tmp_path, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    stopped = look_for(data, tmp_path, interrupt)
    assert stopped.interrupted
    assert interrupt.epochs == [("0000", 0)]
    assert interrupt.ended == {}
    assert Network(stopped.network).size == 32
    assert stopped.best.status is None
    assert not (tmp_path / "result.json").exists()


def test_ctrl_c_twice_stops_at_once(data, tmp_path):
    class Impatient(Recorder):
        def trial_began(self, record):
            super().trial_began(record)
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)

    impatient = Impatient(tmp_path)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt):
        look_for(data, tmp_path, impatient)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert not workers()
    impatient.journal.close()
    [record] = TrialHistory(Journal(tmp_path)).trials.values()
    assert record.status is None


def test_a_worker_that_is_killed_costs_its_trial_alone(data, tmp_path):
    """With two workers, and Hyperband, which goes on from the best of the others."""

    def kill_first(trial, epoch):
        if trial == "0000":
            # The one that has just told of its epoch waits, the other one imports or trains.
            min(workers(), key=lambda worker: worker.create_time()).send_signal(signal.SIGKILL)

    log = Recorder(tmp_path, kill_first)
    changes = {"task": TASKS["regression"], "epochs": 3, "trials": 9, "resources": TWO}
    result = look_for(data, tmp_path, log, tuner="hyperband", **changes)
    assert [t.status for t in result.trials] == ["FAILED"] + ["COMPLETED"] * 8
    assert log.ended["0000"]["reason"].startswith("killed by the system, most likely out of memory")
    later = [trial for trial in result.trials if trial.continues]
    assert later
    for trial in later:
        assert (trial.first_epoch, len(trial.curve)) == (1, 2)
        assert {epoch for name, epoch in log.epochs if name == trial.id} == {1, 2}
    assert Network(result.network).predict(data.split(KIND)[1].read(np.arange(3))).shape == (3,)


def test_no_completed_trial_is_an_error_with_the_reasons(data, tmp_path):
    train, validation = data.split(KIND)
    beyond = type(train)(train.path, 90, 32, train.positions + 1000, train.targets)
    log = Recorder(tmp_path)
    spec = SearchSpec(TASK, minutes=None, trials=2, epochs=1, baselines=False)
    with pytest.raises(SearchError) as told:
        search(beyond, validation, spec, tmp_path, history=log, quiet=True)
    assert "Not one of 2 trials was completed" in told.value.message
    assert "trial 0001 FAILED: IndexError: index 10" in told.value.message
    assert "feed.py" in log.ended["0000"]["traceback"]


def test_a_budget_without_room_for_an_epoch_says_what_would_fit(data, tmp_path):
    train, validation = data.split(KIND)
    many = np.resize(np.arange(60), 5_000_000)
    huge = type(train)(train.path, 90, 32, train.positions[many], train.targets[many])
    log = Recorder(tmp_path)
    spec = SearchSpec(TASK, minutes=4, trials=9, baselines=False)
    with pytest.raises(SearchError) as told:
        search(huge, validation, spec, tmp_path, history=log, quiet=True)
    assert "Not one epoch fits into 4:00 min: the fastest network" in told.value.message
    assert "one epoch of 5000000 crops of 32 px" in told.value.message
    assert re.search(r"at least \d+ min, or at most \d+ photos, or smaller", told.value.hint)
    assert [told["status"] for told in log.ended.values()] == ["REFUSED"] * 3
    assert "an epoch would take" in log.ended["0000"]["reason"]


def test_minutes_are_kept(data, tmp_path):
    began = time.monotonic()
    log = Recorder(tmp_path)
    limits = {"minutes": 1.5, "trials": 2, "epochs": 200, "patience": None}
    result = look_for(data, tmp_path, log, resources=TWO, **limits)
    assert time.monotonic() - began < 90 + 60
    assert result.score == max(t.metrics["val_accuracy"] for t in result.trials if t.metrics)


def test_the_best_trial_goes_on_alone(data, tmp_path):
    """Its epochs end it, long before its minutes: a busy machine changes nothing."""
    log = Recorder(tmp_path)
    limits = {"minutes": 20, "trials": 2, "epochs": 2, "patience": None}
    result = look_for(data, tmp_path, log, resources=TWO, **limits)
    final = next(trial for trial in result.trials if trial.id == "final")
    cost = Objective.of(KIND).cost
    assert final.continues == min(result.trials[:-1], key=lambda t: cost(t.metrics)).id
    assert log.epochs[-1][0] == "final"
    assert result.score == max(t.metrics["val_accuracy"] for t in result.trials)
