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
        always: Why it cannot be switched off; None where it can.
    """

    name: str
    check: Check | None = None
    threshold: str | None = None
    always: str | None = None


_NO_CROP = "without a crop there is nothing to learn from"
_NO_LABEL = "without a label there is nothing to learn from"
_COUNTED_TWICE = "a photo would count twice, or stand on two sides of the split"


RULES: tuple[Rule, ...] = (
    Rule("unreadable label", always=_NO_LABEL),
    Rule("unreadable name", always=_NO_CROP),
    Rule("listed twice", always=_COUNTED_TWICE),
    Rule("missing file", always=_NO_CROP),
    Rule("undecodable", always=_NO_CROP),
    Rule("too small", checks.too_small, "smallest_side"),
    Rule("face too small", checks.face_too_small, "smallest_face"),
    Rule("size mismatch", checks.size_mismatch, "size_tolerance"),
    Rule("box outside", checks.box_outside, "box_overhang"),
    Rule("landmarks outside", checks.landmarks_outside, "landmark_overhang"),
    Rule("impossible years", checks.impossible_years, "latest_year"),
    Rule("contradicting subject", checks.contradicting_subject),
    Rule("no face", always=_NO_CROP),
    Rule("several faces", always="prepare.several_faces=largest takes the largest instead"),
    Rule("face turned", checks.face_turned, "most_turned"),
    Rule("face blurred", checks.face_blurred, "blurriest"),
    Rule("unreadable", always=_NO_CROP),
    Rule("vanished", always=_NO_CROP),
    Rule("changed", always=_NO_CROP),
    Rule("out of memory", always=_NO_CROP),
    Rule("crashed the worker", always=_NO_CROP),
    Rule("failed", always=_NO_CROP),
    Rule(
        "implausible mask", always="prepare.background=none leaves the background as it is instead"
    ),
    Rule("label conflict"),
    Rule("label missing", always=_NO_LABEL),
    Rule("label outside", always=_NO_LABEL),
    Rule("cross split", always=_COUNTED_TWICE),
    Rule("exact duplicate", always=_COUNTED_TWICE),
    Rule("near duplicate", always="rules.copy_bits=null keeps near copies instead"),
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
        off: Names of rules that shall not act; "label conflict" acts in `curate`.

    Returns:
        A manifest of the same rows.

    Raises:
        DataError: If a rule or a threshold is not in the table, or a rule cannot be switched off.
    """
    _require_known(thresholds, THRESHOLDS, "threshold")
    _require_known(off, NAMED, "rule")
    for name in off:
        if (reason := NAMED[name].always) is not None:
            optional = ", ".join(rule.name for rule in RULES if rule.always is None)
            raise DataError(
                f"The rule {name!r} cannot be switched off: {reason}.",
                f"Take it out of rules.off. What may stand there: {optional}.",
            )
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
