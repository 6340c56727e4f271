"""The winner is trained on where that helps, and exported, twice if need be."""

import pytest

from fdc.errors import SearchError
from fdc.execution.protocol import Died
from fdc.search import finish
from fdc.search.budget import Budget
from fdc.search.console import SearchConsole
from fdc.search.finish import best_to_continue, continue_best, export_winner
from fdc.search.messages import Failed
from fdc.search.scheduler import Scheduler
from fdc.training.objective import Objective
from fdc.training.spec import ExportCommand, ExportResult, TrainCommand
from tests.search.conftest import Recorder
from tests.search.scripted import Clock, ScriptedJobs, ScriptedPool

EXPORTED = ExportResult({"val_accuracy": 0.8}, 1e-6)


@pytest.fixture
def searched(tmp_path, monkeypatch):
    """A search of two trials, the second one better, of an epoch each."""
    monkeypatch.setattr(finish, "TIMES_LONGER", 1)

    def make(minutes=10.0, **script):
        clock = Clock()
        pool = ScriptedPool(clock, [[0.5], [0.7]], **script)
        budget = Budget(minutes, 0.0, 0.0, 2, 1, clock)
        objective, log = Objective.of("classes"), Recorder(tmp_path)
        scheduler = Scheduler(
            pool, budget, log, objective, SearchConsole(quiet=True), tmp_path, None
        )
        scheduler.run(ScriptedJobs(scheduler, 2, limit=1))
        return scheduler, pool, clock

    return make


def test_the_best_trial_is_trained_on_from_its_best_epoch(searched, tmp_path):
    scheduler, pool, _ = searched(final=[0.75, 0.8, 0.8])
    continue_best(scheduler, epochs=3)
    final = scheduler.history.trials["final"]
    assert (final.continues, final.first_epoch, final.status) == ("1", 1, "COMPLETED")
    assert [metrics["val_accuracy"] for metrics in final.curve] == [0.75, 0.8, 0.8]
    command = [sent for sent in pool.sent if isinstance(sent, TrainCommand)][-1]
    assert command.start == tmp_path / "trials" / "1" / "best.npz"
    assert scheduler.ranked()[0].id == "final"


@pytest.mark.parametrize("case", ["no limit", "no time", "interrupted", "done"])
def test_it_is_not_where_that_makes_no_sense(searched, case):
    scheduler, _, clock = searched(minutes=None if case == "no limit" else 10.0, final=[0.8] * 3)
    if case == "no time":
        clock.seconds += 570
    elif case == "interrupted":
        scheduler.stopping = True
    elif case == "done":
        continue_best(scheduler, epochs=3)
    assert best_to_continue(scheduler) is None
    before = len(scheduler.history.trials)
    continue_best(scheduler, epochs=3)
    assert len(scheduler.history.trials) == before


def test_the_best_network_is_exported(searched, data, tmp_path):
    scheduler, pool, _ = searched(exports=[EXPORTED])
    result = export_winner(scheduler, data.spec(), tmp_path)
    assert pool.sent[-1] == ExportCommand(
        tmp_path, tmp_path / "trials" / "1" / "best.npz", {"network/width": 16}, flip=True
    )
    assert (result.best_trial, result.score) == ("1", 0.7)
    assert result.validation == EXPORTED.metrics
    assert result.best.id == "1"
    assert not result.interrupted


@pytest.mark.parametrize("fault", [Failed("disk full", "trace"), Died("killed")])
def test_an_export_that_fails_once_is_tried_again(searched, data, tmp_path, fault):
    scheduler, _, _ = searched(exports=[fault, EXPORTED])
    assert export_winner(scheduler, data.spec(), tmp_path).validation == EXPORTED.metrics


def test_an_export_that_fails_twice_is_an_error_that_says_where_the_weights_are(
    searched, data, tmp_path
):
    scheduler, _, _ = searched(exports=[Died("killed"), Failed("disk full", "trace")])
    with pytest.raises(SearchError, match=r"could not be exported: disk full\..*1/best\.npz"):
        export_winner(scheduler, data.spec(), tmp_path)
