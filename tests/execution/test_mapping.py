"""Items that raise, crash, hang and are lost, on every engine with the same results."""

import ctypes
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest

from fdc.errors import ExecutionError, WeightsError
from fdc.execution.mapping import Crashed, map_ordered
from tests.clusters import Nodes
from tests.execution.targets import (
    abort_at_once,
    answer,
    answer_slowly,
    crash_once,
    meet,
    note_and_answer,
    refuse,
)


def run(engine: str, items: Iterable[Any], work: Any = answer, **options: Any) -> list[Any]:
    return list(map_ordered(work, items, engine=engine, workers=2, **options))


def test_results_come_in_the_order_of_the_items(engine: str) -> None:
    assert run(engine, range(300)) == list(range(300))


def test_nothing_to_do(engine: str) -> None:
    assert run(engine, []) == []


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("segfault", "died of SIGSEGV (Segmentation fault)"),
        ("abort", "died of SIGABRT (Aborted)"),
        ("kill", "killed by the system, most likely out of memory"),
    ],
)
def test_an_item_that_ends_its_worker_costs_itself_alone(
    engine: str, word: str, reason: str
) -> None:
    items = [*range(4), word, *range(20)]
    assert run(engine, items) == [*range(4), Crashed(word, reason), *range(20)]


@pytest.mark.parametrize("ahead", [1, 2, 16])
def test_the_guilty_item_is_found_however_many_are_ahead(ahead: int) -> None:
    items = [*range(4), "abort", "abort", *range(20)]
    crashed = Crashed("abort", "died of SIGABRT (Aborted)")
    assert run("local", items, ahead=ahead) == [*range(4), crashed, crashed, *range(20)]


def test_an_item_that_takes_all_the_memory(engine: str) -> None:
    [before, item, after] = run(engine, [0, "memory", 1], memory_bytes=300_000_000)
    assert (before, after) == (0, 1)
    assert item.reason.startswith("killed: it used ")


def test_an_item_that_never_ends_is_given_up_at_once(engine: str, tmp_path: Path) -> None:
    work = partial(note_and_answer, tmp_path / "notes")
    crashed = Crashed("sleep", "it took more than 3 s")
    assert run(engine, [0, "sleep", 1], work, hang_seconds=3) == [0, crashed, 1]
    assert (tmp_path / "notes").read_text().split().count("sleep") == 1


def test_an_item_whose_worker_died_by_chance_is_tried_once_more(
    engine: str, tmp_path: Path
) -> None:
    items = [0, "crash", 1]
    assert run(engine, items, partial(crash_once, tmp_path / "marker")) == items


def test_what_the_work_raises_is_raised_here(engine: str) -> None:
    with pytest.raises(OSError, match="No space left") as told:
        run(engine, [0, "raise", 1])
    assert told.value.errno == 28
    assert "in answer" in told.value.__notes__[0]


def test_an_error_before_the_first_item_is_raised_once(engine: str) -> None:
    with pytest.raises(WeightsError, match="is missing") as told:
        run(engine, range(5), refuse)
    assert told.value.hint == "Put it there."


def test_workers_that_cannot_start_are_not_started_for_ever(engine: str) -> None:
    with pytest.raises(ExecutionError, match="do not start"):
        run(engine, range(5), abort_at_once)


def test_items_are_taken_as_they_are_needed(engine: str) -> None:
    taken = 0

    def many() -> Iterable[int]:
        nonlocal taken
        for number in range(300):
            taken += 1
            yield number

    results = map_ordered(answer, many(), engine=engine, workers=1)
    next(results)
    assert taken <= 40
    assert len(list(results)) == 299


def test_what_is_finished_behind_a_slow_item_does_not_grow() -> None:
    taken = 0

    def many() -> Iterable[float]:
        nonlocal taken
        yield 2.0
        for _ in range(10_000):
            taken += 1
            yield 0.0

    results = map_ordered(partial(map, time.sleep), many(), workers=2)
    next(results)
    assert 10 < taken <= 40
    results.close()  # type: ignore[attr-defined]


def test_few_items_are_spread_over_all_workers(tmp_path: Path) -> None:
    """The last two wait for each other, however late the second worker starts."""
    items = [*range(8), "meet", "meet"]
    assert list(map_ordered(partial(meet, tmp_path), items, workers=2, ahead=1)) == items
    assert len(list(tmp_path.iterdir())) == 2


def test_no_worker_outlives_the_run() -> None:
    results = map_ordered(answer_slowly, range(200), workers=2)
    next(results)
    workers = [
        child for child in psutil.Process().children() if "fdc.execution.process" in child.cmdline()
    ]
    assert len(workers) == 2
    results.close()  # type: ignore[attr-defined]
    assert not [worker for worker in workers if worker.is_running()]


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from functools import partial\nfrom fdc.execution.mapping import map_ordered\n"
        "print(list(map_ordered(partial(map, abs), [-1, 2], workers=2)))\n"
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert told.stdout.split() == ["[1,", "2]"], told.stderr


def test_libraries_may_crash_too() -> None:
    assert run("local", [b"1", 0, b"2"], partial(map, ctypes.string_at)) == [
        b"1",
        Crashed(0, "died of SIGSEGV (Segmentation fault)"),
        b"2",
    ]


def test_a_node_that_dies_costs_no_item(cluster: Nodes) -> None:
    results = map_ordered(answer_slowly, range(300), engine="ray")
    found = list(islice(results, 50))
    cluster.kill(cluster.others[0])
    found += results
    assert found == list(range(300))
    cluster.add(num_cpus=1)
