"""Real worker processes that really die, hang, raise and run out of memory."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from fdc.errors import SearchError
from fdc.execution import memory
from fdc.search.messages import Built, Continue, Died, Done, EpochEnded, Failed, Halved, Ready, Stop
from fdc.search.supervisor import Workers
from fdc.training.spec import ProbeResult, TrainCommand

VALUES = {"network/width": 16, "learning_rate": 1e-3, "mixup": 0.0, "head/label_smoothing": 0.0}
PATIENCE = 240
WORKER = "worker0"


def wait_for(workers, kind):
    """The next report of a kind; any other death or failure fails the test."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for _, report in workers.receive(1.0):
            if isinstance(report, kind):
                return report
            assert not isinstance(report, Died | Failed), report
    raise AssertionError(f"no {kind} in {PATIENCE} s")


def first_of(workers, *kinds):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for _, report in workers.receive(1.0):
            if isinstance(report, kinds):
                return report
    raise AssertionError(f"none of {kinds} in {PATIENCE} s")


@pytest.fixture(scope="module")
def workers(data, tmp_path_factory):
    crew = Workers(1, data.spec(), tmp_path_factory.mktemp("workers"), hang_seconds=120)
    yield crew
    crew.close()


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
    assert "training.py" in failed.traceback
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


def test_a_worker_that_hangs_is_killed(data, workers, tmp_path):
    begin(workers, tmp_path)
    workers._hang_seconds, usual = 2, workers._hang_seconds
    os.kill(workers.pid(WORKER), signal.SIGSTOP)
    died = wait_for(workers, Died)
    workers._hang_seconds = usual
    assert died.reason.startswith("killed: it hung, no step for 2 s")


def test_a_worker_that_the_kernel_kills_for_memory_says_so(workers, memory_group, tmp_path):
    wait_for(workers, Ready)
    used = memory.anonymous_bytes(workers.pid(WORKER))
    (memory_group / "memory.limit_in_bytes").write_text(str(used // 8))
    # What a process has is charged where it was; all that it takes from here on is limited.
    (memory_group / "cgroup.procs").write_text(str(workers.pid(WORKER)))
    workers.send(WORKER, TrainCommand(tmp_path, VALUES, seed=1))
    died = wait_for(workers, Died)
    assert died.reason.startswith("killed by the system, most likely out of memory, at 0.")
    assert "oom_kill 1" in (memory_group / "memory.oom_control").read_text()


def test_a_worker_over_its_limit_is_killed(data, tmp_path):
    crew = Workers(1, data.spec(memory_bytes=200_000_000), tmp_path, hang_seconds=120)
    try:
        died = wait_for(crew, Died)
        used = psutil.Process(crew.pid(WORKER))
    finally:
        crew.close()
    assert died.reason.startswith("killed: it used 0.2 GB of memory, but its limit is 0.2 GB")
    assert not used.is_running()


def test_out_of_memory_inside_the_library_halves_the_batch(data, tmp_path):
    train, _ = data.split("classes")
    many = np.resize(np.arange(60), 65_536)
    big = type(train)(
        train.path, train.count, train.size, train.positions[many], train.targets[many]
    )
    settings = data.spec(train=big, batch_size=4096, memory_bytes=1_250_000_000)
    crew = Workers(1, settings, tmp_path, hang_seconds=120)
    try:
        order = TrainCommand(tmp_path / "trial", VALUES, seed=1)
        crew.send(WORKER, order)
        assert wait_for(crew, Built).batch_size == 4096
        # TensorFlow raises where it can; where oneDNN crashes instead, its last words are known.
        report = first_of(crew, Halved, Died)
        if isinstance(report, Died):
            assert report.exhausted
            assert report.reason.startswith("died of SIG")
            crew.send(WORKER, replace(order, batch_size=2048))
        else:
            assert report.batch_size == 2048
        assert wait_for(crew, Built).batch_size == 2048
    finally:
        crew.close()


@pytest.fixture
def memory_group():
    """A control group of the kernel, in which a process really runs out of memory."""
    group = Path("/sys/fs/cgroup/memory") / f"fdc-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no memory control group can be made here: {error}")
    yield group
    time.sleep(0.2)
    group.rmdir()


def test_workers_that_do_not_start_are_an_error(data, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "nonsense")
    crew = Workers(1, data.spec(), tmp_path, hang_seconds=120)
    try:
        with pytest.raises(SearchError, match=r"do not start.*nonsense"):
            wait_for_any_number_of_deaths(crew)
    finally:
        crew.close()


def wait_for_any_number_of_deaths(crew):
    for _ in range(PATIENCE):
        for _, report in crew.receive(1.0):
            assert isinstance(report, Died)


def test_anonymous_memory_is_counted_without_mapped_files(data):
    own = memory.anonymous_bytes(os.getpid())
    ballast = np.ones(50_000_000 // 8)
    more = memory.anonymous_bytes(os.getpid())
    assert 45_000_000 < more - own < 60_000_000
    mapped = np.memmap(data.path, np.uint8, "r")
    mapped.sum()
    assert memory.anonymous_bytes(os.getpid()) - more < 5_000_000
    assert ballast[0] == 1
    assert memory.anonymous_bytes(2**22 + 1) == 0
