"""Neck, shoulders and clothes, straight in the photo's frame."""

from dataclasses import dataclass

import numpy as np

from fdc.sample.drawing.canvas import (
    Grid,
    Image,
    bell,
    blend,
    blur,
    clouds,
    filled,
    linear,
    smooth,
    step,
)
from fdc.sample.drawing.look import Look
from fdc.sample.drawing.scene import Scene
from fdc.sample.drawing.shading import CLOTH_WRAP, shade

# Right half of each neckline, from the middle outwards: x in half widths of the neck, y below the
# shoulders' line.
_NECKLINES = {
    "crew": ((0.45, 0.24), (1.12, 0.12), (1.25, 0.08), (1.56, 0.06)),
    "vee": ((0.16, 0.66), (1.03, 0.32), (1.15, 0.02), (1.44, 0.0)),
    "boat": ((0.8, 0.14), (1.6, 0.10), (1.9, 0.06), (2.1, 0.05)),
    "high": ((0.5, -0.12), (0.95, -0.14), (1.12, -0.17), (1.25, -0.05)),
}


@dataclass(frozen=True)
class Body:
    """Neck and shoulders on a part of the photo.

    Attributes:
        cut: Slices of the part.
        colours: (height, width, 3) linear colours.
        cover: (height, width) coverage, 0 to 1.
    """

    cut: tuple[slice, slice]
    colours: Image
    cover: Image


def draw(look: Look, scene: Scene, grid: Grid) -> Body:
    """Draws neck, shoulders and clothes.

    Args:
        look: Whose.
        scene: Clothes and light.
        grid: Raster of the photo with the middle of the shoulders' line at x = 0 and the chin at
            y = 0, in units of the face.

    Returns:
        The body.
    """
    rng = np.random.default_rng((scene.seed, 2))
    neck, wide = look.neck, look.shoulders
    line = 0.26 + 0.26 * look.growth
    lean = np.float32(np.tan(scene.lean))
    grid, cut = grid.window(-9.0, -0.75, 9.0, 9.0)
    skin_side = [(neck, -0.9), (neck * 0.95, -0.2), (neck * 1.02, line * 0.55), (neck * 1.5, line)]
    side = [*skin_side, (wide * 0.72, line + 0.22), (wide * 0.95, line + 0.48)]
    side += [(wide * 1.04, line + 0.95), (wide * 1.08, 4.5)]
    shape = filled(grid, _leaning(smooth(_mirrored(side)), lean))

    inflated = blur(shape, 0.30 * grid.density)
    torso = 0.9 * np.sqrt(np.clip(inflated, 0.0, 1.0)) * step(grid.y - 0.1, 0.8)
    column = 0.55 * np.sqrt(np.clip(1.0 - np.square(grid.x / np.float32(neck * 1.08)), 0, None))
    column = column * step(line + 0.25 - grid.y, 0.6)
    collar_bones = 0.03 * bell(grid.y - line - 0.32 - 0.12 * np.abs(grid.x), 0.06)
    relief = np.maximum(torso + collar_bones * look.growth, column).astype(np.float32)
    relief = blur(relief, 0.05 * grid.density)

    albedo = np.broadcast_to(np.square(look.skin) * 0.93, (*grid.shape, 3)).astype(np.float32)
    if look.elder > 0.3:
        for number in range(3):
            crease = bell(grid.y - 0.12 - 0.16 * number - 0.18 * grid.x**2, 0.018)
            blend(albedo, albedo * 0.6, np.broadcast_to(0.5 * look.elder * crease, grid.shape))
    naked = shade(albedo, relief, grid.density, scene.light, scene.key, scene.ambient)

    worn = filled(grid, _leaning(_garment(scene, neck, wide, line), lean)) * shape
    folds = 0.020 * clouds(rng, grid.shape, 0.35 * grid.density)
    cloth = _cloth(scene, grid)
    dressed = shade(
        cloth,
        relief + folds + 0.03 * worn,
        grid.density,
        scene.light,
        scene.key,
        scene.ambient,
        CLOTH_WRAP,
    )
    hem = np.clip(blur(worn, 2.5) * (1.0 - worn) * 1.6, 0.0, 0.6)
    naked *= 1.0 - hem[..., None]
    blend(naked, dressed, worn)
    return Body(cut, naked, shape)


def _mirrored(side: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return side + [(-x, y) for x, y in reversed(side)]


def _leaning(ring: Image, lean: np.float32) -> Image:
    leaning = ring.copy()
    leaning[:, 1] += lean * ring[:, 0]
    return leaning


def _garment(scene: Scene, neck: float, wide: float, line: float) -> Image:
    """Outline of the clothes; the neckline is its upper edge."""
    edge = [(x * neck, line + y) for x, y in _NECKLINES[scene.neckline]]
    edge += [(wide * 0.5, line + 0.03), (wide * 1.3, line + 0.2), (wide * 1.5, 4.6)]
    ring = _mirrored(edge)
    return smooth(ring, 3)


def _cloth(scene: Scene, grid: Grid) -> Image:
    cloth = np.broadcast_to(linear(scene.cloth), (*grid.shape, 3)).astype(np.float32)
    across = np.broadcast_to(step(np.sin(grid.y * 14.0), 0.5), grid.shape)
    down = np.broadcast_to(step(np.sin(grid.x * 14.0), 0.5), grid.shape)
    if scene.pattern == "stripes":
        blend(cloth, linear(scene.trim), across * 0.8)
    elif scene.pattern == "checks":
        blend(cloth, linear(scene.trim), 0.4 * across)
        blend(cloth, linear(scene.trim), 0.4 * down)
    return cloth
