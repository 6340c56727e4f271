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
    with _interrupts_put_off():
        started = [executor.submit(os.getpid) for _ in range(workers)]
    try:
        for future in started:
            future.result()
    except BrokenProcessPool as error:
        raise FdcError(
            "Worker processes end before they begin.",
            "Free some memory. A script of your own needs `if __name__ == '__main__':`.",
        ) from error


@contextmanager
def _interrupts_put_off() -> Iterator[None]:
    """Lets no Ctrl-C come between a child and what it is told first.

    Blocked signals are inherited, so that no child is interrupted while it still imports. In this
    process a thread of some library may take the signal; Python then raises in the main one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = []
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if came:
        raise KeyboardInterrupt


def _begin(begin: Callable[[], object] | None) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
