"""One photo to one crop, by a recipe; preparation and service use the very same object."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fdc.errors import PhotoError
from fdc.faces import alignment, background, compositing, detection, masking
from fdc.faces.face import Box, Face, annotated, overlap
from fdc.faces.recipe import Recipe
from fdc.imaging import decoding

Pixels = NDArray[np.uint8]

KEPT_TIGHT = "background kept: tight crop"
KEPT_WHOLE = "background kept: whole photo"
BY_BOX = "aligned by the box: no landmarks"

# The shorter side at which a photo is looked at first; a face that is then too small for its crop
# brings a second, larger decoding.
_FIRST_LOOK = 480
# Others in a photo count as faces of their own from this share of the largest one's side on.
_BYSTANDER = 0.5
# Pixels that a head-and-shoulders cut should have, so that a network sees all that it can.
_LEAST_CUT = 320


class Refused(Exception):
    """A photo gives no crop.

    Args:
        rule: short name of the rule that it broke, such as "no face".
        reason: what was seen, for a person to read.
    """

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(rule, reason)
        self.rule = rule
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


@dataclass(frozen=True)
class Crop:
    """What a photo became.

    Attributes:
        pixels: uint8 RGB (size, size, 3).
        box: x, y, width, height of the face, in pixels of the upright photo; None for "whole".
        landmarks: (5, 2) pixels of the upright photo, or None.
        confidence: of the face, 0..1.
        found_by: "annotation", "yunet", "mtcnn" or "whole".
        notes: what a person should know, such as "background kept: tight crop".
    """

    pixels: Pixels
    box: Box | None
    landmarks: NDArray[np.float64] | None
    confidence: float
    found_by: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Photo:
    """A decoded photo; `scale` is its pixels per pixel of the original."""

    pixels: Pixels
    scale: float


class Preparer:
    """Turns photos into crops.

    Args:
        recipe: how.
        weights_folders: where weights may lie, before the cache folder.
        threads: threads for one photo; None leaves it to the libraries. OpenCV keeps this setting
            for the whole process.

    Raises:
        WeightsError: weights that the recipe names are missing.

    Example:
        >>> import io
        >>> from PIL import Image
        >>> file = io.BytesIO()
        >>> Image.new("RGB", (200, 100)).save(file, "PNG")
        >>> recipe = Recipe(face="whole", detector="none", size=32)
        >>> Preparer(recipe).crop(file.getvalue()).pixels.shape
        (32, 32, 3)
    """

    def __init__(
        self,
        recipe: Recipe,
        weights_folders: Sequence[Path | str] = (),
        threads: int | None = None,
    ) -> None:
        self.recipe = recipe
        if threads is not None:
            cv2.setNumThreads(threads)
        self._detector = detection.open_detector(recipe, weights_folders, threads or 0)
        self._session = background.open_session(recipe, weights_folders, threads or 0)

    def warm_up(self) -> None:
        """Loads what is otherwise loaded with the first photo that needs it."""
        if self._detector is not None:
            self._detector.find(np.zeros((_FIRST_LOOK, _FIRST_LOOK, 3), np.uint8))

    def crop(
        self,
        data: bytes,
        box: Sequence[float] | None = None,
        landmarks: Sequence[float] | None = None,
    ) -> Crop:
        """Make the crop of a photo.

        Args:
            data: the file's bytes.
            box: x, y, width, height of the face in pixels of the upright photo, where known.
            landmarks: its five points, ten numbers, where known.

        Returns:
            The crop.

        Raises:
            Refused: the photo cannot be decoded, has no face, several faces, or a mask that
                cannot be right.
        """
        try:
            width, height = decoding.size(data)
            if self.recipe.face == "whole":
                return self._whole(data, width, height)
            known = annotated(box, landmarks)
            if known is not None and known.landmarks is not None:
                return self._finish(self._closer(data, width, height, known), known)
            seen = _decode(data, width, height, _FIRST_LOOK)
            face = self._find(seen, known)
            return self._finish(self._closer(data, width, height, face, seen), face)
        except PhotoError as error:
            raise Refused("undecodable", error.message) from error

    def _find(self, seen: _Photo, known: Face | None) -> Face:
        """The one face that is meant, in pixels of the original."""
        if self._detector is None:
            if known is None:
                raise Refused("no face", "the photo has no annotation, and no detector is set")
            return known
        found = detection.find_faces(self._detector, seen.pixels)
        faces = [face.rescaled(seen.scale) for face in found]
        if known is not None:
            best = max(faces, key=lambda face: overlap(face.box, known.box), default=None)
            fits = best is not None and overlap(best.box, known.box) >= 0.3
            return best if fits and best is not None else known
        if not faces:
            raise Refused("no face", f"{self.recipe.detector} found none")
        grown = [face for face in faces if face.side >= _BYSTANDER * faces[0].side]
        if len(grown) > 1 and self.recipe.several == "refuse":
            raise Refused("several faces", f"{self.recipe.detector} found {len(grown)}")
        return faces[0]

    def _closer(
        self, data: bytes, width: int, height: int, face: Face, seen: _Photo | None = None
    ) -> _Photo:
        """The photo at a scale at which the face fills its crop and the cut its network's input."""
        side = face.side * (1 + 2 * self.recipe.margin)
        wanted = 1.25 * self.recipe.size / max(side, 1.0)
        if self._session is not None:
            wanted = max(wanted, _LEAST_CUT / max(masking.HEIGHT * face.side, 1.0))
        wanted = min(1.0, wanted)
        if seen is not None and seen.scale >= min(wanted, 0.999):
            return seen
        return _decode(data, width, height, math.ceil(wanted * min(width, height)))

    def _finish(self, photo: _Photo, face: Face) -> Crop:
        recipe = self.recipe
        notes: list[str] = []
        if self._detector is not None and face.found_by != "annotation":
            seen = self._detector.refine(photo.pixels, face.rescaled(1 / photo.scale))
            face = seen.rescaled(photo.scale)
        if face.landmarks is not None and recipe.alignment == "similarity":
            try:
                to_crop = alignment.by_landmarks(
                    face.landmarks, recipe.size, recipe.margin, recipe.offset
                )
            except ValueError as error:
                raise Refused("no face", str(error)) from error
        else:
            to_crop = alignment.by_box(face.box, recipe.size, recipe.margin, recipe.offset)
            if face.landmarks is None:
                notes.append(BY_BOX)
        from_photo = alignment.rescaled(to_crop, photo.scale, photo.scale)
        samples = alignment.samples_for(from_photo)
        # Edges are blended at twice the size of the crop: finer than a crop shows, cheaper than
        # the photo's own pixels.
        times = 1 if samples == 1 or self._session is None else 2
        samples = math.ceil(samples / times) * times
        fine = alignment.warp(photo.pixels, from_photo, recipe.size, samples, recipe.colour)
        fine = alignment.shrink(fine, samples // times)
        mask = self._mask(photo, face, from_photo * times, times, notes)
        if mask is not None:
            fine = compositing.composite(fine, mask, recipe.colour)
        return Crop(
            alignment.shrink(fine, times),
            face.box,
            face.landmarks,
            face.confidence,
            face.found_by,
            tuple(notes),
        )

    def _mask(
        self,
        photo: _Photo,
        face: Face,
        to_grid: alignment.Matrix,
        times: int,
        notes: list[str],
    ) -> Pixels | None:
        """The person's mask at so many times the crop's size; None where the background stays."""
        if self._session is None:
            return None
        height, width = photo.pixels.shape[:2]
        share = (face.side * photo.scale) ** 2 / (width * height)
        if share >= self.recipe.tight:
            notes.append(KEPT_TIGHT)
            return None
        x, y, w, h = (number * photo.scale for number in face.box)
        part = masking.head_and_shoulders((x, y, w, h), face.side * photo.scale, width, height)
        if part is None:
            raise Refused("no face", "the face's box lies outside the photo")
        left, top, right, bottom = part
        cut = photo.pixels[top:bottom, left:right]
        inside = (x - left, y - top, w, h)
        mask = background.mask_of(self._session, self.recipe.background, cut, inside)
        reason = masking.implausibility(
            mask,
            cut.shape[1],
            cut.shape[0],
            inside,
            least_foreground=self.recipe.least_foreground,
            most_foreground=self.recipe.most_foreground,
        )
        if reason and share >= self.recipe.tight / 2:
            notes.append(KEPT_TIGHT)
            return None
        if reason:
            raise Refused("implausible mask", reason)
        from_cut = alignment.shifted(to_grid, left, top)
        across, down = mask.shape[1] / cut.shape[1], mask.shape[0] / cut.shape[0]
        from_mask = alignment.rescaled(from_cut, across, down)
        samples = alignment.samples_for(from_mask)
        fine = alignment.warp(mask, from_mask, self.recipe.size * times, samples, (0,))
        return alignment.shrink(fine, samples)

    def _whole(self, data: bytes, width: int, height: int) -> Crop:
        recipe = self.recipe
        scale = recipe.size / max(width, height)
        at_least = math.ceil(min(1.0, 1.25 * scale) * min(width, height))
        pixels = decoding.decode(data, at_least=at_least)
        fitted = alignment.fit(pixels, recipe.size, recipe.colour)
        notes = () if recipe.background == "none" else (KEPT_WHOLE,)
        return Crop(fitted, None, None, 1.0, "whole", notes)


def packages(recipe: Recipe) -> tuple[str, ...]:
    """The packages that following a recipe imports, beyond what this module's imports do."""
    return (*detection.packages(recipe), *background.packages(recipe))


def _decode(data: bytes, width: int, height: int, at_least: int) -> _Photo:
    pixels = decoding.decode(data, at_least=at_least)
    return _Photo(pixels, max(pixels.shape[:2]) / max(width, height))
