"""Light on a relief: Lambert with a soft terminator, highlights, dark hollows, cast shadows."""

import math

import cv2
import numpy as np

from fdc.sample.drawing.canvas import Image, blur

Vector = tuple[float, float, float]

# Light that enters skin comes out again beside, red farthest: the terminator is softer in red.
SKIN_WRAP = (0.40, 0.24, 0.18)
CLOTH_WRAP = (0.2, 0.2, 0.2)


def normals(relief: Image, density: float) -> tuple[Image, Image, Image]:
    """Unit normals of a relief.

    Args:
        relief: (height, width) heights towards the viewer, in units.
        density: Pixels per unit.

    Returns:
        Their x, y and z parts, each (height, width).
    """
    slope_x = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3, scale=-density / 8.0)
    slope_y = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3, scale=-density / 8.0)
    z = 1.0 / np.sqrt(1.0 + slope_x * slope_x + slope_y * slope_y)
    return np.asarray(slope_x * z), np.asarray(slope_y * z), np.asarray(z)


def shade(
    albedo: Image,
    relief: Image,
    density: float,
    light: Vector,
    key: float,
    ambient: float,
    wrap: Vector = SKIN_WRAP,
    gloss: Image | float = 0.0,
) -> Image:
    """Lights a coloured relief.

    Args:
        albedo: (height, width, 3) linear colours.
        relief: (height, width) heights towards the viewer, in units.
        density: Pixels per unit.
        light: Unit vector towards the main light.
        key: Strength of the main light.
        ambient: Strength of the light from everywhere.
        wrap: How far light reaches round the terminator, for red, green and blue.
        gloss: Strength of the highlights, a number or (height, width).

    Returns:
        (height, width, 3) linear colours.
    """
    x, y, z = normals(relief, density)
    facing = x * light[0] + y * light[1] + z * light[2]
    lit = _shadows(relief, density, light)
    sky = np.float32(ambient) * (0.82 - 0.18 * y) * hollows(relief, density)
    shaded = np.empty_like(albedo)
    for channel, reach in enumerate(wrap):
        lambert = np.clip((facing + reach) / (1.0 + reach), 0.0, None)
        shaded[..., channel] = albedo[..., channel] * (key * lambert * lit + sky)
    middle = math.hypot(light[0], light[1], light[2] + 1.0)
    shine = (x * light[0] + y * light[1] + z * (light[2] + 1.0)) / middle
    np.clip(shine, 0.0, 1.0, out=shine)
    for _ in range(4):
        shine *= shine
    shaded += (shine * lit * np.float32(key) * gloss)[..., None]
    return shaded


def hollows(relief: Image, density: float) -> Image:
    """How much of the sky a point sees: below 1 where it lies deeper than its surroundings."""
    depth = blur(relief, 0.10 * density) - relief
    return np.asarray(np.clip(1.0 - 3.0 * depth, 0.35, 1.15), np.float32)


def _shadows(relief: Image, density: float, light: Vector) -> Image:
    """1 where the main light arrives, less in the soft shadow that nose, brow and chin cast."""
    height, width = relief.shape
    shrink = 4
    small = cv2.resize(relief, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    flat = float(np.hypot(light[0], light[1]))
    rise = light[2] / max(flat, 1e-3) * shrink / density
    covered = np.zeros_like(small)
    for stride in range(1, 15):
        move = np.array(
            [[1, 0, -light[0] / flat * stride], [0, 1, -light[1] / flat * stride]], np.float32
        )
        blocker = cv2.warpAffine(small, move, small.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        np.maximum(covered, blocker - small - np.float32(rise * stride), out=covered)
    soft = blur(np.clip(covered * 9.0, 0.0, 1.0), 1.2)
    return 1.0 - 0.75 * np.asarray(cv2.resize(soft, (width, height)), np.float32)
