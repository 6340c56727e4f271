import math

import pytest

from fdc.search.budget import FEWEST_EPOCHS, START_SECONDS, Budget, duration, more_epochs


class Clock:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def budget(clock, minutes=10.0, reserve=60.0, used=0.0, trials=6, workers=1):
    return Budget(minutes, reserve, used, trials, workers, clock)


def test_time_is_halved_between_trials_and_the_winner(clock):
    whole = budget(clock)
    assert whole.left == 540
    assert whole.trial_seconds_left == 270
    assert whole.share(6, 1.0, None) == 45


def test_a_single_trial_may_use_everything(clock):
    assert budget(clock, trials=1).trial_seconds_left == 540


def test_earlier_sessions_count(clock):
    assert budget(clock, used=500).left == 40


def test_workers_share_side_by_side(clock):
    assert budget(clock, workers=2).share(6, 1.0, None) == 90


def test_slow_networks_get_fewer_but_longer_trials(clock):
    whole = budget(clock)
    assert whole.share(6, 1.0, 20.0) == START_SECONDS + FEWEST_EPOCHS * 20
    clock.seconds += 250
    assert whole.share(2, 1.0, 20.0) is None


def test_a_trial_whose_epochs_do_not_fit_its_share_gets_no_deadline(clock):
    whole = budget(clock)
    assert whole.deadline(clock(), 45, 10.0, 60, first=False) == clock() + 45
    assert whole.deadline(clock(), 45, 20.0, 60, first=False) is None
    assert whole.deadline(clock(), 45, 20.0, 2, first=False) == clock() + 45


def test_the_first_trial_may_take_what_there_is(clock):
    whole = budget(clock)
    assert whole.deadline(clock(), 45, 20.0, 60, first=True) == pytest.approx(clock() + 72)
    assert whole.deadline(clock(), 45, 200.0, 60, first=True) == whole.trials_end
    assert whole.deadline(clock(), 45, 500.0, 60, first=True) == whole.end
    assert whole.deadline(clock(), 45, 600.0, 60, first=True) is None


def test_no_minutes_no_limit(clock):
    endless = budget(clock, minutes=None)
    assert math.isinf(endless.left)
    assert endless.share(3, 1.0, None) == math.inf
    assert endless.share(3, 1.0, 50.0) == math.inf


def test_more_epochs():
    assert more_epochs(59.5, 20) == 3
    assert more_epochs(50, 20) == 2
    assert more_epochs(-5, 20) == 0
    assert more_epochs(math.inf, 20) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(8.24, "8.2 s"), (200, "3:20 min"), (7500, "2:05 h"), (119.7, "2:00 min")]
)
def test_duration(seconds, text):
    assert duration(seconds) == text
