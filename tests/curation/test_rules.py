"""Each rule sets aside what it names, says why, and leaves the rest alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fdc
from fdc import manifest as manifests
from fdc.curation import gallery, rules
from fdc.errors import DataError
from tests.curation.manifests import RULES, apply, manifest

AIHUB = {
    "birth": 1992, "age": 6, "age_now": 31, "gender": "male", "subject": "aihub:1",
    "width": 918, "height": 1629, "annotated_width": 918, "annotated_height": 1629,
    "box": [323.7, 611.2, 407.6, 394.9],
    "landmarks": [445.5, 725.1, 611.2, 711.3, 526.4, 786.5, 473.6, 895.0, 589.5, 886.9],
}  # fmt: skip
"""A row as the AI-Hub set describes its photos: nothing is wrong with it."""

FAULTS = {
    "born later than the set": ({"birth": 2020, "age": 9, "age_now": 12}, "impossible years"),
    "older than today": ({"age": 31.5, "age_now": 31, "birth": 1970}, "impossible years"),
    "box left of the photo": ({"box": [-300.0, 611.2, 407.6, 394.9]}, "box outside"),
    "box under the photo": ({"box": [323.7, 1500.0, 407.6, 394.9]}, "box outside"),
    "empty box": ({"box": [323.7, 611.2, 0.0, 394.9]}, "face too small"),
    "tiny face": ({"box": [500.0, 700.0, 20.0, 22.0], "landmarks": None}, "face too small"),
    "landmark outside": (
        {"landmarks": [45.5, 725.1, 611.2, 711.3, 526.4, 786.5, 473.6, 895.0, 589.5, 886.9]},
        "landmarks outside",
    ),
    "another size": ({"annotated_width": 1836, "annotated_height": 3258}, "size mismatch"),
    "turned size": ({"annotated_width": 1629, "annotated_height": 918}, "size mismatch"),
    "tiny photo": (
        {"width": 31, "height": 40, "annotated_width": None, "annotated_height": None},
        "too small",
    ),
    "in profile": ({"turn": 0.9}, "face turned"),
    "profile by its points": (
        {"landmarks": [445.5, 725.1, 511.2, 725.1, 526.4, 786.5, 473.6, 895.0, 589.5, 886.9]},
        "face turned",
    ),
}


def _rule(row: pd.Series) -> str | None:
    return None if pd.isna(row["quarantine"]) else str(row["quarantine"]).split(": ")[0]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_its_row_alone(fault: str) -> None:
    changes, rule = FAULTS[fault]
    others = [AIHUB | {"subject": f"aihub:{n}", "turn": 0.1} for n in range(2, 5)]
    curated = apply(manifest([AIHUB | changes, *others]))
    assert [_rule(row) for _, row in curated.iterrows()] == [rule, None, None, None]
    manifests.validate(curated)


def test_reasons_say_the_values() -> None:
    curated = apply(manifest([AIHUB | {"birth": 2020, "age": 9, "age_now": 12}]))
    said = "impossible years: born in 2020 and aged 9: taken in 2029"
    assert curated["quarantine"].tolist() == [said]


@pytest.mark.parametrize("change", [{"birth": 1993}, {"gender": "female"}])
def test_a_contradicting_subject_is_out_as_a_whole(change: dict[str, Any]) -> None:
    rows = [AIHUB, AIHUB, AIHUB | change, AIHUB | {"subject": "aihub:2"}]
    rule = [_rule(row) for _, row in apply(manifest(rows)).iterrows()]
    assert rule == [*["contradicting subject"] * 3, None]


def test_an_album_may_hold_two_genders() -> None:
    album = [{"subject": "adience:7", "gender": gender} for gender in ("female", "male")]
    assert apply(manifest(album))["quarantine"].isna().all()


def test_sources_without_facts_pass() -> None:
    assert apply(manifest([{"age": 30}, {"gender": "male"}]))["quarantine"].isna().all()
    assert apply(manifest([])).empty


def test_what_is_quarantined_stays_so() -> None:
    row = AIHUB | {"age": 40, "quarantine": "unreadable label: no number"}
    assert apply(manifest([row]))["quarantine"].tolist() == ["unreadable label: no number"]


def test_thresholds_can_be_moved_and_switched_off() -> None:
    blurred = manifest([{"sharpness": 12.0, "turn": 0.4}])
    assert apply(blurred)["quarantine"].isna().all()
    assert _rule(apply(blurred, blurriest=20.0).iloc[0]) == "face blurred"
    assert _rule(apply(blurred, most_turned=0.3).iloc[0]) == "face turned"
    aged = manifest([AIHUB | {"birth": 2020, "age": 9, "age_now": 12}])
    assert apply(aged, off=["impossible years"])["quarantine"].isna().all()
    assert apply(aged, latest_year=None)["quarantine"].isna().all()


def test_an_unknown_threshold_is_told_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"smallest_sid.*mean 'smallest_side'"):
        apply(manifest([]), smallest_sid=3)
    with pytest.raises(DataError, match=r"no rule called 'blurry'"):
        apply(manifest([]), off=["blurry"])


@pytest.mark.parametrize("name", rules.NAMED)
def test_a_rule_rests_or_says_why_it_cannot(name: str) -> None:
    if name in {rule.name for rule in rules.RULES if rule.check} | {"label conflict"}:
        apply(manifest([]), off=[name])
    else:
        with pytest.raises(DataError, match=rf"{name}' cannot be switched off: \w+"):
            apply(manifest([]), off=[name])


def test_rule_and_threshold_names_are_unique() -> None:
    assert len(rules.NAMED) == len(rules.RULES)
    assert len(set(rules.THRESHOLDS)) == len(rules.THRESHOLDS)


PLACE_OF_RULE = {"set_aside": 2, "keep_one": 2, "refusal": 1, "Refused": 0}
"""Which argument of a call names the rule."""


def written_rules(module: Path) -> Iterator[str]:
    """The names of rules that stand in a module's code where something is set aside."""
    code = module.read_text()
    writes_quarantine = module.parent.name == "sources" and '"quarantine"' in code
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                place = PLACE_OF_RULE.get(name, len(node.args))
                for argument in node.args[place : place + 1]:
                    if isinstance(argument, ast.Constant):
                        yield argument.value
            case ast.Assign(
                targets=[ast.Tuple(elts=[ast.Subscript(ast.Attribute(ast.Name("rules"))), _])],
                value=ast.Tuple(elts=[ast.Constant(value=rule), _]),
            ):
                yield rule
            case ast.Constant(value=str(entry)) if writes_quarantine:
                if found := re.match(r"([a-z]+(?: [a-z]+)*): ", entry):
                    yield found[1]


def test_the_code_sets_aside_by_the_rules_of_the_table_and_by_each_of_them() -> None:
    written = {
        rule for module in Path(fdc.__file__).parent.rglob("*.py") for rule in written_rules(module)
    }
    checked = {rule.name for rule in rules.RULES if rule.check}
    assert written | checked == set(rules.NAMED)


def test_the_report_shows_copies_by_rules_of_the_table() -> None:
    assert set(gallery._COPIES) <= set(rules.NAMED)


def test_an_experiment_sets_every_threshold_and_no_other() -> None:
    assert set(RULES.thresholds) == set(rules.THRESHOLDS)


def test_a_rule_without_its_threshold_does_not_act() -> None:
    tiny = manifest([AIHUB | {"width": 8, "height": 8}])
    assert rules.apply(tiny, {})["quarantine"].isna().all()
