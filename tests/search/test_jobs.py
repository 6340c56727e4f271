"""Whoever gives out jobs is told of each of them once it is over, and of no other."""

import math

import pytest

from fdc.execution.protocol import Died
from fdc.search.budget import Budget
from fdc.search.console import SearchConsole
from fdc.search.scheduler import Scheduler
from fdc.training.objective import Objective
from tests.search.conftest import Recorder
from tests.search.scripted import Clock, ScriptedJobs, ScriptedPool

LOST = Died("its node is gone", cause="lost")
SCRIPTS = [[0.5, 0.6], [0.7, 0.7], [0.6, 0.8]]


class Source(ScriptedJobs):
    """Notes what it is told."""

    def __init__(self, scheduler, count, limit):
        super().__init__(scheduler, count, limit=limit)
        self.told = []

    def tell(self, job):
        self.told.append((job.record.id, job.outcome[0], job.lost_workers))


@pytest.fixture
def run(tmp_path):
    def make(deaths=(), stop_after=None):
        clock = Clock()
        pool = ScriptedPool(clock, SCRIPTS, deaths=deaths)
        log, objective = Recorder(tmp_path), Objective.of("classes")
        budget = Budget(None, 0.0, 0.0, 3, 1, clock)
        scheduler = Scheduler(
            pool, budget, log, objective, SearchConsole(quiet=True), tmp_path, None
        )
        if stop_after is not None:
            log.on_epoch = lambda *epoch: setattr(scheduler, "stopping", epoch == stop_after)
        source = Source(scheduler, len(SCRIPTS), limit=2)
        scheduler.run(source)
        return source

    return make


def test_each_job_is_told_of_once(run):
    assert run().told == [(trial, "COMPLETED", 0) for trial in "012"]


def test_a_failure_is_told_of_like_any_other_end(run):
    assert run([Died("killed")]).told == [("0", "FAILED", 0)] + [
        (trial, "COMPLETED", 0) for trial in "12"
    ]


def test_a_job_that_is_handed_out_again_is_told_of_at_its_end_alone(run):
    assert run([LOST]).told[0] == ("0", "COMPLETED", 1)


def test_an_interrupted_job_is_not_over(run):
    source = run(stop_after=("1", 0))
    assert source.told == [("0", "COMPLETED", 0)]
    assert source.jobs[-1].outcome == (None, "interrupted")


def test_before_it_is_probed_a_job_has_no_deadline(run):
    source = run()
    assert {job.deadline for job in source.jobs} == {math.inf}
    assert all(job.is_trial for job in source.jobs)
