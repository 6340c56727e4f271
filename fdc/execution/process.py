"""The process of a worker; a pool starts it as a module."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from fdc.errors import FdcError
from fdc.execution.protocol import Channel

_PR_SET_PDEATHSIG = 1
_SECONDS_BETWEEN_LOOKS = 1.0


def main() -> None:
    """Lives as its pool tells it first, over the file descriptor that it inherits."""
    descriptor, parent = map(int, sys.argv[1:])
    # A terminal's Ctrl-C and a service manager's SIGTERM are the parent's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_with(parent)
    channel = Channel(Connection(descriptor))
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        target, arguments = channel.receive()
        try:
            target(channel, *arguments)
        except FdcError as error:
            channel.send(error)


def end_with(parent: int) -> None:
    """Lets this process end when its parent does, however that ends.

    Args:
        parent: Its process id.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # Where memory runs out, the kernel is to take the worker and not its parent.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it was gone before the kernel was asked
        sys.exit("the parent is gone")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)


if __name__ == "__main__":
    main()
