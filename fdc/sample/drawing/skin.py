"""Skin: its colour, cheeks, beard, freckles, moles, and the spots that come with age."""

import cv2
import numpy as np

from fdc.sample.drawing.canvas import Grid, Image, bell, blend, blur, bump, bumps, clouds, step
from fdc.sample.drawing.hair import brow_colour
from fdc.sample.drawing.look import Look


def albedo(look: Look, grid: Grid, share: Image, rng: np.random.Generator) -> Image:
    """Colours of a face's skin before light falls on it.

    Args:
        look: Whose skin.
        grid: Raster of the face.
        share: From `relief.inside`.
        rng: Chance of the day: blotches and the fall of a beard.

    Returns:
        (height, width, 3) linear colours.
    """
    who = look.identity
    skin = np.square(look.skin)
    colours = np.broadcast_to(skin, (*grid.shape, 3)).astype(np.float32)
    mottled = 1.0 + (0.02 + 0.05 * look.elder) * clouds(rng, grid.shape, 14.0)
    colours *= mottled[..., None]

    rosy = bumps(grid, 0.56, 0.45, 0.27, 0.22) + 0.6 * bump(grid, 0, look.nose_y, 0.2, 0.14)
    rosy *= 0.30 * (1.0 - 0.55 * look.growth) + 0.12
    blend(colours, skin * (1.0, 0.58, 0.58), rosy)
    if look.stubble > 0.0:
        _beard(colours, grid, look, share, rng)

    places = np.random.default_rng(who.freckle_seed)
    if who.freckles > 0.0:
        _spots(colours, grid, places, 90, 0.012, who.freckles * 0.5 * min(look.age / 5, 1), skin)
    spotted = max(look.elder - 0.45, 0.0)
    _spots(colours, grid, places, int(46 * spotted), 0.032, 0.28 + 0.2 * spotted, skin)
    for x, y, size in who.moles:
        reach = bell(np.hypot(grid.x - x, grid.y - y), size)
        blend(colours, skin * 0.16, reach * (0.35 + 0.6 * look.growth))
    return colours


def _spots(
    colours: Image,
    grid: Grid,
    places: np.random.Generator,
    count: int,
    size: float,
    strength: float,
    skin: Image,
) -> None:
    marks = np.zeros(grid.shape, np.uint8)
    spots = np.stack([places.normal(0, 0.52, 200), places.normal(0.1, 0.55, 200)], 1)
    sizes = size * places.uniform(0.5, 1.5, 200)
    for spot, radius in zip(grid.pixels(spots[:count]), sizes[:count], strict=True):
        centre = (round(float(spot[0]) * 16), round(float(spot[1]) * 16))
        cv2.circle(marks, centre, round(radius * grid.density * 16), 255, -1, cv2.LINE_AA, 4)
    if count:
        soft = blur(marks.astype(np.float32) / np.float32(255.0), 1.0)
        blend(colours, skin * (0.62, 0.48, 0.40), soft * np.float32(strength))


def _beard(colours: Image, grid: Grid, look: Look, share: Image, rng: np.random.Generator) -> None:
    who, mouth, half = look.identity, look.mouth_y, look.mouth_width
    lower = step(grid.y - (look.nose_y + 0.10 + 0.25 * np.clip(1 - np.abs(grid.x), 0, 1)), 0.25)
    sides = step(grid.y - 0.30, 0.4) * step(np.abs(grid.x) - 0.62, 0.3)
    jaw = step(share - 0.66, 0.25) * step(grid.y - 0.25, 0.5)
    moustache = bell(grid.y - (mouth - 0.17 + 0.25 * grid.x**2), 0.075) * step(
        half * 1.15 - np.abs(grid.x), 0.1
    )
    chin = bump(grid, 0.0, look.chin - 0.2, 0.32, 0.26)
    speckle = 0.5 + 0.5 * clouds(rng, grid.shape, 2.2)
    full = np.clip(np.maximum(lower * np.maximum(jaw, sides), np.maximum(moustache, chin)), 0, 1)
    shadow = np.clip(full * 0.8 + 0.2 * lower, 0, 1)
    dark = 0.5 * np.square(look.skin) + 0.5 * brow_colour(look)
    blend(colours, dark * (0.85, 0.95, 1.05), shadow * look.stubble * 0.30)
    worn = {"moustache": moustache, "goatee": np.maximum(moustache, chin), "full": full}
    grown = float(np.clip((look.age - 24.0) / 3.0, 0.0, 1.0))
    if who.beard in worn and grown > 0.0:
        cover = step(worn[who.beard] * 1.3 + 0.2 * (speckle - 0.5) - 0.5, 0.9)
        blend(colours, brow_colour(look) * (0.7 + 0.5 * speckle[..., None]), cover * grown * 0.9)
