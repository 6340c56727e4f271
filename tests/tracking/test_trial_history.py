"""Records are the replay of their journal, wherever a kill has cut it off."""

import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.tracking import Journal, TrialHistory, TrialRecord

TRIALS = ("0000", "0001", "final")
NUMBERS = st.floats(allow_nan=False)
METRICS = st.dictionaries(st.sampled_from(["loss", "val_accuracy", "한글"]), NUMBERS)
SECONDS = st.none() | st.floats(0, 1e6)
TEXTS = st.none() | st.text(max_size=20)


def epoch(history: TrialHistory, trial: str, metrics: dict, improved: bool, seconds) -> None:
    number = history.trials[trial].next_epoch
    # The first epoch is the best so far.
    best = improved or history.trials[trial].best_epoch is None
    history.epoch_ended(trial, number, metrics, improved=best, seconds=seconds)


def built(history: TrialHistory, trial: str, kept: float) -> None:
    epochs = int(len(history.trials[trial].curve) * kept)
    history.network_built(trial, 1000, 64, epochs, epochs - 1 if epochs else None)


def ended(history: TrialHistory, trial: str, status, reason, seconds, traceback) -> None:
    history.trial_ended(trial, status, reason, seconds=seconds, traceback=traceback)


STATUSES = st.sampled_from([None, "COMPLETED", "PRUNED", "REFUSED", "FAILED"])
STEPS = st.one_of(
    st.tuples(st.just(epoch), METRICS, st.booleans(), SECONDS),
    st.tuples(st.just(built), st.floats(0, 1)),
    st.tuples(st.just(TrialHistory.speed_measured), NUMBERS),
    st.tuples(st.just(ended), STATUSES, TEXTS, st.floats(0, 1e6), TEXTS),
)
PLANS = st.builds(
    TrialRecord,
    id=st.sampled_from(TRIALS),
    number=st.integers(0, 9),
    hyperparameters=st.dictionaries(st.text(max_size=9), st.integers() | NUMBERS | st.booleans()),
    seed=st.integers(0, 2**32 - 1),
    first_epoch=st.integers(0, 3),
    resource=st.floats(0, 1),
    continues=st.none() | st.sampled_from(TRIALS),
)
LIVES = st.lists(st.tuples(PLANS, st.lists(STEPS, max_size=6), st.floats(0, 1e6)), max_size=6)


def state(history: TrialHistory):
    return copy.deepcopy((history.trials, list(history.trials), history.identity, history.seconds))


@given(life=LIVES, cut=st.floats(0, 1))
def test_a_replay_of_any_prefix_gives_what_was_lived_through(tmp_path_factory, life, cut):
    folder = tmp_path_factory.mktemp("lived")
    history = TrialHistory(Journal(folder))
    lived = [(0, state(history))]
    append = history._append

    def watched(kind: str, **content) -> None:
        append(kind, **content)
        lived.append((history.journal.end, state(history)))

    history._append = watched
    history.search_began({"seed": 3, "augmentation": ["flip"]})
    for plan, steps, seconds in life:
        record = history.trial_began(plan)
        assert record is history.trials[plan.id]
        for step, *arguments in steps:
            step(history, plan.id, *arguments)
        history.seconds_used(seconds)
    history.journal.close()

    content = (folder / "journal.jsonl").read_bytes()
    kept = int(cut * len(content))
    again = tmp_path_factory.mktemp("again")
    (again / "journal.jsonl").write_bytes(content[:kept])
    replayed = TrialHistory(Journal(again))
    assert state(replayed) == [known for end, known in lived if end <= kept][-1]
    replayed.journal.close()


@pytest.fixture
def history(tmp_path: Path) -> TrialHistory:
    made = TrialHistory(Journal(tmp_path))
    made.trial_began(TrialRecord("0000", 0, {"width": 8}, seed=1))
    return made


def test_no_journal_no_search(tmp_path):
    history = TrialHistory(Journal(tmp_path))
    assert history.identity is None
    assert history.trials == {}
    assert history.seconds == 0


def test_an_epoch_is_noted_once(history):
    for metrics in ({"loss": 2.0}, {"loss": 1.0}):
        history.epoch_ended("0000", 0, metrics, improved=True, seconds=5.0)
    record = history.trials["0000"]
    assert record.curve == [{"loss": 2.0}]
    assert record.training_seconds == 5


def test_a_checkpoint_that_was_lost_takes_its_epochs_along(history):
    for number, loss in enumerate([3.0, 1.0, 2.0]):
        history.epoch_ended("0000", number, {"loss": loss}, improved=number < 2)
    assert history.trials["0000"].metrics == {"loss": 1.0}
    history.network_built("0000", 1000, 64, epochs=1, best_epoch=0)
    assert history.trials["0000"].curve == [{"loss": 3.0}]
    assert history.trials["0000"].metrics == {"loss": 3.0}
    assert history.trials["0000"].next_epoch == 1


def test_a_trial_that_is_taken_up_is_open_again_and_keeps_its_curve(history):
    history.epoch_ended("0000", 0, {"loss": 3.0}, improved=True)
    history.trial_ended("0000", None, "interrupted", seconds=4.0)
    record = history.trials["0000"]
    assert (record.status, record.reason, record.seconds) == (None, "interrupted", 4.0)
    again = history.trial_began(record)
    assert again is record
    assert (record.reason, record.curve, record.seconds) == (None, [{"loss": 3.0}], 4.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda history: history.epoch_ended("ghost", 0, {}, improved=True),
        lambda history: history.trial_ended("ghost", "FAILED", None, seconds=0.0),
        lambda history: history.speed_measured("ghost", 1.0),
        lambda history: history.network_built("ghost", 1, 1, 0, None),
    ],
)
def test_a_trial_that_never_began_is_a_mistake_and_leaves_no_trace(history, call):
    before = history.journal.end
    with pytest.raises(ValueError, match="trial ghost has not begun"):
        call(history)
    assert history.journal.end == before
