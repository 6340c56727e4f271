"""The frozen description of how a photo becomes a crop, and its fingerprint."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fdc import choices
from fdc.choices import DetectorName, FaceMode

Colour = tuple[
    Annotated[int, Field(ge=0, le=255)],
    Annotated[int, Field(ge=0, le=255)],
    Annotated[int, Field(ge=0, le=255)],
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

NO_WEIGHTS = ("none", "grabcut")
"""Backgrounds that need no weights file."""


class Recipe(BaseModel):
    """What every crop of a store, and every photo that a served model answers, went through.

    Two recipes with the same fingerprint give the same crop for the same photo. Nothing here is
    "auto": `fdc.faces.choose.choose_recipe` resolves it on the machine at hand.

    Attributes:
        version: counts changes of the code that change pixels.
        size: side of the square crop, in pixels.
        face: "detect" finds and aligns one face; "whole" takes a photo that is nothing but a face
            as it is.
        several: what to do with several faces where the annotation does not say which one is
            meant: "refuse" the photo or keep the "largest".
        alignment: "similarity" turns, scales and shifts by eyes and mouth; "box" does not turn.
        margin: width around the tight face square (forehead to chin), as a share of its side; under
            0 the crop lies inside it.
        offset: how far below that square's centre the crop's centre lies, as a share of its side.
        detector: who finds the face where the annotation has none.
        detector_weights: SHA-256 of the detector's weights; None for MTCNN, whose weights come
            in its package.
        threshold: least confidence of a detected face, 0..1.
        background: "none", "grabcut", or the name of a rembg model.
        background_weights: SHA-256 of that model's weights.
        runtime: what runs the background network.
        precision: what it computes in.
        colour: RGB behind the person, 0..255.
        least_foreground: least share of the face box that a plausible mask covers.
        most_foreground: greatest share of the head-and-shoulders cut that it covers.
        tight: photos in which the face's square takes up at least this share of the area keep
            their background: segmentation networks erase most of a face that fills the photo.
            From half of this share on, they keep it where the mask is implausible.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 2
    size: Annotated[int, Field(ge=16, le=1024)] = choices.SIZE
    face: FaceMode = "detect"
    several: Literal["refuse", "largest"] = "refuse"
    alignment: Literal["similarity", "box"] = "similarity"
    margin: Annotated[float, Field(ge=-0.3, le=2)] = choices.MARGIN
    offset: Annotated[float, Field(ge=-0.5, le=0.5)] = 0.0
    detector: DetectorName | Literal["none"] = "yunet"
    detector_weights: Sha256 | None = None
    threshold: Annotated[float, Field(gt=0, lt=1)] = 0.7
    background: Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")] = "none"
    background_weights: Sha256 | None = None
    runtime: Literal["onnxruntime", "openvino"] = "onnxruntime"
    precision: Literal["float32", "bfloat16"] = "float32"
    colour: Colour = choices.BACKGROUND_COLOUR
    least_foreground: Annotated[float, Field(ge=0, le=1)] = 0.6
    most_foreground: Annotated[float, Field(ge=0, le=1)] = 0.98
    tight: Annotated[float, Field(gt=0, le=1)] = 0.6

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with any field.

        Example:
            >>> Recipe(size=32).fingerprint == Recipe(size=32, margin=0.3).fingerprint
            False
        """
        # Models and stores from before there were offsets keep theirs.
        without = set() if self.offset else {"offset"}
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).hexdigest()[:16]

    @property
    def removes_background(self) -> bool:
        """Whether a background model runs at all."""
        return self.background != "none" and self.face == "detect"

    @property
    def crop_bytes(self) -> int:
        """Bytes of one crop."""
        return self.size * self.size * 3
