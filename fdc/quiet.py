"""Libraries that talk too much while they are loaded."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def native_stderr_hidden() -> Iterator[None]:
    """Keeps what compiled libraries write to standard error away from the person.

    TensorFlow announces CPU features and missing GPU drivers before its own log level holds. Where
    the block fails, what was written is shown after all.
    """
    kept = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            written.seek(0)
            os.write(2, written.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
