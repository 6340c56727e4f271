"""Head and hair, seen from the front and lit: colours, coverage and heights on one raster."""

from dataclasses import dataclass

import cv2
import numpy as np

from fdc.sample.drawing import features, hair, skin
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
    stroked,
)
from fdc.sample.drawing.look import Look
from fdc.sample.drawing.relief import cleft, form, inside, nostrils, wrinkles
from fdc.sample.drawing.scene import Scene
from fdc.sample.drawing.shading import Vector, shade

DENSITY = 100.0
EXTENT = (-1.75, -2.1, 1.75, 2.5)
FACE = (-1.16, -1.66, 1.16, 1.66)


@dataclass(frozen=True)
class Layer:
    """Something to lay over a photo.

    Attributes:
        colours: (height, width, 3) linear colours times coverage.
        cover: (height, width) coverage, 0 to 1.
    """

    colours: Image
    cover: Image


@dataclass(frozen=True)
class HeadDrawing:
    """A head in its own frontal frame.

    Attributes:
        grid: Raster of the three layers.
        front: Face, ears and the hair before them.
        back: The hair behind the neck, None where it is short.
        relief: (height, width) heights for the parallax, in units.
        landmarks: (5, 2) nose, eyes, mouth corners as the AI-Hub orders them, in units.
    """

    grid: Grid
    front: Layer
    back: Layer | None
    relief: Image
    landmarks: Image


def draw(look: Look, scene: Scene, light: Vector) -> HeadDrawing:
    """Draws a head.

    Args:
        look: Whose head.
        scene: The circumstances.
        light: Unit vector towards the light in the head's own frame.

    Returns:
        The head's layers.
    """
    rng = np.random.default_rng((scene.seed, 1))
    grid = Grid.over(*EXTENT, DENSITY)
    part, cut = grid.window(*FACE)
    share = inside(look, part)
    relief = form(look, scene, part, share)

    colours = np.zeros((*grid.shape, 3), np.float32)
    cover = np.zeros(grid.shape, np.float32)
    _ears(colours, cover, grid, look, scene, light)
    face = _face(look, scene, light, part, share, relief, rng)
    edge = step(1.0 - share, 0.022)
    blend(colours[cut], face, edge)
    cover[cut] = np.maximum(cover[cut], edge)

    locks = hair.draw(look, scene, grid, light, rng)
    _shade_under_hair(colours[locks.cut], locks.front, light)
    if look.glasses:
        _glasses(colours, grid, look, light)
    blend(colours[locks.cut], locks.colours, locks.front)
    cover[locks.cut] = np.maximum(cover[locks.cut], locks.front)
    colours *= cover[..., None]

    deep = np.zeros(grid.shape, np.float32)
    deep[cut] = relief
    return HeadDrawing(
        grid=grid,
        front=Layer(colours, cover),
        back=None if locks.back is None else _behind(grid, locks, locks.back),
        relief=blur(deep, 0.03 * DENSITY),
        landmarks=landmarks(look, scene),
    )


def _behind(grid: Grid, locks: hair.Hair, share: Image) -> Layer:
    colours = np.zeros((*grid.shape, 3), np.float32)
    cover = np.zeros(grid.shape, np.float32)
    colours[locks.cut] = locks.colours * (0.55 * share)[..., None]
    cover[locks.cut] = share
    return Layer(colours, cover)


def _shade_under_hair(colours: Image, cover: Image, light: Vector) -> None:
    moved = np.array([[1, 0, -0.035 * light[0] * DENSITY], [0, 1, 0.06 * DENSITY]], np.float32)
    shadow = cv2.warpAffine(blur(cover, 0.06 * DENSITY), moved, cover.shape[::-1])
    colours *= 1.0 - 0.45 * shadow[..., None]


def landmarks(look: Look, scene: Scene) -> Image:
    """Nose tip, eyes and mouth corners in the frontal frame, in units, in the AI-Hub's order."""
    corner = features.half_mouth(look, scene) * 0.97
    y = look.mouth_y + features.corner_height(look, scene)
    x, eye = look.eye_x - 0.07 * look.eye_width, look.eye_width * (0.12 * look.sag - 0.14)
    return np.array(
        [
            (0.0, look.nose_y - 0.02),
            (-x, eye),
            (x, eye),
            (-corner, y),
            (corner, y),
        ],
        np.float32,
    )


def _face(
    look: Look,
    scene: Scene,
    light: Vector,
    grid: Grid,
    share: Image,
    relief: Image,
    rng: np.random.Generator,
) -> Image:
    lips = features.mouth(look, scene, grid)
    folds = wrinkles(look, scene, grid)
    relief = relief - 0.020 * folds - 0.02 * cleft(look, grid)
    relief[lips.cut] += lips.relief
    relief += 0.0012 * (0.6 + look.elder) * clouds(rng, grid.shape, 2.5)

    albedo = skin.albedo(look, grid, share, rng)
    albedo *= (1.0 - 0.40 * folds)[..., None]
    features.paint_lips(albedo, lips, look)
    gloss = np.full(grid.shape, 0.07 + 0.02 * rng.random(), np.float32)
    gloss[lips.cut] += 0.14 * lips.lips
    face = shade(albedo, relief, DENSITY, light, scene.key, scene.ambient, gloss=gloss)

    bare = np.maximum(albedo[..., 1], 1e-3)
    brightness = np.clip(face[..., 1] / bare, 0.0, 1.3)
    blend(face, face * 0.16, 0.85 * nostrils(look, grid))
    features.paint_gap(face, lips, look, brightness)
    tone = hair.brow_colour(look) * 0.85
    for side in (-1.0, 1.0):
        features.eye(face, grid, look, scene, side, blur(brightness, 3.0))
        features.brow(face, grid, look, side, tone, scene.seed)
    return face


def _ears(
    colours: Image, cover: Image, grid: Grid, look: Look, scene: Scene, light: Vector
) -> None:
    size = (0.30 + 0.05 * look.growth + 0.05 * look.elder) * (1 + 0.15 * look.identity.ears)
    middle = 0.16 + 0.06 * look.growth
    angle = float(np.arctan2(1.0, -middle))
    beside = float(np.interp(angle, look.angles, look.radii)) * np.sin(angle)
    out = 0.14 + 0.05 * look.identity.ears
    colour = np.square(look.skin) * (1.0, 0.88, 0.86)
    for side in (-1.0, 1.0):
        left, right = sorted((side * (beside - 0.2), side * (beside + 0.4)))
        part, cut = grid.window(left, middle - size - 0.2, right, middle + size + 0.2)
        x = (part.x * np.float32(side) - np.float32(beside + 0.02)) / np.float32(out)
        y = (part.y - np.float32(middle)) / np.float32(size)
        x = x - 0.35 * np.clip(-y, -0.5, 1.0)
        far = np.hypot(x, y)
        relief = 0.10 * np.sqrt(np.clip(1.0 - far**3, 0, None)) + 0.05 * bell(far - 0.82, 0.16)
        relief -= 0.06 * bell(np.hypot(x - 0.05, y + 0.1), 0.45)
        albedo = np.broadcast_to(colour, (*part.shape, 3)).astype(np.float32)
        lit = shade(albedo, relief.astype(np.float32), DENSITY, light, scene.key, scene.ambient)
        lit *= 0.80
        blend(lit, lit * 0.5, 0.7 * bell(np.hypot(x + 0.1, y - 0.05), 0.38))
        edge = step(1.0 - far, 0.10)
        blend(colours[cut], lit, edge)
        cover[cut] = np.maximum(cover[cut], edge)


def _glasses(colours: Image, grid: Grid, look: Look, light: Vector) -> None:
    who = look.identity
    wide, high = look.eye_width * 1.72, look.eye_width * (1.5 if who.round_glasses else 1.22)
    power = 2.0 if who.round_glasses else 4.0
    turn = np.linspace(0.0, 2 * np.pi, 40)
    lines = []
    for side in (-1.0, 1.0):
        x = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** (2 / power) * wide
        y = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** (2 / power) * high
        rim = np.stack([side * look.eye_x + x * 0.93, y + 0.05], 1)
        lines.append((rim, 1.0))
        hinge = side * (look.eye_x + wide * 0.93)
        lines.append((np.array([(hinge, -0.02), (side * 1.02, -0.06)]), 1.0))
        lens = filled(grid, smooth([(float(a), float(b)) for a, b in rim[::4]], 2))
        gleam = lens * bell(grid.x + 0.5 * grid.y - side * look.eye_x - 0.2 * light[0], 0.10)
        blend(colours, (0.9, 0.95, 1.0), 0.10 * gleam)
    inner = look.eye_x - wide * 0.93
    lines.append((np.array([(-inner, -0.0), (0.0, -0.045), (inner, 0.0)]), 1.0))
    frame = np.clip(stroked(grid, lines, 0.042) * 1.3, 0.0, 1.0)
    moved = np.array([[1, 0, -0.026 * light[0] * DENSITY], [0, 1, 0.043 * DENSITY]], np.float32)
    colours *= 1.0 - 0.35 * cv2.warpAffine(frame, moved, frame.shape[::-1])[..., None]
    blend(colours, linear(who.glasses_colour), frame)
