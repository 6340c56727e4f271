import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fdc.errors import FdcError
from fdc.execution.processes import pool


def end(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_work_is_done_in_other_processes() -> None:
    with pool(2) as executor:
        assert list(executor.map(abs, (-1, -2, -3))) == [1, 2, 3]
        assert executor.submit(os.getpid).result() != os.getpid()


def test_each_process_begins_with_what_it_is_told_to() -> None:
    with pool(1, begin=os.setpgrp) as executor:
        assert executor.submit(os.getpgrp).result() != os.getpgrp()


def test_a_killed_process_is_told_in_a_sentence() -> None:
    with pytest.raises(FdcError, match="ended in the middle"), pool(1) as executor:
        executor.submit(end, 0).result()


def test_ctrl_c_is_heard_again_once_they_have_started() -> None:
    with pool(1):
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_an_error_of_the_block_passes() -> None:
    with pytest.raises(ZeroDivisionError), pool(1) as executor:
        executor.submit(abs, 1 / 0)


def test_a_script_without_a_guard_is_told_so(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from fdc.errors import FdcError\nfrom fdc.execution.processes import pool\n"
        "try:\n    with pool(1):\n        pass\n"
        "except FdcError as error:\n    print(error.hint)\n"
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert "if __name__ == '__main__':" in told.stdout
