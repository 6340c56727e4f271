"""From the head's frontal frame to the photo: pose, then film or sensor."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fdc.sample.drawing.canvas import Grid, Image
from fdc.sample.drawing.scene import Scene
from fdc.sample.drawing.shading import Vector


@dataclass(frozen=True)
class Pose:
    """Where the head is in the photo: an orthographic view of the turned, tilted relief.

    A point (x, y) of the frontal frame at height z lands at
    centre + scale * turn(roll) * (x cos yaw + z sin yaw, y cos pitch + z sin pitch).
    """

    yaw: float
    pitch: float
    roll: float
    scale: float
    centre: tuple[float, float]

    @classmethod
    def of(cls, scene: Scene) -> "Pose":
        """The pose that a scene asks for."""
        return cls(scene.yaw, scene.pitch, scene.roll, scene.scale, scene.centre)

    def project(self, points: Image, heights: Image) -> Image:
        """Photo pixels, shape (n, 2), of points (n, 2) and heights (n,) in units."""
        x = points[:, 0] * np.cos(self.yaw) + heights * np.sin(self.yaw)
        y = points[:, 1] * np.cos(self.pitch) + heights * np.sin(self.pitch)
        c, s = np.cos(self.roll), np.sin(self.roll)
        turned = np.stack([c * x - s * y, s * x + c * y], 1) * self.scale
        return np.asarray(turned + np.array(self.centre), np.float32)

    def maps(self, grid: Grid, relief: Image, width: int, height: int) -> tuple[Image, Image]:
        """Where in the head's raster each photo pixel looks, for `cv2.remap`."""
        columns = np.arange(width, dtype=np.float32)[None, :] - np.float32(self.centre[0])
        rows = np.arange(height, dtype=np.float32)[:, None] - np.float32(self.centre[1])
        c, s = (
            np.float32(np.cos(self.roll) / self.scale),
            np.float32(np.sin(self.roll) / self.scale),
        )
        flat_x, flat_y = c * columns + s * rows, c * rows - s * columns
        left, top, density = grid.x[0, 0], grid.y[0, 0], np.float32(grid.density)

        def pixels(z: Image | float) -> tuple[Image, Image]:
            x = (flat_x - z * np.float32(np.sin(self.yaw))) / np.float32(np.cos(self.yaw))
            y = (flat_y - z * np.float32(np.sin(self.pitch))) / np.float32(np.cos(self.pitch))
            return (x - left) * density, (y - top) * density

        u, v = pixels(0.0)
        # The height under a pixel depends on where it looks: a few rounds converge.
        for _ in range(4):
            u, v = pixels(np.asarray(cv2.remap(relief, u, v, cv2.INTER_LINEAR), np.float32))
        return u, v

    def light(self, light: Vector) -> Vector:
        """A light's direction in the photo, seen from the turned head."""
        x, y, z = light
        c, s = np.cos(self.roll), np.sin(self.roll)
        x, y = c * x + s * y, c * y - s * x
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        x, z = c * x - s * z, s * x + c * z
        c, s = np.cos(self.pitch), np.sin(self.pitch)
        y, z = c * y - s * z, s * y + c * z
        return float(x), float(y), float(z)


def sample(grid: Grid, relief: Image, points: Image) -> Image:
    """Heights (n,) of a relief at points (n, 2) in units."""
    columns, rows = grid.pixels(points).T
    return np.asarray(cv2.remap(relief, columns, rows, cv2.INTER_LINEAR), np.float32).ravel()


def expose(light: Image, scene: Scene, film: bool) -> NDArray[np.uint8]:
    """Takes the photo.

    Grain is coarse and grey, a sensor's noise fine and coloured; both are equally strong, so that
    neither tells by brightness or colour in which decade a photo was taken.

    Args:
        light: (height, width, 3) linear colours, 0 to 1 and a little over.
        scene: White balance, lens and noise.
        film: Film grain rather than a sensor's noise.

    Returns:
        (height, width, 3) uint8 RGB.
    """
    rng = np.random.default_rng((scene.seed, 4))
    height, width = light.shape[:2]
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    falloff = 1.0 - scene.vignette * 0.5 * (x * x + y * y).astype(np.float32)
    gains = np.array(scene.white_balance, np.float32)
    photo = np.sqrt(np.clip(light * falloff[..., None] * gains, 0.0, None))
    # Highlights roll off rather than clip.
    above = np.maximum(photo - 0.8, 0.0)
    photo += above / (1.0 + 5.0 * above) - above
    photo = cv2.GaussianBlur(photo, (0, 0), scene.softness) * np.float32(255.0)
    if film:
        grain = cv2.GaussianBlur(rng.standard_normal((height, width), np.float32), (0, 0), 0.8)
        photo += (grain * np.float32(scene.noise * 1.8))[..., None]
    else:
        photo += rng.standard_normal((height, width, 3), np.float32) * np.float32(scene.noise)
    return np.asarray(np.clip(photo + 0.5, 0.0, 255.0), np.uint8)
