"""Every sentence that an end user reads, in every language that fdc speaks."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["ko", "en"]


class LocalizedText(BaseModel):
    """A text in every language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ko: str
    en: str
