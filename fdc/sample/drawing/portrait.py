"""One photo: background, body, head, camera."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fdc.sample.drawing import backdrop, body, head
from fdc.sample.drawing.camera import Pose, expose, sample
from fdc.sample.drawing.canvas import Grid, Image, blend, blur
from fdc.sample.drawing.look import Look
from fdc.sample.drawing.scene import Scene


@dataclass(frozen=True)
class Portrait:
    """A drawn photo and what is known about it.

    Attributes:
        pixels: (height, width, 3) uint8 RGB.
        landmarks: (5, 2) pixels: nose, left eye, right eye, left and right mouth corner as seen in
            the photo, the AI-Hub's order.
        box: x, y, width and height of the face, pixels.
    """

    pixels: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    box: tuple[float, float, float, float]


def render(look: Look, scene: Scene, width: int, height: int, film: bool) -> Portrait:
    """Draws one photo.

    Args:
        look: Who is in it, at which age.
        scene: The circumstances.
        width: Pixels.
        height: Pixels.
        film: Film grain rather than a sensor's noise.

    Returns:
        The photo with its annotation; the same for the same arguments.
    """
    pose = Pose.of(scene)
    drawn = head.draw(look, scene, pose.light(scene.light))
    maps = pose.maps(drawn.grid, drawn.relief, width, height)
    front = _posed(drawn.front, maps)

    photo = backdrop.draw(scene, width, height)
    if drawn.back is not None:
        _over(photo, _posed(drawn.back, maps))
    chin_x, chin_y = pose.project(np.array([[0.0, look.chin]]), np.zeros(1))[0]
    frame = Grid(
        ((np.arange(width, dtype=np.float32) - chin_x) / np.float32(scene.scale))[None, :],
        ((np.arange(height, dtype=np.float32) - chin_y) / np.float32(scene.scale))[:, None],
        scene.scale,
    )
    torso = body.draw(look, scene, frame)
    shadow = _shadow(front.cover, scene)[torso.cut]
    blend(photo[torso.cut], torso.colours * (1.0 - 0.6 * shadow)[..., None], torso.cover)
    _over(photo, front)

    heights = sample(drawn.grid, drawn.relief, drawn.landmarks)
    return Portrait(
        pixels=expose(photo, scene, film),
        landmarks=pose.project(drawn.landmarks, heights),
        box=_box(look, pose),
    )


def _posed(layer: head.Layer, maps: tuple[Image, Image]) -> head.Layer:
    colours, cover = (
        np.asarray(cv2.remap(flat, *maps, cv2.INTER_LINEAR), np.float32)
        for flat in (layer.colours, layer.cover)
    )
    return head.Layer(colours, cover)


def _over(photo: Image, layer: head.Layer) -> None:
    photo *= (1.0 - layer.cover)[..., None]
    photo += layer.colours


def _shadow(cover: Image, scene: Scene) -> Image:
    """What the head takes from the light on neck and shoulders."""
    moved = np.array(
        [[1, 0, -0.2 * scene.light[0] * scene.scale], [0, 1, 0.2 * scene.scale]], np.float32
    )
    shifted = cv2.warpAffine(cover, moved, cover.shape[::-1])
    return blur(np.asarray(shifted, np.float32), 0.10 * scene.scale)


def _box(look: Look, pose: Pose) -> tuple[float, float, float, float]:
    """The upright box around the face, from mid-forehead to chin, temple to temple."""
    angles = np.linspace(-np.pi, np.pi, 73)
    radii = np.interp(np.abs(angles), look.angles, look.radii)
    ring = np.stack([np.sin(angles) * radii, -np.cos(angles) * radii], 1)
    ring = ring[ring[:, 1] > look.brow_y - 0.5].astype(np.float32)
    pixels = pose.project(ring, np.zeros(len(ring), np.float32))
    left, top = pixels.min(axis=0)
    right, bottom = pixels.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)
