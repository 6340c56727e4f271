"""Results in plain Korean and English."""

from fdc.evaluation.intervals import Interval
from fdc.evaluation.report import EvaluationReport
from fdc.evaluation.slices import Slice
from fdc.locale import Language

_TEXTS: dict[str, dict[Language, str]] = {
    "classes": {
        "ko": "{title}: 한 번도 본 적 없는 사진 {photos}장 가운데 {accuracy}를 맞혔습니다.",
        "en": "{title}: of {photos} photos that it has never seen, it is right on {accuracy}.",
    },
    "ordinal": {
        "ko": "{title}: 한 번도 본 적 없는 사진 {photos}장 가운데 {accuracy}를 맞혔고,"
        " {one_off}는 많아야 한 단계 차이였습니다.",
        "en": "{title}: of {photos} photos that it has never seen, it is right on {accuracy},"
        " and at most one class off on {one_off}.",
    },
    "regression": {
        "ko": "{title}: 한 번도 본 적 없는 사진 {photos}장에서 평균 {mae} 차이로 맞혔고,"
        " {within}는 5{unit} 이내였습니다.",
        "en": "{title}: on {photos} photos that it has never seen, it is off by {mae} on average;"
        " {within} of the answers are within 5{unit}.",
    },
    "groups": {
        "ko": "이 사진들은 서로 겹치지 않는 {groups}개 묶음(같은 사람 또는 같은 사진)에서 나왔으며,"
        " 괄호 안은 95% 신뢰구간입니다.",
        "en": "These photos come from {groups} groups (one person, or copies of one photo);"
        " brackets give the 95% confidence interval.",
    },
    "photos": {
        "ko": "괄호 안은 95% 신뢰구간입니다.",
        "en": "Brackets give 95% confidence intervals.",
    },
    "beats": {
        "ko": "사진을 보지 않고 언제나 ‘{answer}’ 하나로만 답하면 {baseline}입니다."
        " 모델이 그보다 분명히 낫습니다.",
        "en": "Answering “{answer}” every time, without a look at the photo, gives {baseline}:"
        " the model is clearly better.",
    },
    "not_better": {
        "ko": "사진을 보지 않고 언제나 ‘{answer}’ 하나로만 답해도 {baseline}입니다."
        " 모델이 그보다 낫다고 말할 수 없습니다.",
        "en": "Answering “{answer}” every time, without a look at the photo, gives {baseline}:"
        " it cannot be said that the model is better.",
    },
    "worse": {
        "ko": "다음 사진에서는 눈에 띄게 나쁩니다(나머지 사진의 값과 비교): {items}.",
        "en": "It is clearly worse on these photos (compared with all the others): {items}.",
    },
    "small": {
        "ko": "다음은 사진이 너무 적어 판단하기 어렵습니다: {items}.",
        "en": "There are too few photos to judge these: {items}.",
    },
    "calibration": {
        "ko": "모델이 말하는 확률은 실제로 맞는 비율과 평균 {error}%포인트 차이가 납니다.",
        "en": "The probabilities that it gives are on average {error} percentage points away from"
        " how often it is right.",
    },
}
_BY: dict[str, dict[Language, str]] = {
    "age": {"ko": "나이", "en": "age"},
    "gender": {"ko": "성별", "en": "gender"},
    "tone": {"ko": "톤", "en": "tone"},
    "emotion": {"ko": "감정", "en": "emotion"},
    "device": {"ko": "촬영 기기", "en": "device"},
    "source": {"ko": "출처", "en": "source"},
}
_VALUES_KO = {"female": "여성", "male": "남성", "warm": "웜톤", "cool": "쿨톤"}
_CALIBRATION_WORTH_SAYING = 0.05
_MOST_ITEMS = 6


def sentences(verdict: EvaluationReport, language: Language) -> list[str]:
    """A verdict as sentences.

    Args:
        verdict: The result.
        language: "ko" or "en".

    Returns:
        What it can do, what a guess without looking would do, where it is weak.
    """
    task = verdict.task
    values = {
        "title": task.heading(language),
        "photos": f"{verdict.photos:,}",
        "unit": _unit(verdict, language),
    }
    if task.is_regression:
        values["mae"] = _amount(verdict, verdict.intervals["mae"], language)
        values["within"] = _share(verdict.intervals["within_5"])
    else:
        values["accuracy"] = _share(verdict.intervals["accuracy"])
    if task.kind == "ordinal":
        values["one_off"] = _share(verdict.intervals["one_off_accuracy"])
    grouped = "groups" if verdict.groups < verdict.photos else "photos"
    said = [
        _TEXTS[task.kind][language].format(**values),
        _TEXTS[grouped][language].format(groups=f"{verdict.groups:,}"),
        _against_baseline(verdict, language),
    ]
    worse = [part for part in verdict.slices if part.is_worse]
    worse.sort(key=lambda part: part.interval.value, reverse=task.is_regression)
    small = [part for part in verdict.slices if part.is_small]
    if worse:
        items = [_slice_item(verdict, part, language) for part in worse[:_MOST_ITEMS]]
        said.append(_TEXTS["worse"][language].format(items=", ".join(items)))
    if small:
        items = [f"{slice_name(verdict, part, language)} ({part.photos})" for part in small]
        said.append(_TEXTS["small"][language].format(items=", ".join(items[:_MOST_ITEMS])))
    error = verdict.calibration_error
    if error is not None and error > _CALIBRATION_WORTH_SAYING:
        said.append(_TEXTS["calibration"][language].format(error=f"{100 * error:.0f}"))
    return said


def slice_name(verdict: EvaluationReport, part: Slice, language: Language) -> str:
    """A slice as a person would call it.

    Args:
        verdict: To which it belongs.
        part: The slice.
        language: "ko" or "en".
    """
    if part.by == "class":
        return verdict.task.display(verdict.task.labels.index(part.key), language)
    key = _VALUES_KO.get(part.key, part.key) if language == "ko" else part.key
    return f"{_BY[part.by][language]} {key}"


def _against_baseline(verdict: EvaluationReport, language: Language) -> str:
    value = verdict.baseline[verdict.metric]
    shown = _number(verdict, value, language) if verdict.metric == "mae" else f"{value:.1%}"
    text = _TEXTS["beats" if verdict.beats_baseline else "not_better"][language]
    return text.format(
        answer=verdict.task.display(verdict.trivial_answer, language), baseline=shown
    )


def _slice_item(verdict: EvaluationReport, part: Slice, language: Language) -> str:
    mae = part.metric == "mae"
    value = _number(verdict, part.interval.value, language) if mae else f"{part.interval.value:.0%}"
    rest = part.rest or 0.0
    other = _number(verdict, rest, language) if mae else f"{rest:.0%}"
    return f"{slice_name(verdict, part, language)} {value} ({other})"


def _share(interval: Interval) -> str:
    return f"{interval.value:.1%} ({100 * interval.low:.1f}–{100 * interval.high:.1f})"


def _amount(verdict: EvaluationReport, interval: Interval, language: Language) -> str:
    number = _number(verdict, interval.value, language)
    return f"{number} ({interval.low:.1f}–{interval.high:.1f})"


def _number(verdict: EvaluationReport, value: float, language: Language) -> str:
    return f"{value:.1f}{_unit(verdict, language)}"


def _unit(verdict: EvaluationReport, language: Language) -> str:
    unit = verdict.task.unit
    if unit is None:
        return ""
    return f" {unit['en']}" if language == "en" else unit["ko"]
