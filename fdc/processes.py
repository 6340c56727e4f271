"""Worker processes for work that the interpreter's lock would keep on one core."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from fdc.errors import FdcError


@contextmanager
def pool(workers: int, begin: Callable[[], object] | None = None) -> Iterator[ProcessPoolExecutor]:
    """Starts processes, and ends them however the block is left.

    They leave Ctrl-C to their parent, and end with it even if it is killed.

    Args:
        workers: How many processes.
        begin: Called in each of them first; a function that can be imported.

    Yields:
        The executor. Where an error leaves the block, what was not begun yet is dropped.

    Raises:
        FdcError: If the processes cannot start, or one of them is killed.
    """
    # A forked process would inherit the locks of this one's threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (begin,)) as executor:
        try:
            _start(executor, workers)
            yield executor
        except BrokenProcessPool as error:
            raise FdcError(
                "A worker process ended in the middle of its work.", "Free some memory, and go on."
            ) from error
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


def _start(executor: ProcessPoolExecutor, workers: int) -> None:
    # Blocked signals are inherited, so that no child is interrupted while it still imports.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        started = [executor.submit(os.getpid) for _ in range(workers)]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    try:
        for future in started:
            future.result()
    except BrokenProcessPool as error:
        raise FdcError(
            "Worker processes end before they begin.",
            "Free some memory. A script of your own needs `if __name__ == '__main__':`.",
        ) from error


def _begin(begin: Callable[[], object] | None) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
