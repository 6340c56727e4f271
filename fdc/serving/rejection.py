"""Why the service does not take a photo: a table of rules and HTTP statuses."""

from fdc.inference.answer import Refusal

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
"""What each rule answers; what it says to a person stands in the locale as `refusal.<rule>`."""


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
        self.refusal = Refusal.by(rule, reason)
        self.retry_after = retry_after
