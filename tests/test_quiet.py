import os

import pytest

from fdc.quiet import native_stderr_hidden


def test_what_is_written_inside_is_hidden_and_what_follows_is_not(capfd):
    with native_stderr_hidden():
        os.write(2, b"chatter")
    os.write(2, b"news")
    assert capfd.readouterr().err == "news"


def break_down() -> None:
    os.write(2, b"why it broke")
    raise OSError("broken")


def test_what_was_written_before_a_failure_is_shown(capfd):
    with pytest.raises(OSError, match="broken"), native_stderr_hidden():
        break_down()
    assert capfd.readouterr().err == "why it broke"
