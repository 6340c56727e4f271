"""A file, what the command line puts over it, and every mistake in both."""

import pytest
from pydantic import BaseModel, Field

from fdc import configuration
from fdc.errors import SettingsError


class Inner(BaseModel, extra="forbid"):
    size: int = Field(default=1, ge=1)


class Outer(BaseModel, extra="forbid"):
    name: str
    inner: Inner = Inner()


def test_overrides_are_read_as_yaml():
    assert configuration.parse_override("search.minutes=5") == ("search.minutes", 5)
    assert configuration.parse_override("task.bins=[0, 1]") == ("task.bins", [0, 1])
    with pytest.raises(SettingsError, match="has no '='"):
        configuration.parse_override("search.minutes")
    with pytest.raises(SettingsError, match="not YAML"):
        configuration.parse_override("a=[")


def test_an_override_makes_the_mappings_on_its_way_and_keeps_what_stands_beside():
    values = {"name": "x", "inner": {"size": 2}, "other": "text"}
    configuration.override(values, {"inner.depth": 3, "new.deep.key": 4, "other.key": 5})

    assert values == {
        "name": "x",
        "inner": {"size": 2, "depth": 3},
        "new": {"deep": {"key": 4}},
        "other": {"key": 5},
    }


def test_every_mistake_is_told_with_its_source_and_what_is_allowed():
    with pytest.raises(SettingsError) as raised:
        configuration.validate(Outer, {"inner": {"size": 0, "sise": 1}}, "--set")

    told = str(raised.value)
    assert "--set has 3 mistake(s)" in told
    assert "name: is missing" in told
    assert "inner.size: Input should be greater than or equal to 1, but got 0" in told
    assert "inner.sise: unknown key. Did you mean 'size'? Allowed: size" in told


@pytest.mark.parametrize(("text", "says"), [("a: [", "not YAML"), ("- 1", "needs one of: name")])
def test_a_file_that_holds_no_settings_is_named(tmp_path, text, says):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=rf"x\.yaml .*{says}"):
        configuration.read(path, Outer)
