"""Training workers that really die, raise and run out of memory."""

import os
import signal
import time
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from fdc.errors import ExecutionError, SearchError
from fdc.execution.local import LocalPool
from fdc.execution.protocol import Died, Ready
from fdc.search.messages import BatchSizeReduced, Built, Continue, Done, EpochEnded, Failed, Stop
from fdc.search.worker import worker_spec
from fdc.training.spec import ProbeResult, TrainCommand

VALUES = {"network/width": 16, "learning_rate": 1e-3, "mixup": 0.0, "head/label_smoothing": 0.0}
PATIENCE = 240
WORKER = "worker0"


def open_pool(training, folder):
    return closing(LocalPool(1, worker_spec(training, folder, hang_seconds=120)))


def wait_for(workers, kind):
    """The next event of a kind; any other death or failure fails the test."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for _, event in workers.receive(1.0):
            if isinstance(event, kind):
                return event
            assert not isinstance(event, Died | Failed), event
    raise AssertionError(f"no {kind} in {PATIENCE} s")


def first_of(workers, *kinds):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for _, event in workers.receive(1.0):
            if isinstance(event, kinds):
                return event
    raise AssertionError(f"none of {kinds} in {PATIENCE} s")


@pytest.fixture(scope="module")
def workers(data, tmp_path_factory):
    with open_pool(data.spec(), tmp_path_factory.mktemp("workers")) as pool:
        yield pool


def begin(workers, folder):
    workers.send(WORKER, TrainCommand(folder, VALUES, seed=1))
    return wait_for(workers, ProbeResult)


def test_a_worker_that_raises_says_why_and_goes_on(workers, tmp_path):
    wait_for(workers, Ready)
    pid = workers.pid(WORKER)
    (tmp_path / "folder").write_text("a file stands where checkpoints should go")
    workers.send(WORKER, TrainCommand(tmp_path / "folder", VALUES, seed=1))
    failed = wait_for(workers, Failed)
    assert "NotADirectoryError" in failed.reason
    assert "loop.py" in failed.traceback
    assert workers.pid(WORKER) == pid
    begin(workers, tmp_path / "other")
    workers.send(WORKER, Continue(1))
    assert wait_for(workers, EpochEnded).metrics["val_accuracy"] >= 0
    workers.send(WORKER, Stop())
    wait_for(workers, Done)


def test_a_worker_that_the_system_kills_is_replaced_and_the_training_goes_on(workers, tmp_path):
    begin(workers, tmp_path)
    workers.send(WORKER, Continue(3))
    epoch = wait_for(workers, EpochEnded)
    killed = workers.pid(WORKER)
    os.kill(killed, signal.SIGKILL)
    died = wait_for(workers, Died)
    assert died.reason.startswith("killed by the system, most likely out of memory, at 0.")
    assert died.reason.endswith("GB; limit 4.0 GB")
    assert workers.pid(WORKER) != killed
    workers.send(WORKER, TrainCommand(tmp_path, VALUES, seed=1))
    assert wait_for(workers, Built).curve == [epoch.metrics]


def test_a_segmentation_fault_is_told_with_its_traceback(workers):
    wait_for(workers, ProbeResult)
    os.kill(workers.pid(WORKER), signal.SIGSEGV)
    died = wait_for(workers, Died)
    assert died.reason.startswith("died of SIGSEGV (Segmentation fault), at 0.")
    assert "worker.py" in died.output
    wait_for(workers, Ready)


def test_out_of_memory_inside_the_library_halves_the_batch(data, tmp_path):
    train, _ = data.split("classes")
    many = np.resize(np.arange(60), 65_536)
    big = type(train)(
        train.path, train.count, train.size, train.positions[many], train.targets[many]
    )
    settings = data.spec(train=big, batch_size=4096, memory_bytes=1_250_000_000)
    with open_pool(settings, tmp_path) as pool:
        command = TrainCommand(tmp_path / "trial", VALUES, seed=1)
        pool.send(WORKER, command)
        assert wait_for(pool, Built).batch_size == 4096
        # TensorFlow raises where it can; where oneDNN crashes instead, its last words are known.
        event = first_of(pool, BatchSizeReduced, Died)
        if isinstance(event, Died):
            assert event.cause == "exhausted"
            assert event.reason.startswith("died of SIG")
            pool.send(WORKER, replace(command, batch_size=2048))
        else:
            assert event.batch_size == 2048
        assert wait_for(pool, Built).batch_size == 2048


def test_workers_that_do_not_start_are_an_error(data, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "nonsense")
    with (
        open_pool(data.spec(), tmp_path) as pool,
        pytest.raises(ExecutionError, match=r"do not start.*nonsense"),
    ):
        wait_for_any_number_of_deaths(pool)


def wait_for_any_number_of_deaths(pool):
    for _ in range(PATIENCE):
        for _, event in pool.receive(1.0):
            assert isinstance(event, Died)


def test_crops_that_cannot_be_reached_are_told(data, tmp_path):
    spec = data.spec()
    elsewhere = replace(spec, train=replace(spec.train, path=tmp_path / "crops.u8"))
    with (
        open_pool(elsewhere, tmp_path) as pool,
        pytest.raises(SearchError, match=r"does not see .*crops\.u8"),
    ):
        wait_for(pool, Ready)
