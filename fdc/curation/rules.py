"""The table of rules: what may not be learned from, and by which threshold.

Each rule sets rows aside under its own name. Some rules need the photo itself and act while crops
are cut, some need the whole table; all of them stand here, so that one table tells everything.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from fdc import manifest as manifests
from fdc.curation import checks
from fdc.errors import DataError, did_you_mean

Check = Callable[..., pd.Series]


@dataclass(frozen=True)
class Rule:
    """One reason to set a photo aside.

    Attributes:
        name: Stands before the colon in the manifest's `quarantine`; "rule.<name>" of the locale
            says what it sets aside.
        check: Gives a reason per row; None where another step applies the rule.
        threshold: The name of what the check compares with, such as "smallest_side".
    """

    name: str
    check: Check | None = None
    threshold: str | None = None


RULES: tuple[Rule, ...] = (
    Rule("unreadable label"),
    Rule("unreadable name"),
    Rule("listed twice"),
    Rule("missing file"),
    Rule("undecodable", checks.undecodable),
    Rule("too small", checks.too_small, "smallest_side"),
    Rule("face too small", checks.face_too_small, "smallest_face"),
    Rule("size mismatch", checks.size_mismatch, "size_tolerance"),
    Rule("box outside", checks.box_outside, "box_overhang"),
    Rule("landmarks outside", checks.landmarks_outside, "landmark_overhang"),
    Rule("impossible years", checks.impossible_years, "latest_year"),
    Rule("contradicting subject", checks.contradicting_subject),
    Rule("no face"),
    Rule("several faces"),
    Rule("face turned", checks.face_turned, "most_turned"),
    Rule("face blurred", checks.face_blurred, "blurriest"),
    Rule("unreadable"),
    Rule("vanished"),
    Rule("changed"),
    Rule("out of memory"),
    Rule("crashed the worker"),
    Rule("failed"),
    Rule("implausible mask"),
    Rule("label conflict"),
    Rule("label missing"),
    Rule("label outside"),
    Rule("cross split"),
    Rule("exact duplicate"),
    Rule("near duplicate"),
)
"""In the order in which they act: the first that meets a row keeps it."""

NAMED: Mapping[str, Rule] = {rule.name: rule for rule in RULES}

THRESHOLDS = tuple(rule.threshold for rule in RULES if rule.threshold)
"""Every threshold by name."""


def apply(
    manifest: pd.DataFrame, thresholds: Mapping[str, float | None], off: Collection[str] = ()
) -> pd.DataFrame:
    """Sets aside what the rules on single rows and single subjects forbid.

    Columns that a source does not have (`birth`, `turn`, `sharpness` …) pass their rules.

    Args:
        manifest: The manifest; it is not changed.
        thresholds: By name, see `THRESHOLDS`; a rule without its threshold, or with None, rests.
        off: Names of rules that shall not act.

    Returns:
        A manifest of the same rows.

    Raises:
        DataError: If a rule or a threshold is not in the table.
    """
    _require_known(thresholds, THRESHOLDS, "threshold")
    _require_known(off, NAMED, "rule")
    for rule in RULES:
        limits = [thresholds.get(rule.threshold)] if rule.threshold else []
        if rule.check is None or rule.name in off or None in limits:
            continue
        reasons = rule.check(manifest, *limits)
        if reasons.notna().any():
            manifest = manifests.set_aside(manifest, reasons.notna(), rule.name, reasons)
    return manifest


def _require_known(names: Collection[str], table: Collection[str], what: str) -> None:
    for name in names:
        if name not in table:
            hint = f"{did_you_mean(name, table)}There are: {', '.join(table)}."
            raise DataError(f"There is no {what} called {name!r}.", hint)
