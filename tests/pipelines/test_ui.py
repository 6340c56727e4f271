import os
import sys

import pytest

from pipelines.ui import ui


class Replaced(Exception):
    """What would run instead of this process."""


@pytest.fixture
def replaced(monkeypatch):
    def execv(program, command):
        raise Replaced(program, command)

    monkeypatch.setattr(os, "execv", execv)


def test_mlflows_server_takes_the_place_of_the_command(replaced, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///runs.db")
    with pytest.raises(Replaced) as told:
        ui("127.0.0.1", 5123)
    program, command = told.value.args
    assert program == command[0] == sys.executable
    assert command[command.index("--backend-store-uri") + 1] == "sqlite:///runs.db"
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "5123"


def test_runs_that_a_server_keeps_are_looked_at_there(replaced, monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://runs.example:5000")
    ui("127.0.0.1", 5123)
    assert "open http://runs.example:5000" in capsys.readouterr().out
