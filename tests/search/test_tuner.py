"""AutoKeras' four tuners, asked and told without training anything."""

import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import pytest

from fdc.choices import Tuner
from fdc.search.budget import Budget
from fdc.search.console import SearchConsole
from fdc.search.scheduler import Scheduler
from fdc.search.spec import SearchSpec
from fdc.tracking import Journal, TrialHistory
from fdc.training import checkpoint
from fdc.training.objective import Objective
from fdc.training.references import suitable
from fdc.training.spec import PUBLISHED, TrainCommand
from tests.search.scripted import Clock, ScriptedPool
from tests.synthetic_crops import TASKS

TUNERS = get_args(Tuner)


@dataclass
class UntrainedScheduler:
    """A scheduler that trains nothing: wider networks are better."""

    folder: Path
    history: TrialHistory
    objective: Objective
    most: int = 100
    jobs: list = field(default_factory=list)

    @property
    def budget(self):
        return Budget(None, 0, 0, 5, 1)

    def trial_folder(self, trial_id):
        return self.folder / "trials" / trial_id

    def run(self, source):
        while len(self.jobs) < self.most and (job := source.ask("worker0")) is not None:
            self.jobs.append(job)
            record = job.record = self.history.trial_began(job.record)
            if len(self.jobs) == self.most:
                return
            metrics = {self.objective.name: record.hyperparameters.get("network/width", 0) / 100}
            for epoch in range(record.next_epoch, job.limit):
                self.history.epoch_ended(record.id, epoch, metrics, improved=not record.curve)
            self.history.trial_ended(record.id, "COMPLETED", None, seconds=1.0)
            self.keep_weights(self.trial_folder(record.id))
            source.tell(job)

    def keep_weights(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "best.npz").touch()


class KeepsNoWeights(UntrainedScheduler):
    def keep_weights(self, folder):
        pass


@pytest.fixture
def ask(data):
    from fdc.search import automodel

    def run(
        folder,
        tuner,
        *,
        seed=3,
        trials=5,
        epochs=9,
        most=100,
        kind="ordinal",
        scheduler=UntrainedScheduler,
        **changes,
    ):
        spec = SearchSpec(
            TASKS[kind], tuner=tuner, trials=trials, epochs=epochs, seed=seed, **changes
        )
        with closing(Journal(folder)) as journal:
            asking = scheduler(folder, TrialHistory(journal), spec.objective, most)
            automodel.run_trials(asking, spec.training(*data.split(kind)), spec)
        return asking

    return run


def values(scheduler):
    return [job.record.hyperparameters for job in scheduler.jobs]


@pytest.mark.parametrize("tuner", TUNERS)
def test_every_tuner_starts_well_and_repeats_by_seed(ask, tmp_path, tuner):
    one = ask(tmp_path / "one", tuner)
    assert len(one.jobs) == 5
    first = values(one)[0]
    assert (first["network/family"], first["network/width"]) == ("residual", 32)
    assert values(one)[1]["network/width"] == 16
    assert values(one)[2]["network/family"] == "plain"
    assert values(ask(tmp_path / "two", tuner)) == values(one)
    if tuner != "hyperband":
        assert values(ask(tmp_path / "other", tuner, seed=0)) != values(one)


@pytest.mark.parametrize("tuner", TUNERS)
def test_a_killed_search_gets_its_running_trial_again_and_then_the_same_ones(ask, tmp_path, tuner):
    whole = ask(tmp_path / "whole", tuner)
    killed = ask(tmp_path / "killed", tuner, most=4)
    resumed = ask(tmp_path / "killed", tuner)
    assert killed.jobs[-1].record.id == resumed.jobs[0].record.id == "0003"
    assert values(killed)[:3] + values(resumed) == values(whole)
    assert json.loads((tmp_path / "killed" / "oracle.json").read_text())["trials"].keys()


def test_a_finished_search_asks_for_nothing_more_and_then_for_more_trials(ask, tmp_path):
    ask(tmp_path, "greedy", trials=4)
    assert ask(tmp_path, "greedy", trials=4).jobs == []
    assert [job.record.id for job in ask(tmp_path, "greedy", trials=6).jobs] == ["0004", "0005"]


@pytest.mark.parametrize("tuner", TUNERS)
def test_references_are_tried_once_each_the_small_ones_first_whatever_the_tuner(
    ask, tmp_path, tuner
):
    scheduler = ask(tmp_path, tuner, kind="regression", trials=3, space="reference")
    names = [point["network/family"] for point in values(scheduler)]
    assert names == suitable("regression")
    assert [job.limit for job in scheduler.jobs] == [9] * len(names)
    assert all(point[PUBLISHED] for point in values(scheduler))
    assert ask(tmp_path, tuner, kind="regression", trials=3, space="reference").jobs == []


def test_hyperband_goes_on_from_the_best_of_a_round(ask, tmp_path):
    scheduler = ask(tmp_path, "hyperband", trials=13)
    assert [job.limit for job in scheduler.jobs] == [1] * 9 + [3] * 3 + [9]
    assert [job.record.first_epoch for job in scheduler.jobs] == [0] * 9 + [1] * 3 + [3]
    last = scheduler.jobs[-1]
    assert last.record.continues in {job.record.id for job in scheduler.jobs[9:12]}
    assert last.command.start == scheduler.trial_folder(last.record.continues) / "best.npz"
    assert last.record.resource == pytest.approx(6 / 9)


class PoolWithWeights(ScriptedPool):
    """Every trial has as many epochs as it wants, and leaves the weights of its best one."""

    def __init__(self, trials):
        super().__init__(Clock(), [])
        self._scripts = {f"{n:04}": [(n * 7 % 10) / 10] * 60 for n in range(trials)}

    def send(self, name, command):
        super().send(name, command)
        if isinstance(command, TrainCommand):
            command.folder.mkdir(parents=True)
            (command.folder / checkpoint.BEST).touch()


def scripted(folder, history, objective, trials):
    budget = Budget(None, 0, 0, trials, 1, clock=Clock())
    console = SearchConsole(quiet=True)
    return Scheduler(
        PoolWithWeights(trials), budget, history, objective, console, folder, patience=None
    )


@pytest.mark.parametrize("epochs", [3, 27])
def test_every_trial_that_hyperband_promotes_goes_on_from_its_weights(ask, tmp_path, epochs):
    # The second iteration of the rounds of 27, 9, 3 and 1 goes on from weights that are older.
    trials = 90
    ask(tmp_path, "hyperband", trials=trials, most=trials, epochs=epochs, scheduler=scripted)
    with closing(Journal(tmp_path)) as journal:
        records = list(TrialHistory(journal).trials.values())
    promoted = [r for r in records if r.hyperparameters["tuner/round"] > 0]
    assert len(promoted) > 13
    for record in promoted:
        assert record.continues == record.hyperparameters["tuner/trial_id"]
        assert record.first_epoch > 0
        assert record.curve


def test_a_trial_whose_predecessor_has_no_weights_says_that_it_starts_anew(ask, tmp_path):
    last = ask(tmp_path, "hyperband", trials=13, scheduler=KeepsNoWeights).jobs[-1]
    assert last.record.hyperparameters["tuner/trial_id"]
    assert (last.record.continues, last.record.first_epoch, last.command.start) == (None, 0, None)


def test_numbers_have_their_own_choices(ask, tmp_path):
    first = values(ask(tmp_path, "greedy", kind="regression"))[0]
    assert first["head/target"] == "distribution"
    assert "head/label_smoothing" not in first


class AsksTwice(UntrainedScheduler):
    """One that asks for a second trial before it has told how the first one went."""

    def run(self, source):
        self.jobs = [source.ask("worker0"), source.ask("worker0")]


@pytest.mark.parametrize("tuner", TUNERS)
def test_a_worker_that_asks_again_gets_another_trial(ask, tmp_path, tuner):
    first, second = ask(tmp_path / "one", tuner, scheduler=AsksTwice).jobs
    assert first.record.id != second.record.id


class Killed(Exception):
    """The search's process is gone."""


class KilledBeforeTelling(UntrainedScheduler):
    """Gone once the journal has the end of the second trial, and before the oracle has it."""

    def run(self, source):
        tell = source.tell

        def tell_or_die(job):
            if job.record.id == "0001":
                raise Killed
            tell(job)

        source.tell = tell_or_die
        super().run(source)


class KilledBeforeBeginning(UntrainedScheduler):
    """Gone once the oracle has a trial, and before the journal has it."""

    def run(self, source):
        source.ask("worker0")
        raise Killed


@pytest.mark.parametrize(
    ("killed", "ended"), [(KilledBeforeTelling, 2), (KilledBeforeBeginning, 0)]
)
@pytest.mark.parametrize("tuner", ["greedy", "hyperband"])
def test_a_kill_between_journal_and_oracle_costs_no_trial(ask, tmp_path, tuner, killed, ended):
    whole = ask(tmp_path / "whole", tuner)
    with pytest.raises(Killed):
        ask(tmp_path / "killed", tuner, scheduler=killed)
    resumed = ask(tmp_path / "killed", tuner)
    assert values(resumed) == values(whole)[ended:]
    assert [job.record.id for job in resumed.jobs] == [f"000{i}" for i in range(ended, 5)]
