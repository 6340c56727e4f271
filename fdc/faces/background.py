"""Who is in front: the sessions that find a person, and what they are given to see."""

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

from fdc import weights
from fdc.errors import WeightsError
from fdc.faces import runtimes
from fdc.faces.grabcut import GrabCut
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
"""By model; every other one of `fdc.weights.KNOWN` runs in rembg's session of its name."""


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
