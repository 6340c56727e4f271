"""Who is in front: masks of persons, and putting them on a set colour."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fdc.errors import WeightsError
from fdc.faces import runtimes, weights
from fdc.faces.recipe import NO_WEIGHTS, Recipe

Pixels = NDArray[np.uint8]

_LARGEST_INPUT = 1024
"""Longer side in pixels of what rembg's sessions are given: no network of theirs sees more."""


class Session(Protocol):
    """A rembg session: anything with `predict`."""

    def predict(self, img: Image.Image, *args: Any, **kwargs: Any) -> list[Image.Image]:
        """Masks of the foreground, mode L, of the photo's size."""
        ...


class U2Net:
    """The U^2-Net family, computing exactly what rembg's own sessions compute.

    rembg's package takes seconds and hundreds of megabytes to import, and its preparation of the
    input is done in float64; for these models neither is needed. Qin et al., "U^2-Net: Going
    deeper with nested U-structure for salient object detection" (Pattern Recognition 106, 2020).
    """

    _mean = np.array([0.485, 0.456, 0.406], dtype=np.float32)
    _deviation = np.array([0.229, 0.224, 0.225], dtype=np.float32)

    def __init__(self, network: runtimes.InferenceSession) -> None:
        self._network = network
        self._input = network.get_inputs()[0].name

    def predict(self, img: Image.Image, *args: Any, **kwargs: Any) -> list[Image.Image]:
        """Mask of the salient foreground.

        Args:
            img: RGB photo of any size.
            *args: ignored, as rembg's sessions do.
            **kwargs: ignored.

        Returns:
            One mask, mode L, of the photo's size.
        """
        small = img.convert("RGB").resize((320, 320), Image.Resampling.LANCZOS)
        pixels = np.asarray(small).astype(np.float32)
        pixels *= 1 / max(float(pixels.max()), 1e-6)
        pixels -= self._mean
        pixels /= self._deviation
        tensor = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
        found = self._network.run(None, {self._input: tensor})[0][0, 0]
        least, most = float(found.min()), float(found.max())
        scaled = (found - least) * (255 / max(most - least, 1e-6))
        mask = Image.fromarray(scaled.astype(np.uint8))
        return [mask.resize(img.size, Image.Resampling.LANCZOS)]


@dataclass(frozen=True)
class OwnSession:
    """How a background network is run here.

    Attributes:
        side: Of the square that it sees, in pixels.
        session: Makes the session from the loaded network.
    """

    side: int
    session: Callable[[runtimes.InferenceSession], Session]


OWN_SESSIONS: dict[str, OwnSession] = dict.fromkeys(
    ("u2net", "u2netp", "u2net_human_seg", "silueta"), OwnSession(320, U2Net)
)
"""By model; every other one of `fdc.faces.weights.KNOWN` runs in rembg's session of its name."""


class GrabCut:
    """GrabCut (Rother et al., SIGGRAPH 2004) started from where the face is; needs no weights."""

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


def open_session(recipe: Recipe, folders: Sequence[Path | str], threads: int) -> Session | None:
    """Make the session that a recipe names.

    Args:
        recipe: its background, weights, runtime and precision are used.
        folders: where weights may lie, before the cache folder.
        threads: threads for one photo.

    Returns:
        The session; None where the background is kept.

    Raises:
        WeightsError: the weights are missing or are not those of the recipe.
    """
    if not recipe.removes_background:
        return None
    if recipe.background == "grabcut":
        return GrabCut()
    path, _ = weights.require(recipe.background, folders, sha256=recipe.background_weights)
    network = runtimes.load(path, recipe.runtime, recipe.precision, threads)
    if own := OWN_SESSIONS.get(recipe.background):
        return own.session(network)
    return _rembg(recipe.background, network)


def packages(recipe: Recipe) -> tuple[str, ...]:
    """The packages that a recipe's session imports and not every recipe's does."""
    if not recipe.removes_background or recipe.background in NO_WEIGHTS:
        return ()
    return (recipe.runtime,) if recipe.background in OWN_SESSIONS else (recipe.runtime, "rembg")


def _rembg(model: str, network: runtimes.InferenceSession) -> Session:
    # Importing rembg compiles what cuts out hair, which takes 40 s once and is not used here.
    os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
    from rembg.sessions import sessions_class

    for kind in sessions_class:
        if kind.name() == model:
            # Its constructor would look for weights of its own, unverified, and fetch them.
            session: Session = kind.__new__(kind)
            session.__dict__.update(model_name=model, inner_session=network)
            return session
    raise WeightsError(f"This version of rembg has no session for {model!r}.")


def mask_of(session: Session, model: str, cut: Pixels, face: Sequence[float]) -> NDArray[np.uint8]:
    """The person's mask in a head-and-shoulders cut, no finer than the network sees.

    Args:
        session: who finds it.
        model: its name.
        cut: uint8 RGB (height, width, 3).
        face: x, y, width, height of the face in pixels of the cut.

    Returns:
        uint8 mask; its sides are those of the cut, or of the network's input if that is smaller.
    """
    height, width = cut.shape[:2]
    if own := OWN_SESSIONS.get(model):
        to = (own.side, own.side)
    else:
        scale = min(1.0, _LARGEST_INPUT / max(width, height))
        to = (max(1, math.ceil(width * scale)), max(1, math.ceil(height * scale)))
    across, down = to[0] / width, to[1] / height
    shrinks = across < 1 or down < 1
    small = cut
    if to != (width, height):
        small = np.asarray(
            cv2.resize(cut, to, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR),
            dtype=np.uint8,
        )
    x, y, w, h = face
    scaled = (x * across, y * down, w * across, h * down)
    masks = session.predict(Image.fromarray(small), face=scaled)
    return np.asarray(masks[0].convert("L"))


def composite(image: Pixels, mask: NDArray[np.uint8], colour: Sequence[int]) -> Pixels:
    """Put the person on a colour.

    Where the mask is soft, the pixel is a mixture of person and old background. The person's own
    colour there is estimated by blur fusion (Forte and Pitié, "Approximate fast foreground colour
    estimation", ICIP 2021, https://arxiv.org/abs/2006.14970), so that no rim of the old background
    stays; and it is blended with straight alpha, so that no rim gets dark.

    Args:
        image: uint8 RGB (height, width, 3).
        mask: uint8 (height, width); 255 is the person.
        colour: RGB, 0..255.

    Returns:
        uint8 RGB; where the mask is 255 the pixels are those of the image.
    """
    alpha = mask.astype(np.float32)[..., None] / np.float32(255)
    person = _person_colours(image.astype(np.float32), alpha)
    blended = alpha * person + (1 - alpha) * np.asarray(colour, dtype=np.float32)
    result = np.clip(np.rint(blended), 0, 255).astype(np.uint8)
    solid = mask == 255
    result[solid] = image[solid]
    return result


def _person_colours(image: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    person = _mean_around(image, alpha)
    behind = _mean_around(image, 1 - alpha)
    better = person + alpha * (image - alpha * person - (1 - alpha) * behind)
    return np.asarray(np.clip(better, 0, 255), dtype=np.float32)


def _mean_around(image: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    # The eighth power, so that mixed pixels hardly speak where there are pure ones to hear.
    square = weight * weight
    fourth = square * square
    sure = fourth * fourth + np.float32(1e-4) * weight
    width = max(3, image.shape[0] // 4)
    total = cv2.blur(sure * image, (width, width))
    share = cv2.blur(sure, (width, width))[..., None]
    return np.asarray(total / (share + 1e-7), dtype=np.float32)
