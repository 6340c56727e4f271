"""What `fdc serve` makes of its flags, and what it says where it cannot serve."""

import pytest
from typer.testing import CliRunner

from fdc.errors import FdcError, RegistryError, SettingsError
from fdc.serving import application
from fdc.serving.settings import ServiceSettings
from pipelines.cli import app
from pipelines.serve import serve


@pytest.fixture
def served(monkeypatch, here) -> list[ServiceSettings]:
    """The settings of every service that was started; none is."""
    started = []
    monkeypatch.setattr(application, "serve", lambda settings, uri: started.append(settings))
    return started


def run(*arguments: str):
    result = CliRunner().invoke(app, ["serve", *arguments])
    if isinstance(result.exception, FdcError):
        raise result.exception
    return result


def test_flags_and_settings_reach_the_service(served, here):
    (here / "service.yaml").write_text("limits: {burst: 5, megabytes: 1}\nrefresh_seconds: 9\n")
    result = run(
        *("--host", "0.0.0.0", "--port", "9000", "--hosts", "a.example", "--hosts", "b.example"),
        *("--behind", "10.0.0.1", "--refresh-seconds", "5", "--config", "service.yaml"),
        *("--set", "limits.megabytes=8"),
    )

    assert result.exit_code == 0, result.output
    assert "http://0.0.0.0:9000" in result.output
    assert served == [
        ServiceSettings(
            host="0.0.0.0",
            port=9000,
            hosts=("a.example", "b.example"),
            behind="10.0.0.1",
            refresh_seconds=5,
            limits={"burst": 5, "megabytes": 8},
        )
    ]


def test_without_flags_the_defaults_hold(served):
    assert run().exit_code == 0
    assert served == [ServiceSettings()]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--set", "limits.megabyte=8"), "Did you mean 'megabytes'"),
        (("--set", "megabytes"), "has no '='"),
        (("--port", "0"), "port: Input should be greater than or equal to 1"),
    ],
)
def test_a_mistake_is_told_before_anything_is_loaded(served, arguments, says):
    with pytest.raises(SettingsError, match=says):
        run(*arguments)
    assert served == []


def test_a_settings_file_that_there_is_not_is_told(served):
    result = run("--config", "none.yaml")

    assert result.exit_code == 2
    assert served == []


def test_without_a_champion_it_is_said_how_to_get_one(here):
    with pytest.raises(RegistryError, match="Promote one first: fdc promote age"):
        serve(ServiceSettings())


def test_the_help_tells_the_defaults_that_hold():
    told = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).output
    settings = ServiceSettings()

    for value in (settings.host, settings.port, settings.refresh_seconds):
        assert f"[default: ({value})]" in told
