"""What the service can be told, and what it cannot."""

import pytest
from pydantic import ValidationError

from fdc.errors import SettingsError
from fdc.serving.settings import ServiceSettings, load


def test_without_a_file_and_overrides_the_defaults_hold():
    assert load() == ServiceSettings()


def test_overrides_stand_over_the_file_and_both_over_the_defaults(tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text("port: 9000\nhosts: [faces.example]\nlimits: {megabytes: 4, burst: 3}\n")

    settings = load(path, {"limits.megabytes": 8, "behind": "10.0.0.1"})

    assert (settings.port, settings.hosts, settings.behind) == (
        9000,
        ("faces.example",),
        "10.0.0.1",
    )
    assert (settings.limits.megabytes, settings.limits.burst) == (8, 3)
    assert settings.limits.per_minute == ServiceSettings().limits.per_minute


def test_every_mistake_is_told_at_once():
    with pytest.raises(SettingsError) as raised:
        load(overrides={"limits.megabyte": 8, "limits.at_once": 0, "port": 0, "refresh_seconds": 0})

    told = str(raised.value)
    assert "The command line has 4 mistake(s)" in told
    assert "limits.megabyte: unknown key. Did you mean 'megabytes'?" in told
    assert "limits.at_once: Input should be greater than or equal to 1, but got 0" in told
    assert "port" in told
    assert "refresh_seconds" in told


def test_a_file_with_a_mistake_is_named(tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text("limits: {megabytes: large}\n")

    with pytest.raises(SettingsError, match=r"service\.yaml has 1 mistake.*\n.*limits\.megabytes"):
        load(path)


@pytest.mark.parametrize(
    ("fields", "answered"),
    [
        ({}, ("localhost", "127.0.0.1", "[::1]")),
        ({"host": "::1"}, ("localhost", "127.0.0.1", "[::1]")),
        ({"host": "0.0.0.0"}, ("*",)),
        ({"host": "0.0.0.0", "hosts": ("faces.example",)}, ("faces.example",)),
        ({"hosts": ("*",)}, ("*",)),
    ],
)
def test_only_a_service_that_others_reach_is_addressed_by_any_name(fields, answered):
    assert ServiceSettings(**fields).allowed_hosts == answered


def test_settings_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        ServiceSettings().port = 1
