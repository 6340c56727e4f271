import io

import rich.console

from fdc.search import console as consoles
from fdc.search.budget import Budget
from fdc.search.console import SearchConsole
from fdc.search.jobs import Job
from fdc.tracking import TrialRecord
from fdc.training.objective import Objective
from fdc.training.spec import TrainCommand


def records():
    done = TrialRecord("0000", 0, {"network/family": "plain", "network/width": 16}, 1)
    done.curve = [{"loss": 0.5, "val_accuracy": 0.7}, {"loss": 0.4, "val_accuracy": 0.6}]
    done.best_epoch = 0
    done.status, done.seconds, done.parameters = "COMPLETED", 83.0, 1_230_000
    failed = TrialRecord("0001", 1, {}, 1, status="FAILED", reason="killed by the system")
    chosen = {"network/family": "residual", "learning_rate": 0.002}
    running = TrialRecord("0002", 2, chosen, 1)
    return [done, failed, running]


def test_plain_lines_where_there_is_no_terminal(capfd):
    done, failed, running = records()
    with SearchConsole() as console:
        console.trial_began(running)
        console.trial_ended(done)
        console.trial_ended(failed)
        console.update(records(), Objective.of("classes"), Budget(None, 0, 0, 1, 1), [])
    lines = capfd.readouterr().err.splitlines()
    assert lines == [
        "trial 0002 begins: residual, rate 0.002",
        "trial 0000 COMPLETED in 1:23 min: loss 0.5000, val_accuracy 0.7000",
        "trial 0001 FAILED in 0.0 s (killed by the system)",
    ]


def test_epochs_are_told_now_and_then_only(capfd):
    record = records()[0]
    with SearchConsole() as console:
        for _ in range(5):
            console.epoch_ended(record, 9)
    assert capfd.readouterr().err.splitlines() == [
        "trial 0000: epoch 2 of 9, loss 0.4000, val_accuracy 0.6000"
    ]


def test_quiet_says_nothing(capfd):
    record = records()[0]
    with SearchConsole(quiet=True) as console:
        console.trial_began(record)
        console.say("hello")
    assert capfd.readouterr().err == ""


def test_the_table_shows_trials_best_and_time(tmp_path):
    trials = records()
    running = trials[2]
    job = Job(running, TrainCommand(tmp_path, {}, 1), 9, 10.0, 0.0, total=7)
    budget = Budget(10.0, 0.0, 60.0, 3, 1, lambda: 0.0)
    table = consoles._table(trials, Objective.of("classes"), budget, [job])
    shown = io.StringIO()
    rich.console.Console(file=shown, width=140).print(table)
    text = shown.getvalue()
    assert "1:00 min used, 9:00 min left" in text
    assert "best loss 0.5000, val_accuracy 0.7000 (trial 0000)" in text
    assert "0/7" in text
    assert "running" in text
    assert "plain, width 16" in text
    assert "1.23 M" in text
