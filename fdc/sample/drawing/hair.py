"""Hair: where it grows, how its strands run, and how they grey."""

from dataclasses import dataclass

import cv2
import numpy as np

from fdc.sample.drawing.canvas import Grid, Image, bell, blur, filled, linear, smooth, step
from fdc.sample.drawing.look import Look
from fdc.sample.drawing.scene import Scene
from fdc.sample.drawing.shading import Vector

GREY = (0.80, 0.80, 0.81)

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Hair:
    """Somebody's hair on a part of the head's raster.

    Attributes:
        cut: Slices of the part.
        colours: (height, width, 3) linear colours, lit, as if hair were everywhere.
        front: (height, width) coverage before the face, 0 to 1.
        back: (height, width) coverage behind neck and shoulders; None for short hair.
    """

    cut: tuple[slice, slice]
    colours: Image
    front: Image
    back: Image | None


def draw(look: Look, scene: Scene, grid: Grid, light: Vector, rng: np.random.Generator) -> Hair:
    """Cuts, greys and lights somebody's hair.

    Args:
        look: Whose hair.
        scene: Gives the strength of the light.
        grid: Raster of the head.
        light: Unit vector towards the light in the head's own frame.
        rng: Chance of the day: strands out of place.

    Returns:
        The hair.
    """
    who = look.identity
    long = look.hair_length > 0.4
    outer = _outline(look, long)
    across = max(x for x, _ in outer) + 0.1
    part, cut = grid.window(-across, -2.1, across, max(y for _, y in outer) + 0.15)
    fine, middle, broad = _strands(look, part, rng)

    ragged = 0.16 + 0.16 * who.curl + (0.1 if who.fringe else 0.0)
    whole = blur(filled(part, smooth(outer)), 0.035 * grid.density)
    hole = blur(filled(part, smooth(_opening(look, long))), 0.03 * grid.density)
    whole = step(whole - 0.5 + ragged * 0.6 * middle, 0.5)
    front = whole * step(0.5 - hole + ragged * middle, 0.6)
    if look.hair_density < 1.0:
        thin = np.clip(look.hair_density + 0.45 * middle * (1 - look.hair_density), 0.0, 1.0)
        front, whole = front * thin, whole * thin
    return Hair(
        cut,
        _lit(_greyed(look, fine, broad), look, scene, part, light, fine),
        front,
        whole if long else None,
    )


def brow_colour(look: Look) -> Image:
    """Linear colour of brows and beard, which grey later than the hair."""
    base, grey = linear(look.hair_colour), linear(GREY)
    share = float(np.clip(look.grey * 1.3 - 0.35, 0.0, 0.85))
    return np.asarray((base + (grey - base) * share) * 0.8, np.float32)


def _outline(look: Look, long: bool) -> Points:
    """The polygon around all hair, the face included."""
    who = look.identity
    volume = 0.05 + 0.13 * who.volume + 0.05 * who.curl + (0.04 if long else 0.0)
    volume *= min(look.hair_density + 0.1 * look.growth, 1.0) ** 3
    volume *= 1.0 - 0.55 * look.recession
    end = float(
        np.interp(look.hair_length, (0.0, 0.3, 0.4, 0.7, 1.0), (-0.1, 0.3, 0.75, 1.35, 2.2))
    )
    crown = -1.52 - 0.05 * who.forehead
    right = [(0.30, crown - volume), (0.68, -1.36 - volume * 0.9), (0.98 + volume * 0.5, -1.0)]
    right += [(1.05 + volume * 0.8, -0.5)]
    if long:
        full = volume + 0.05 * who.volume
        right += [(1.09 + volume * 0.9, 0.0), (1.10 + full, 0.5), (1.08 + full, 0.25 + 0.5 * end)]
        right += [(1.0 + volume, end), (0.45, end + 0.1)]
    else:
        end = max(end, -0.05)
        right += [(1.05 + volume * 0.5, -0.1), (1.0, end), (0.86, end + 0.02)]
    wide = 1.0 + 0.05 * who.width + 0.04 * (1.0 - look.growth)
    outer = [(x * wide, y) for x, y in right]
    return outer + [(-x, y) for x, y in reversed(outer)]


def _opening(look: Look, long: bool) -> Points:
    """The polygon through which the face shows; recession lifts its upper edge."""
    who, bald, part = look.identity, look.recession, 0.35 * look.identity.parting
    line = -0.93 - 0.07 * who.forehead + 0.10 * (1 - look.growth) * (look.age > 1.5)
    fringe = who.fringe and bald < 0.25 and look.age >= 2
    if fringe:
        line = look.brow_y - 0.13
    middle = line - 0.55 * bald - 0.5 * max(bald - 0.6, 0.0)
    corner = line + 0.10 - 0.75 * bald * (1.0 if not fringe else 0.3)
    temple = -0.42 - 0.35 * bald
    lock = 0.90 - (0.07 if long else 0.0)
    halves = []
    for side in (1.0, -1.0):
        lifted = 0.10 * (1.0 if side * part > 0 else -0.3) * min(abs(part) * 4, 1.0)
        half = [
            (part * 0.6 + side * 0.10, middle - 0.04),
            (side * 0.48, corner - 0.07 - lifted),
            (side * (0.72 + 0.08 * bald), corner + 0.22 - 0.3 * max(bald - 0.5, 0)),
            (side * (0.84 + 0.05 * bald), temple + 0.1),
            (side * lock, 0.0),
        ]
        if long:
            half += [(side * lock, 0.5), (side * 0.80, 1.0), (side * 0.66, 1.5), (side * 0.6, 2.6)]
        else:
            half += [(side * 0.93, 0.3), (side * 1.4, 0.4), (side * 1.4, 2.6)]
        halves.append(half)
    return halves[0] + halves[1][::-1]


def _strands(look: Look, grid: Grid, rng: np.random.Generator) -> tuple[Image, Image, Image]:
    """Noise that runs along the hair from the parting outwards: thin, middling and broad strands.

    Each has mean 0 and lies about between -1 and 1.
    """
    who = look.identity
    x = grid.x - np.float32(0.35 * who.parting)
    y = grid.y + np.float32(1.55)
    away = np.hypot(x, y)
    angle = np.arctan2(x, y + np.float32(0.25))
    if who.curl > 0.1:
        angle += np.float32(0.05 * who.curl) * np.sin(away * 13.0 + 3.0 * angle)
    texture = cv2.GaussianBlur(rng.standard_normal((16, 400), np.float32), (0, 0), 0.8) * 1.6
    v = away * np.float32(2.0 + 5.0 * who.curl) + 1.0

    def strands(count: float) -> Image:
        u = angle * np.float32(count / np.pi) + np.float32(200.0)
        noise = cv2.remap(texture, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.asarray(np.clip(noise, -1.5, 1.5), np.float32)

    return strands(120.0), strands(70.0), strands(26.0)


def _greyed(look: Look, fine: Image, broad: Image) -> Image:
    """Linear colours of the hair before light falls on it: strands grey one by one."""
    salted = look.grey * (1.0 - look.grey)
    share = np.clip(look.grey + salted * (0.9 * fine + 0.5 * broad), 0.0, 1.0)
    share *= 0.35 + 0.65 * share
    contrast = np.clip(1.0 + 0.34 * fine + 0.26 * broad, 0.25, None)
    base, grey = linear(look.hair_colour), linear(GREY)
    return np.asarray((base + (grey - base) * share[..., None]) * contrast[..., None], np.float32)


def _lit(colours: Image, look: Look, scene: Scene, grid: Grid, light: Vector, fine: Image) -> Image:
    """Lights hair as a round form, with the band of shine that hair has."""
    x, y = grid.x / np.float32(1.2), (grid.y + np.float32(0.35)) / np.float32(1.35)
    square = x * x + y * y
    far = np.sqrt(square)
    z = np.sqrt(np.clip(1.0 - square, 0.04, None))
    facing = (x * light[0] + y * light[1] + z * light[2]) * 0.75 + 0.25
    facing = np.clip(facing, 0.0, 1.0)
    light_here = (scene.key * facing + scene.ambient) * np.clip(1.15 - 0.45 * square * far, 0.4, 1)
    band = bell(far - np.float32(0.72), 0.13) * facing * facing * (1.0 + 0.8 * fine)
    band *= step(0.1 - grid.y, 0.8) * np.float32(0.2 + 0.3 * look.growth * (1.0 - 0.5 * look.elder))
    np.clip(band, 0.0, None, out=band)
    lit = colours * (light_here + 0.8 * band)[..., None]
    lit += (np.float32(0.09) * band)[..., None]
    return np.asarray(lit, np.float32)
