"""The file of events."""

import json
import math
import os
import resource

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fdc.errors import TrackingError
from fdc.tracking.journal import Journal


def test_what_is_written_is_read_in_order(tmp_path):
    journal = Journal(tmp_path)
    journal.append("metrics", run="a", values={"loss": math.nan}, step=1)
    journal.append("tags", run="b", values={"이름": "값"})
    events = [event for event, _ in journal.read()]
    assert [event["kind"] for event in events] == ["journal", "metrics", "tags"]
    assert math.isnan(events[1]["values"]["loss"])
    assert events[2]["values"] == {"이름": "값"}
    (_, first_end), (_, second_end), _ = journal.read()
    assert [event["kind"] for event, _ in journal.read(second_end)] == ["tags"]
    assert [event["kind"] for event, _ in journal.read(first_end, limit=1)] == ["metrics"]


def test_identity_and_events_outlive_the_process(tmp_path):
    journal = Journal(tmp_path)
    journal.append("tags", run="a", values={})
    journal.close()
    again = Journal(tmp_path)
    assert again.identity == journal.identity
    assert [event.get("run", "") for event, _ in again.read()] == ["", "a"]


@given(kept=st.integers(0, 60))
def test_a_torn_last_line_is_set_aside(tmp_path_factory, kept):
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder)
    journal.append("tags", run="whole", values={})
    whole = journal.end
    journal.append("tags", run="torn", values={"text": "x" * 50})
    journal.close()
    os.truncate(folder / "journal.jsonl", whole + kept)
    again = Journal(folder)
    again.append("tags", run="after", values={})
    assert [event.get("run", "") for event, _ in again.read()] == ["", "whole", "after"]
    again.close()


def test_a_line_that_does_not_fit_is_said_plainly_and_leaves_whole_lines(tmp_path):
    journal = Journal(tmp_path)
    journal.append("tags", run="a", values={})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.end + 20, before[1]))
    try:
        with pytest.raises(TrackingError, match=r"journal\.jsonl cannot be written"):
            journal.append("tags", run="b", values={})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    journal.append("tags", run="c", values={})
    lines = (tmp_path / "journal.jsonl").read_bytes().splitlines()
    assert [json.loads(line).get("run", "") for line in lines] == ["", "a", "c"]


def test_a_kept_file_has_its_content_and_name(tmp_path):
    journal = Journal(tmp_path)
    one = journal.store_file(b"one", "curves.png")
    two = journal.store_file(b"two", "curves.png")
    assert (tmp_path / one).read_bytes() == b"one"
    assert (tmp_path / two).read_bytes() == b"two"
    assert journal.store_file(b"one", "curves.png") == one


@pytest.mark.parametrize("file", ["state.json", "tracking/journal.jsonl"])
def test_a_search_of_an_older_fdc_is_refused_with_the_reason(tmp_path, file):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("{}")
    for _ in range(2):
        with pytest.raises(TrackingError, match="begun by an older fdc") as told:
            Journal(tmp_path)
        assert "--fresh" in told.value.hint
    (tmp_path / file).unlink()
    Journal(tmp_path).close()


def test_a_journal_has_one_holder(tmp_path):
    journal = Journal(tmp_path)
    with pytest.raises(TrackingError, match="Another process searches in"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


def test_an_event_comes_back_as_it_will_be_read(tmp_path):
    journal = Journal(tmp_path)
    event = journal.append("metrics", values={"loss": np.float32(0.5), "n": np.int64(3)}, at=(1, 2))
    assert event["values"] == {"loss": 0.5, "n": 3}
    assert event["at"] == [1, 2]
    assert [read for read, _ in journal.read()][-1] == event
