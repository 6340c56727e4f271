"""The scheduler's decisions, with workers that say what they are told to say."""

import pytest

from fdc.execution.protocol import Died
from fdc.search.budget import Budget
from fdc.search.console import SearchConsole
from fdc.search.messages import BatchSizeReduced, Built, Continue
from fdc.search.scheduler import Scheduler
from fdc.training.objective import Objective
from fdc.training.spec import TrainCommand
from tests.search.conftest import Recorder
from tests.search.scripted import Clock, ScriptedJobs, ScriptedPool


@pytest.fixture
def direct(tmp_path):
    def make(scripts, minutes=None, patience=None, epoch_seconds=10.0, deaths=(), **queue):
        clock = Clock()
        pool = ScriptedPool(clock, scripts, epoch_seconds, deaths)
        log = Recorder(tmp_path)
        scheduler = Scheduler(
            pool,
            Budget(minutes, 0.0, 0.0, len(scripts), 1, clock),
            log,
            Objective.of("classes"),
            SearchConsole(quiet=True),
            tmp_path,
            patience,
        )
        scheduler.run(ScriptedJobs(scheduler, len(scripts), **queue))
        return scheduler, pool, log

    return make


def test_a_trial_without_limits_has_all_its_epochs(direct):
    scheduler, pool, log = direct([[0.5, 0.6, 0.7]], limit=3)
    assert log.ended["0"]["status"] == "COMPLETED"
    assert log.ended["0"]["metrics"]["val_accuracy"] == 0.7
    assert [o for o in pool.sent if isinstance(o, Continue)] == [Continue(3)] * 3
    assert scheduler.history.trials["0"].seconds_per_epoch == 10


def test_patience_ends_a_trial(direct):
    _, _, log = direct([[0.5, 0.6, 0.6, 0.6, 0.6, 0.6]], patience=5, limit=6)
    assert log.ended["0"]["status"] == "COMPLETED"
    assert len(log.epochs) == 6


def test_the_median_rule_prunes(direct):
    good = [0.6, 0.7, 0.8, 0.9]
    scheduler, _, log = direct([good, good, [0.2, 0.3, 0.4, 0.5]], limit=4)
    told = log.ended["2"]
    assert told["status"] == "PRUNED"
    assert told["reason"].startswith("median rule: its best val_accuracy is 0.3 after 50%")
    assert len(scheduler.history.trials["2"].curve) == 2
    assert told["metrics"]["val_accuracy"] == 0.3


def test_a_trial_ends_with_its_share_and_its_schedule_fits_it(direct):
    _, pool, log = direct([[0.5] * 9, [0.5] * 9], minutes=10, share=45)
    assert log.ended["0"]["reason"] == "its share of the budget is used"
    assert [epoch for trial, epoch in log.epochs if trial == "0"] == [0, 1, 2, 3]
    continues = [command for command in pool.sent if isinstance(command, Continue)]
    assert {command.total_epochs for command in continues} == {4}
    assert continues[0].seconds == 45 + 5
    assert continues[3].seconds == 15 + 5


def test_a_trial_that_does_not_fit_is_refused_with_the_prediction(direct):
    scheduler, _, log = direct([[0.5], [0.6]], minutes=2, epoch_seconds=70, share=20)
    assert log.ended["0"]["status"] == "COMPLETED"
    assert log.ended["1"]["status"] == "REFUSED"
    assert log.ended["1"]["reason"] == (
        "an epoch would take 1:10 min: 3 of them do not fit into its share of 20.0 s"
    )
    assert scheduler.history.trials["1"].predicted_epoch_seconds == 70
    assert [epoch for trial, epoch in log.epochs if trial == "1"] == []


def test_memory_that_ran_out_in_the_library_halves_the_batch_even_if_the_worker_died(direct):
    died = Died("died of SIGSEGV", output="ran out of memory", cause="exhausted")
    scheduler, pool, log = direct([[0.5]], limit=1, deaths=[died, died])
    assert log.ended["0"]["status"] == "COMPLETED"
    sizes = [command.batch_size for command in pool.sent if isinstance(command, TrainCommand)]
    assert sizes == [None, 32, 16]
    assert scheduler.history.trials["0"].batch_size == 16


def test_a_death_is_a_failure_with_its_reason_and_output(direct):
    _, _, log = direct([[0.5], [0.6]], limit=1, deaths=[Died("killed", output="last words")])
    assert log.ended["0"]["status"] == "FAILED"
    assert log.ended["0"]["reason"] == "killed"
    assert log.ended["0"]["traceback"] == "last words"
    assert log.ended["1"]["status"] == "COMPLETED"


@pytest.mark.parametrize(("script", "status"), [([0.5, None], "COMPLETED"), ([None], "REFUSED")])
def test_what_overruns_the_budget_is_killed_and_counts_as_far_as_it_came(direct, script, status):
    _, pool, log = direct([script], minutes=1)
    assert pool.killed == ["killed: the budget is used up"]
    assert log.ended["0"]["status"] == status
    assert log.ended["0"]["reason"] == "cut off by the end of the budget"


def test_nothing_starts_once_it_is_stopping(tmp_path):
    clock = Clock()
    pool = ScriptedPool(clock, [[0.5] * 9, [0.5]])
    log = Recorder(tmp_path)
    scheduler = Scheduler(
        pool,
        Budget(None, 0.0, 0.0, 2, 1, clock),
        log,
        Objective.of("classes"),
        SearchConsole(quiet=True),
        tmp_path,
        None,
    )
    log.on_epoch = lambda trial, epoch: setattr(scheduler, "stopping", epoch == 1)
    scheduler.run(ScriptedJobs(scheduler, 2))
    assert log.epochs == [("0", 0), ("0", 1)]
    assert log.ended == {}
    [record] = scheduler.history.trials.values()
    assert record.status is None
    assert record.reason == "interrupted"


def test_only_the_best_three_keep_their_weights(direct, tmp_path):
    scripts = [[0.5], [0.9], [0.1], [0.7], [0.8]]
    for trial in range(5):
        folder = tmp_path / "trials" / str(trial)
        folder.mkdir(parents=True)
        (folder / "best.npz").touch()
        (folder / "last.npz").touch()
    direct(scripts, limit=1)
    left = {path.parent.name for path in tmp_path.rglob("best.npz")}
    assert left == {"1", "3", "4"}
    assert not list(tmp_path.rglob("last.npz"))


def test_epochs_that_a_checkpoint_had_ahead_of_the_books_are_told(tmp_path):
    """A driver that is killed between a checkpoint and its books loses no point."""
    clock = Clock()
    pool = ScriptedPool(clock, [[0.7]])
    ahead = [{"val_accuracy": 0.5}, {"val_accuracy": 0.6}]
    send = pool.send

    def resumed(name, command):
        send(name, command)
        if isinstance(command, TrainCommand):
            pool._waiting[0] = Built(1000, 64, curve=list(ahead), best_epoch=1)
            pool._epoch = 2

    pool.send = resumed
    log = Recorder(tmp_path)
    budget = Budget(None, 0.0, 0.0, 1, 1, clock)
    objective = Objective.of("classes")
    scheduler = Scheduler(pool, budget, log, objective, SearchConsole(quiet=True), tmp_path, None)
    scheduler.run(ScriptedJobs(scheduler, 1, limit=3))
    assert log.epochs == [("0", 0), ("0", 1), ("0", 2)]
    assert [m["val_accuracy"] for m in log.trials["0"].curve] == [0.5, 0.6, 0.7]


def test_a_halved_batch_is_told(capfd, tmp_path):
    console = SearchConsole()
    scheduler = Scheduler(
        ScriptedPool(Clock(), []),
        Budget(None, 0.0, 0.0, 1, 1, Clock()),
        Recorder(tmp_path),
        Objective.of("classes"),
        console,
        tmp_path,
        None,
    )
    job = ScriptedJobs(scheduler, 1).ask("worker0")
    scheduler._on_event(BatchSizeReduced(32), "worker0", job)
    assert "trial 0: memory ran out inside the library; batches are halved to 32 crops" in (
        capfd.readouterr().err
    )


LOST = Died("its node is gone", cause="lost")


def test_a_trial_whose_worker_is_lost_is_handed_out_again(direct):
    _, _, log = direct([[0.5], [0.6]], limit=1, deaths=[LOST])
    assert [log.ended[trial]["status"] for trial in "01"] == ["COMPLETED", "COMPLETED"]
    assert log.began == ["0", "0", "1"]
    assert log.epochs == [("0", 0), ("1", 0)]


def test_a_trial_that_loses_every_worker_fails(direct):
    _, _, log = direct([[0.5], [0.6]], limit=1, deaths=[LOST] * 3)
    assert log.ended["0"]["status"] == "FAILED"
    assert log.ended["0"]["reason"] == "its node is gone, 3 times"
    assert log.ended["1"]["status"] == "COMPLETED"
