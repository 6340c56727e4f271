"""GrabCut: a person's mask without any network, started from where the face is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


class GrabCut:
    """GrabCut (Rother et al., SIGGRAPH 2004) as a session of rembg's; needs no weights."""

    _side = 192
    _rounds = 4

    def predict(
        self,
        img: Image.Image,
        *args: Any,
        face: Sequence[float] | None = None,
        **kwargs: Any,
    ) -> list[Image.Image]:
        """Mask of the person.

        Args:
            img: RGB photo.
            *args: ignored, as rembg's sessions do.
            face: x, y, width, height of the face in its pixels; None supposes a centred portrait.
            **kwargs: ignored.

        Returns:
            One mask, mode L, of the photo's size.
        """
        scale = min(1.0, self._side / max(img.size))
        width, height = (max(8, round(side * scale)) for side in img.size)
        pixels = cv2.resize(
            np.asarray(img.convert("RGB")), (width, height), interpolation=cv2.INTER_AREA
        )
        box = [number * scale for number in face] if face else _portrait_face(width, height)
        labels = self._prior(width, height, box)
        behind, front = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.setRNGSeed(0)
        nowhere = (0, 0, 0, 0)
        cv2.grabCut(pixels, labels, nowhere, behind, front, self._rounds, cv2.GC_INIT_WITH_MASK)
        person = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8) * 255
        opened = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        soft = cv2.GaussianBlur(_part_with(np.asarray(opened, np.uint8), box), (0, 0), 1.0)
        return [Image.fromarray(cv2.resize(soft, img.size, interpolation=cv2.INTER_LINEAR))]

    @staticmethod
    def _prior(width: int, height: int, box: Sequence[float]) -> Pixels:
        x, y, w, h = box
        middle = (x + w / 2, y + h / 2)
        labels = np.full((height, width), cv2.GC_BGD, np.uint8)

        def oval(centre: tuple[float, float], axes: tuple[float, float], label: int) -> None:
            cv2.ellipse(labels, (centre, (2 * axes[0], 2 * axes[1]), 0.0), label, -1)

        def block(left: float, top: float, right: float, label: int) -> None:
            corner = (round(left), round(top))
            cv2.rectangle(labels, corner, (round(right), height), label, -1)

        chin = y + h
        block(middle[0] - 2.6 * w, chin - 0.1 * h, middle[0] + 2.6 * w, cv2.GC_PR_BGD)
        oval(middle, (1.3 * w, 1.25 * h), cv2.GC_PR_BGD)
        block(middle[0] - 1.5 * w, chin + 0.4 * h, middle[0] + 1.5 * w, cv2.GC_PR_FGD)
        oval((middle[0], middle[1] - 0.1 * h), (0.8 * w, 0.85 * h), cv2.GC_PR_FGD)
        block(middle[0] - 0.3 * w, chin, middle[0] + 0.3 * w, cv2.GC_FGD)
        oval(middle, (0.45 * w, 0.5 * h), cv2.GC_FGD)
        return labels


def _portrait_face(width: int, height: int) -> list[float]:
    return [0.35 * width, 0.2 * height, 0.3 * width, 0.4 * height]


def _part_with(person: Pixels, box: Sequence[float]) -> Pixels:
    """The connected part of the mask that the face belongs to."""
    count, parts = cv2.connectedComponents(person)
    x, y, w, h = (round(number) for number in box)
    inside = parts[max(0, y) : y + h, max(0, x) : x + w]
    sizes = np.bincount(inside.ravel(), minlength=count)
    sizes[0] = 0
    return np.where(parts == sizes.argmax(), person, 0).astype(np.uint8) if sizes.any() else person
