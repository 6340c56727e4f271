"""What a worker and its pool tell each other."""

import multiprocessing
import pickle

import pytest

from fdc.execution.protocol import Channel, Died, Heartbeat, WorkerSpec
from tests.execution.targets import obey


def test_heartbeats_are_rare_however_often_a_step_is_done() -> None:
    ours, theirs = multiprocessing.Pipe()
    channel = Channel(theirs)
    for _ in range(1000):
        channel.heartbeat()
    assert ours.recv() == Heartbeat()
    assert not ours.poll(0.01)


def test_a_closed_pool_ends_what_waits_for_it() -> None:
    ours, theirs = multiprocessing.Pipe()
    ours.close()
    with pytest.raises(EOFError):
        Channel(theirs).receive()


def test_a_reason_has_figures_where_they_say_something() -> None:
    assert Died("died of SIGSEGV", "at 0.3 GB").reason == "died of SIGSEGV, at 0.3 GB"
    assert Died("its node is gone", cause="lost").reason == "its node is gone"


def test_a_spec_can_be_sent_to_another_machine() -> None:
    spec = WorkerSpec(obey, ("hello",))
    assert pickle.loads(pickle.dumps(spec)) == spec
