"""Why the service does not take a photo: one table of rules, HTTP statuses and sentences."""

from fdc.inference.answer import SENTENCES, Refusal
from fdc.locale import LocalizedText

STATUS: dict[str, int] = {
    "bad form": 400,
    "cross site": 403,
    "unknown task": 404,
    "slow upload": 408,
    "too large": 413,
    "too many pixels": 413,
    "not a photo": 415,
    "undecodable": 422,
    "too many requests": 429,
    "busy": 503,
    "no champion": 503,
    "too slow": 504,
}

MESSAGES: dict[str, LocalizedText] = {
    "bad form": LocalizedText(
        ko="사진을 'photo' 항목에 담아 하나만 보내 주세요.",
        en="Please send exactly one photo, in the field 'photo' of a form.",
    ),
    "cross site": LocalizedText(
        ko="다른 웹사이트에서는 이 서비스를 쓸 수 없습니다.",
        en="Other web sites cannot use this service.",
    ),
    "unknown task": LocalizedText(ko="모르는 과제입니다.", en="There is no such task."),
    "slow upload": LocalizedText(
        ko="업로드가 너무 오래 걸렸습니다. 다시 시도해 주세요.",
        en="The upload took too long. Please try again.",
    ),
    "too large": LocalizedText(
        ko="파일이 너무 큽니다. 더 작은 사진을 올려 주세요.",
        en="The file is too large. Please use a smaller one.",
    ),
    "too many pixels": LocalizedText(
        ko="사진의 해상도가 너무 높습니다. 더 작은 사진을 올려 주세요.",
        en="The photo has too many pixels. Please use a smaller one.",
    ),
    "not a photo": LocalizedText(
        ko="사진 파일이 아닙니다. JPEG, PNG, WebP, GIF, BMP 사진을 올려 주세요.",
        en="This is no photo. Please use JPEG, PNG, WebP, GIF or BMP.",
    ),
    "undecodable": SENTENCES["undecodable"],
    "too many requests": LocalizedText(
        ko="요청이 너무 많습니다. 잠시 뒤에 다시 시도해 주세요.",
        en="Too many photos in a short time. Please wait a moment.",
    ),
    "busy": LocalizedText(
        ko="지금은 요청이 많습니다. 잠시 뒤에 다시 시도해 주세요.",
        en="The service is busy. Please try again in a moment.",
    ),
    "no champion": LocalizedText(
        ko="아직 사용할 수 있는 모델이 없습니다.", en="No model has been promoted yet."
    ),
    "too slow": LocalizedText(
        ko="답하는 데 너무 오래 걸렸습니다. 다시 시도해 주세요.",
        en="The answer took too long. Please try again.",
    ),
}


class Rejected(Exception):
    """The service does not take this request.

    Args:
        rule: A key of `STATUS`.
        reason: The technical reason.
        retry_after: Seconds after which it is worth another try.
    """

    def __init__(self, rule: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = STATUS[rule]
        self.refusal = Refusal(rule=rule, reason=reason, message=MESSAGES[rule])
        self.retry_after = retry_after
