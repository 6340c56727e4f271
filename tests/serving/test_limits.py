"""Rate limits by a clock that the test turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fdc.serving.limits import Limits, RateLimiter


class Clock:
    """Seconds that pass when told to."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@given(
    st.lists(st.floats(0, 30), max_size=80),
    st.integers(1, 20),
    st.floats(1, 600),
)
def test_no_client_gets_more_than_burst_and_rate(pauses, burst, per_minute):
    clock = Clock()
    rates = RateLimiter(per_minute, burst, now=clock)
    allowed = 0
    for pause in pauses:
        clock.seconds += pause
        allowed += rates.seconds_to_wait("someone") == 0

    assert allowed <= burst + clock.seconds * per_minute / 60 + 1e-6


def test_waiting_as_told_is_enough_and_less_is_not():
    clock = Clock()
    rates = RateLimiter(30, 1, now=clock)
    assert rates.seconds_to_wait("someone") == 0
    wait = rates.seconds_to_wait("someone")

    assert wait == pytest.approx(2)
    clock.seconds += wait / 2
    assert rates.seconds_to_wait("someone") > 0
    clock.seconds += wait / 2 + 1e-6
    assert rates.seconds_to_wait("someone") == 0


def test_clients_do_not_count_for_each_other_and_memory_is_bounded():
    rates = RateLimiter(1, 1, clients=100, now=Clock())

    assert all(rates.seconds_to_wait(f"client-{i}") == 0 for i in range(1000))
    assert len(rates._buckets) == 100


def test_limits_must_be_positive():
    with pytest.raises(ValidationError, match="greater than 0"):
        Limits(megabytes=0)
