import errno
import subprocess
import sys

import pytest

from fdc.errors import DataError
from pipelines import cli
from tests.test_docs import VERBS

HEAVY = ("numpy", "pandas", "mlflow", "tensorflow", "keras", "cv2", "PIL", "fastapi", "fdc.tasks")


def outcome(monkeypatch, capsys, raised):
    """Exit code and what is printed where a verb raises."""

    def app():
        raise raised

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    printed = capsys.readouterr()
    assert printed.out == ""
    return stopped.value.code, printed.err


def test_what_a_person_can_put_right_is_told_without_a_traceback(monkeypatch, capsys):
    code, told = outcome(monkeypatch, capsys, DataError("No [red] photo.", "Give some."))
    assert (code, told) == (2, "Error: No [red] photo.\nWhat to do: Give some.\n")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS])
def test_a_disk_that_cannot_be_written_is_told_with_its_place(monkeypatch, capsys, number):
    code, told = outcome(monkeypatch, capsys, OSError(number, "no", "data/x"))
    assert code == 2
    assert "at data/x." in told
    assert "What to do: Make room or give access" in told


def test_ctrl_c_ends_with_its_own_code(monkeypatch, capsys):
    code, told = outcome(monkeypatch, capsys, KeyboardInterrupt())
    assert code == 130
    assert "The same command takes it up again." in told


def test_what_nobody_expected_keeps_its_traceback(monkeypatch):
    def app():
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(OSError, match="no"):
        cli.main()


@pytest.mark.parametrize("verb", ["search", "prepare", "audit", "data report"])
def test_an_unknown_task_names_the_known_ones(verb):
    said = fdc(*verb.split(), "gendre")
    assert said.returncode == 2
    assert "Did you mean 'gender'?" in said.stderr
    assert "age_regression" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_flag_is_stronger_than_set_and_set_than_the_file():
    loaded = cli._experiment("age", ["search.trials=3", "search.minutes=7"], search__minutes=2.0)
    assert (loaded.search.trials, loaded.search.minutes) == (3, 2)


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_loads_nothing_that_takes_time(verb):
    watched = f"""
import sys
from pipelines.cli import main
try:
    main()
finally:
    print(set(sys.modules) & {set(HEAVY)}, file=sys.stderr)
"""
    said = fdc(*verb.split(), "--help", code=watched)
    assert said.returncode == 0
    assert "Usage: " in said.stdout
    assert said.stderr.strip() == "set()"


def fdc(*words, code="from pipelines.cli import main; main()"):
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
