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
        name: Stands before the colon in the manifest's `quarantine`.
        en: What it sets aside, in English.
        ko: The same in Korean.
        check: Gives a reason per row; None where another step applies the rule.
        threshold: The name of what the check compares with, such as "smallest_side".
    """

    name: str
    en: str
    ko: str
    check: Check | None = None
    threshold: str | None = None


RULES: tuple[Rule, ...] = (
    Rule("unreadable label", "the label cannot be read", "라벨을 읽을 수 없음"),
    Rule("unreadable name", "the file's name is not in UTF-8", "파일 이름이 UTF-8이 아님"),
    Rule("listed twice", "the photo is listed again", "같은 사진이 목록에 두 번 있음"),
    Rule("missing file", "there is no such file", "파일이 없음"),
    Rule("undecodable", "the file cannot be decoded", "파일을 읽을 수 없음", checks.undecodable),
    Rule(
        "too small",
        "the photo has too few pixels",
        "사진이 너무 작음",
        checks.too_small,
        "smallest_side",
    ),
    Rule(
        "face too small",
        "the annotated face has too few pixels",
        "얼굴이 너무 작음",
        checks.face_too_small,
        "smallest_face",
    ),
    Rule(
        "size mismatch",
        "the photo is not as large as its annotation says",
        "사진 크기가 주석과 다름",
        checks.size_mismatch,
        "size_tolerance",
    ),
    Rule(
        "box outside",
        "the annotated face leaves the photo",
        "얼굴 상자가 사진 밖으로 나감",
        checks.box_outside,
        "box_overhang",
    ),
    Rule(
        "landmarks outside",
        "an annotated landmark leaves the face",
        "얼굴 특징점이 얼굴 상자 밖에 있음",
        checks.landmarks_outside,
        "landmark_overhang",
    ),
    Rule(
        "impossible years",
        "the age contradicts the year of birth",
        "나이와 출생 연도가 맞지 않음",
        checks.impossible_years,
        "latest_year",
    ),
    Rule(
        "contradicting subject",
        "one subject has two years of birth or two genders",
        "한 사람의 출생 연도나 성별이 둘 이상임",
        checks.contradicting_subject,
    ),
    Rule("no face", "no face was found", "얼굴을 찾지 못함"),
    Rule(
        "several faces",
        "several faces, and no annotation that says which one is meant",
        "얼굴이 여럿이고 어느 얼굴인지 알 수 없음",
    ),
    Rule(
        "face turned",
        "the face is turned too far",
        "얼굴이 너무 돌아가 있음",
        checks.face_turned,
        "most_turned",
    ),
    Rule(
        "face blurred",
        "the face is too blurred",
        "얼굴이 너무 흐림",
        checks.face_blurred,
        "blurriest",
    ),
    Rule("unreadable", "the file's bytes cannot be read", "파일에 접근할 수 없음"),
    Rule("vanished", "the file is gone", "파일이 사라짐"),
    Rule("changed", "the file changed while it was prepared", "준비하는 동안 파일이 바뀜"),
    Rule("out of memory", "the photo needs too much memory", "메모리가 부족함"),
    Rule("crashed the worker", "the photo crashed a library", "처리 중 프로그램이 멈춤"),
    Rule("failed", "the photo failed in a library", "처리 중 오류가 남"),
    Rule(
        "implausible mask",
        "the background could not be told from the person",
        "배경과 사람을 구분하지 못함",
    ),
    Rule("label conflict", "copies disagree on the label", "같은 사진의 라벨이 서로 다름"),
    Rule("label missing", "the label is missing", "라벨이 없음"),
    Rule("label outside", "the label is none of the task's", "과제에 없는 라벨임"),
    Rule(
        "cross split",
        "a copy or a relative of a photo on another side of the split",
        "다른 분할에 같은 사진이나 같은 사람이 있음",
    ),
    Rule("exact duplicate", "the very same file is there already", "똑같은 파일이 이미 있음"),
    Rule("near duplicate", "the same photo is there already", "거의 같은 사진이 이미 있음"),
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
