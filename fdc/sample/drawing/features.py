"""Eyes, brows, mouth: what is painted on the relief."""

from dataclasses import dataclass

import numpy as np

from fdc.sample.drawing.canvas import Grid, Image, bell, blend, clouds, linear, step
from fdc.sample.drawing.look import Look
from fdc.sample.drawing.scene import Scene

LASHES = (0.10, 0.06, 0.05)


def eye(image: Image, grid: Grid, look: Look, scene: Scene, side: float, brightness: Image) -> None:
    """Paints one eye into a lit face.

    Args:
        image: (height, width, 3) linear colours, changed in place.
        grid: Raster of the image.
        look: Whose eye.
        scene: Gives gaze and light.
        side: -1 for the eye on the left of the photo, 1 for the other.
        brightness: (height, width) light on the face, 1 where fully lit.
    """
    who, wide = look.identity, look.eye_width
    centre = side * look.eye_x
    part, cut = grid.window(centre - 1.7 * wide, -1.5 * wide, centre + 1.7 * wide, 1.4 * wide)
    view, light = image[cut], brightness[cut]
    u = (part.x - np.float32(centre)) * np.float32(side / wide)
    tilt = 0.06 + 0.10 * who.eye_tilt - 0.10 * look.sag
    v = part.y / np.float32(wide) + np.float32(tilt) * u
    pixel = 1.6 / (wide * part.density)

    across = np.clip(1.0 - np.abs(u) ** 2.3, 0.0, None)
    outer = np.clip(u, 0.0, None)
    squint = 1.0 - 0.18 * scene.smile
    upper = -0.50 * look.eye_open * squint * across**0.75 * (1.0 - 0.06 * u)
    upper = upper + look.sag * (0.07 + 0.13 * outer) * across**0.5
    lower = 0.34 * look.eye_open * squint * (across**0.9) * (1.0 + 0.10 * u)
    opening = step(v - upper, pixel) * step(lower - v, pixel) * step(1.0 - np.abs(u), pixel)

    lid = np.float32(0.30 + 0.10 * look.growth)
    crease = bell(v - upper + lid * (0.75 + 0.25 * across), 0.05 + 0.05 * look.sag)
    crease = crease * step(1.12 - np.abs(u), 0.5) * (0.25 + 0.5 * who.crease + 0.2 * look.elder)
    blend(view, view * 0.35, np.clip(crease, 0.0, 0.85) * 0.8)
    pouch = bell(v - lower - 0.16, 0.10) * step(0.95 - np.abs(u), 0.6)
    blend(view, view * 0.55, np.clip(pouch * (0.15 + 0.6 * look.elder), 0.0, 0.8))

    ball = np.clip(0.55 + 0.45 * step(v - upper - 0.12, 0.38), 0.0, 1.0)
    ball = ball * (1.0 - 0.28 * np.abs(u) ** 2) * np.clip(0.35 + 0.65 * light, 0.3, 1.05)
    white = linear((0.93, 0.91 - 0.04 * look.elder, 0.89 - 0.08 * look.elder))
    colours = ball[..., None] * white

    gaze_x = side * scene.gaze[0] - 0.07
    ring = np.hypot(u - np.float32(gaze_x), v + np.float32(0.13 - scene.gaze[1]))
    radius = 0.50 - 0.03 * look.growth
    spokes = 1.0 + 0.25 * np.sin(22.0 * np.arctan2(v, u - np.float32(gaze_x)))
    tint = np.clip(0.55 + 1.1 * ring / radius * spokes * 0.8, 0.4, 1.9)
    tint = tint * (1.0 - 0.75 * step(ring - radius * 0.88, 0.16))
    iris = (tint * ball)[..., None] * linear(who.eyes) * 1.35
    blend(colours, iris, step(radius - ring, pixel * 1.2))
    blend(colours, (0.006, 0.005, 0.005), step(radius * 0.44 - ring, pixel * 1.2))
    glint_x = gaze_x + 0.17 * np.sign(scene.light[0]) * side
    glint = np.hypot(u - np.float32(glint_x), v + np.float32(0.31 - scene.gaze[1]))
    blend(colours, (1.0, 1.0, 1.0), 0.95 * step(0.12 - glint, pixel * 1.5))
    blend(view, colours, opening)

    lined = 0.09 + 0.05 * (1.0 - look.male) * look.growth
    lash = 1.25 * bell(v - upper + 0.04, lined) * step(1.08 - np.abs(u), 0.16)
    lash += bell(v - upper - 0.02 + 0.12 * outer, lined) * bell(u - 1.0, 0.16) * 0.6
    blend(view, linear(LASHES), np.clip(lash * (0.95 - 0.35 * look.elder), 0.0, 0.95))
    waterline = bell(v - lower, 0.045) * step(1.0 - np.abs(u), 0.2)
    blend(view, view * 0.5, 0.55 * waterline)
    tear = bell(u + 0.93, 0.1) * bell(v - 0.03, 0.09)
    blend(view, linear((0.80, 0.50, 0.46)) * 0.7, 0.6 * tear)


def brow(image: Image, grid: Grid, look: Look, side: float, colour: Image, seed: int) -> None:
    """Paints one eyebrow; `colour` is linear and already greyed, `side` as in `eye`."""
    who, y = look.identity, look.brow_y
    inner, outer = look.eye_x - 1.15 * look.eye_width, look.eye_x + 1.45 * look.eye_width
    left, right = sorted((side * (inner - 0.05), side * (outer + 0.05)))
    part, cut = grid.window(left, y - 0.25, right, y + 0.22)
    t = (part.x * np.float32(side) - np.float32(inner)) / np.float32(outer - inner)
    arch = 0.07 + 0.035 * who.brow_arch
    along = np.clip(t, 0.0, 1.0)
    line = y + 0.03 - arch * np.sin(np.pi * (0.16 + 0.70 * along**1.15))
    line = line + (0.03 + 0.05 * look.sag) * along**2
    weight = (0.052 + 0.018 * who.brow_weight + 0.016 * look.male) * (0.55 + 0.45 * look.growth)
    thick = np.float32(weight) * (1.1 - 0.75 * along**1.6)
    rng = np.random.default_rng(seed)
    hairs = clouds(rng, part.shape, 2.6) * 0.4
    body = 1.0 - np.abs(part.y - line) / thick + hairs * 0.4
    alpha = step(body - 0.15, 0.9) * step(t, 0.12) * step(1.02 - t, 0.12)
    density = (0.45 + 0.5 * look.growth) * (1.0 - 0.25 * look.elder)
    blend(image[cut], colour, np.clip(alpha * density, 0.0, 0.95))


@dataclass(frozen=True)
class Mouth:
    """The lips' own raster and where they are on it.

    Attributes:
        part: Raster around the mouth.
        cut: Its slices in the face's raster.
        upper: 1 above the line between the lips, 0 below.
        line: 1 on the line between the lips.
        lips: 1 on the lips.
        gap: 1 between the open lips.
        relief: Heights of the lips, in units.
        depth: 0 at the edge of the gap to 1 at its middle row, for the teeth.
    """

    part: Grid
    cut: tuple[slice, slice]
    upper: Image
    line: Image
    lips: Image
    gap: Image
    relief: Image
    depth: Image


def corner_height(look: Look, scene: Scene) -> float:
    """How far above (below 0) the mouth's middle its corners lie, in units."""
    return -0.10 * scene.smile + 0.035 * look.sag + 0.015


def half_mouth(look: Look, scene: Scene) -> float:
    """Half the width of the mouth, in units; a smile widens it."""
    return look.mouth_width * (1.0 + 0.14 * scene.smile)


def mouth(look: Look, scene: Scene, grid: Grid) -> Mouth:
    """Shapes the lips."""
    half, y = half_mouth(look, scene), look.mouth_y
    part, cut = grid.window(-half - 0.08, y - 0.26, half + 0.08, y + 0.34)
    q = part.x / np.float32(half)
    across = np.clip(1.0 - np.abs(q) ** 2.0, 0.0, None)
    lift = corner_height(look, scene)
    middle = y + lift * np.abs(q) ** 2.0 + 0.012 * bell(q, 0.22)
    opened = (0.09 * scene.open_mouth * (0.35 + 0.65 * scene.smile)) * across
    child = 0.75 + 0.25 * look.growth
    bow = 1.0 - 0.22 * bell(q, 0.16) + 0.16 * bell(np.abs(q) - 0.3, 0.2)
    above = 0.092 * look.lips * child * across**0.8 * bow
    below = 0.125 * look.lips * child * across**0.62
    pixel = 1.8 / part.density
    top, bottom = middle - above, middle + opened + below
    gap = step(part.y - middle, pixel) * step(middle + opened - part.y, pixel)
    gap = gap * step(opened - 0.012, 0.012)
    lips = step(part.y - top, pixel * 1.6) * step(bottom - part.y, pixel * 1.8)
    lips = lips * step(1.0 - np.abs(q), 0.08)
    to_top = np.clip((part.y - top) / np.maximum(above, 0.01), 0.0, 1.0)
    to_bottom = np.clip((bottom - part.y) / np.maximum(below, 0.01), 0.0, 1.0)
    upper = step(middle - part.y, pixel)
    relief = upper * np.sin(np.pi * 0.85 * to_top) * 0.05
    relief += (1.0 - upper) * np.sin(np.pi * 0.9 * to_bottom) * 0.065
    relief = relief * (0.4 + 0.6 * look.lips) * np.clip(across, 0, 1) ** 0.5
    line = bell(part.y - middle, 0.022) * step(1.04 - np.abs(q), 0.1)
    relief = relief - 0.035 * line * (1.0 - gap)
    depth = np.clip((part.y - middle) / np.maximum(opened, 0.01), 0.0, 1.0)
    return Mouth(part, cut, upper, line, lips, gap, relief.astype(np.float32), depth)


def paint_lips(albedo: Image, shape: Mouth, look: Look) -> None:
    """Colours the lips, before the light falls on them."""
    skin = np.square(look.skin)
    fade = 0.45 * look.elder
    rosy = skin * (0.80, 0.42 + 0.06 * look.male, 0.44 + 0.06 * look.male)
    colour = rosy * (1.0 - fade) + skin * 0.72 * fade
    view = albedo[shape.cut]
    strength = 0.62 + 0.25 * (1.0 - look.male) * look.growth
    blend(view, colour, shape.lips * np.float32(strength))
    blend(view, view * 0.72, shape.upper * shape.lips * 0.5)


def paint_gap(image: Image, shape: Mouth, look: Look, light: Image) -> None:
    """Darkens the line between the lips and shows the teeth of an open mouth, once lit."""
    view = image[shape.cut]
    q = shape.part.x / np.float32(look.mouth_width)
    blend(view, view * 0.22, 0.85 * shape.line * (1.0 - shape.gap))
    white = (
        linear((0.92, 0.90, 0.86 - 0.12 * look.elder))
        * (1.0 - 0.5 * np.clip(q * q, 0, 1))[..., None]
    )
    teeth = white * (light[shape.cut] * (0.95 - 0.45 * shape.depth))[..., None]
    inner = teeth * step(0.85 - shape.depth, 0.2)[..., None] + np.array(
        [0.05, 0.012, 0.012], np.float32
    )
    blend(view, np.clip(inner, 0.0, 1.0), shape.gap)
