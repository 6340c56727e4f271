"""A progress bar on a terminal, a plain line now and then everywhere else."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

Item = TypeVar("Item")

SECONDS_BETWEEN_LINES = 10.0


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "", style="progress.data.speed")


def track(
    items: Iterable[Item],
    description: str,
    total: int | None = None,
    status: Callable[[], str] | None = None,
) -> Iterator[Item]:
    """Passes the items on while it shows how far they are.

    Args:
        items: What is worked through.
        description: What is being done, such as "Preparing photos".
        total: How many items there are; asked of `items` where it can tell.
        status: Called now and then; its text follows the bar, such as "12 quarantined".

    Yields:
        The items, one by one.
    """
    if total is None and isinstance(items, Sized):
        total = len(items)
    console = Console(stderr=True)
    shown = _bar if console.is_terminal else _lines
    yield from shown(items, description, total, status or (lambda: ""), console)


def _bar(
    items: Iterable[Item],
    description: str,
    total: int | None,
    status: Callable[[], str],
    console: Console,
) -> Iterator[Item]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[status]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(description, total=total, status="")
        for item in items:
            yield item
            progress.update(task, advance=1, status=status())


def _lines(
    items: Iterable[Item],
    description: str,
    total: int | None,
    status: Callable[[], str],
    console: Console,
) -> Iterator[Item]:
    began = last = time.monotonic()
    done = told = 0
    for item in items:
        yield item
        done += 1
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES:
            last, told = now, done
            _line(description, done, total, now - began, status())
    if told < done or not done:
        _line(description, done, total, time.monotonic() - began, status())


def _line(description: str, done: int, total: int | None, seconds: float, status: str) -> None:
    rate = done / seconds if seconds > 0 else 0.0
    parts = [f"{description}: {done}" + (f" of {total}" if total is not None else "")]
    parts.append(f"{rate:.1f}/s")
    if total and rate and done < total:
        parts.append(f"{(total - done) / rate:.0f} s left")
    if status:
        parts.append(status)
    print(", ".join(parts), file=sys.stderr, flush=True)
