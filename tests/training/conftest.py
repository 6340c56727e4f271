import threading

import pytest


@pytest.fixture(autouse=True)
def no_thread_is_left():
    """Every worker and every reader thread is gone after a test."""
    before = threading.active_count()
    yield
    assert threading.active_count() <= before + 1
