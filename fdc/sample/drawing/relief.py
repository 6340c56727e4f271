"""The form of a face as heights over its frontal view, and the wrinkles in it."""

import numpy as np

from fdc.sample.drawing.canvas import Grid, Image, bell, bump, bumps, step, stroked
from fdc.sample.drawing.look import Look
from fdc.sample.drawing.scene import Scene


def inside(look: Look, grid: Grid) -> Image:
    """Distance from the origin as a share of the outline's: below 1 inside the face."""
    distance = np.hypot(grid.x, grid.y)
    return distance / look.radius(np.arctan2(np.abs(grid.x), -grid.y))


def form(look: Look, scene: Scene, grid: Grid, share: Image) -> Image:
    """Heights of a face.

    Args:
        look: Whose face, at which age.
        scene: The smile lifts the cheeks.
        grid: Raster, in units of the face.
        share: From `inside`.

    Returns:
        (height, width) heights towards the viewer, in units; 0 outside the face.
    """
    child = 1.0 - look.growth
    relief: Image = 0.95 * np.sqrt(np.clip(1.0 - share**2.5, 0.0, None))
    eye, brow, mouth, chin = look.eye_x, look.brow_y, look.mouth_y, look.chin
    hollow = 0.4 * look.elder
    hills = (
        (eye, -0.04, 0.27, 0.17, -0.10 - 0.03 * look.male - 0.03 * look.elder),
        (eye, 0.0, 0.18, 0.13, 0.055),
        (eye, brow + 0.02, 0.32, 0.11, 0.035 + 0.05 * look.male),
        (0.58, 0.36, 0.27, 0.20, 0.05 + 0.03 * scene.smile),
        (0.60, 0.58, 0.27, 0.26, 0.10 * child + 0.02 - 0.10 * hollow),
        (0.50, mouth + 0.16, 0.16, 0.20, 0.07 * look.sag),
    )
    for x, y, width, height, rise in hills:
        relief += np.float32(rise) * bumps(grid, x, y, width, height)
    relief += np.float32(0.07) * bump(grid, 0.0, mouth, 0.36, 0.26)
    relief += np.float32(0.05 + 0.03 * look.male) * bump(grid, 0.0, chin - 0.17, 0.24, 0.15)
    relief -= np.float32(0.05) * bump(grid, 0.0, 0.5 * (mouth + chin) - 0.02, 0.25, 0.07)
    relief += _nose(look, grid)
    return np.asarray(relief * step(1.0 - share, 0.04), np.float32)


def _nose(look: Look, grid: Grid) -> Image:
    tip, high, wide = look.nose_y, look.nose_height, look.nose_width
    rows = grid.y[:, 0]
    below = tip + 0.13
    height = np.interp(
        rows,
        (look.brow_y, -0.06, 0.4 * tip, tip - 0.04, tip + 0.03, below),
        (0.02 * high, 0.34 * high, 0.62 * high, 0.97 * high, high, 0.0),
    )
    width = np.interp(rows, (look.brow_y, 0.0, tip - 0.1, tip), (0.16, 0.095, 0.125, 0.8 * wide))
    rounding = max(int(0.05 * grid.density), 1)
    profile = np.convolve(height, np.full(rounding, 1.0 / rounding), "same").astype(np.float32)
    across = np.square(grid.x / width.astype(np.float32)[:, None])
    ridge = profile[:, None] * np.exp(-across)
    wings = 0.11 * (0.6 + 0.4 * look.growth) * bumps(grid, wide * 0.92, tip + 0.03, 0.075, 0.085)
    return np.asarray(ridge + wings, np.float32)


def nostrils(look: Look, grid: Grid) -> Image:
    """Where the nostrils are, 0 to 1."""
    holes = bumps(grid, look.nose_width * 0.52, look.nose_y + 0.085, 0.055, 0.026)
    septum = bump(grid, 0.0, look.nose_y + 0.115, look.nose_width, 0.03)
    wings = bumps(grid, look.nose_width * 1.22, look.nose_y + 0.03, 0.022, 0.065)
    return np.asarray(np.clip(holes + 0.28 * septum + 0.25 * wings, 0.0, 1.0), np.float32)


def wrinkles(look: Look, scene: Scene, grid: Grid) -> Image:
    """Wrinkles and folds, 0 (smooth) to 1 (deep).

    The folds from nose to mouth come first, then forehead and eyes, then cheeks and mouth corners;
    a smile deepens the folds.
    """
    depth = look.wrinkles
    if depth <= 0.0:
        return np.zeros(grid.shape, np.float32)
    lines = [
        line
        for side in (-1.0, 1.0)
        for line in _side_lines(look, scene.smile, side)
        if line[1] > 0.02
    ]
    lines += [line for line in _forehead_lines(look) if line[1] > 0.02]
    drawn = stroked(grid, lines, 0.034)
    return np.asarray(drawn, np.float32)


def _curve(*points: tuple[float, float]) -> Image:
    """A parabola through three points, or a straight line through two."""
    corners = np.array(points)
    t = np.linspace(0.0, 1.0, 14)[:, None]
    if len(points) == 2:
        return np.asarray(corners[0] * (1 - t) + corners[1] * t)
    bend = 2.0 * corners[1] - 0.5 * (corners[0] + corners[2])
    return np.asarray((1 - t) ** 2 * corners[0] + 2 * t * (1 - t) * bend + t**2 * corners[2])


def _side_lines(look: Look, smile: float, side: float) -> list[tuple[Image, float]]:
    depth, sag = look.wrinkles, look.sag
    eye, wide, mouth = look.eye_x, look.eye_width, look.mouth_y
    corner, nose = look.mouth_width, look.nose_width

    def at(x: float, y: float) -> tuple[float, float]:
        return side * x, y

    fold = _curve(
        at(nose + 0.05, look.nose_y - 0.03),
        at(corner + 0.02, 0.5 * (look.nose_y + mouth) + 0.02),
        at(corner + 0.09, mouth + 0.05 * depth),
    )
    lines = [(fold, min(0.25 * smile + 0.9 * depth, 1.0))]
    for number in range(3):
        start = at(eye + wide * 1.16, -0.04 + 0.055 * number)
        middle = at(eye + wide * 1.42, -0.055 + 0.075 * number)
        end = at(eye + wide * (1.55 + 0.35 * depth), -0.09 + 0.115 * number)
        lines.append((_curve(start, middle, end), min(max(depth - 0.12, 0.0) * 1.1, 0.9)))
    for number, late in enumerate((0.15, 0.42)):
        drop = 0.16 + 0.085 * number
        bag = _curve(
            at(eye - wide * 0.85, drop - 0.04),
            at(eye + wide * 0.05, drop + 0.06 + 0.03 * sag),
            at(eye + wide * 0.95, drop - 0.02),
        )
        lines.append((bag, min(max(depth - late, 0.0) * 1.1, 0.85)))
    marionette = _curve(
        at(corner + 0.03, mouth + 0.05),
        at(corner + 0.09, mouth + 0.16),
        at(corner + 0.08, mouth + 0.30),
    )
    lines.append((marionette, min(max(depth - 0.35, 0.0) * 1.4, 0.9)))
    for number in range(2):
        cheek = _curve(
            at(0.62 + 0.11 * number, 0.42 + 0.04 * number),
            at(0.66 + 0.10 * number, 0.62),
            at(0.60 + 0.09 * number, 0.84),
        )
        lines.append((cheek, min(max(depth - 0.55 - 0.12 * number, 0.0) * 1.3, 0.6)))
    for number in range(2):
        lip = _curve(
            at(0.06 + 0.1 * number, mouth - 0.20), at(0.055 + 0.095 * number, mouth - 0.10)
        )
        lines.append((lip, min(max(depth - 0.6, 0.0) * 1.1, 0.5)))
    frown = _curve(at(0.085, look.brow_y - 0.02), at(0.07, look.brow_y + 0.17))
    lines.append((frown, min(max(depth - 0.25, 0.0), 0.7)))
    return lines


def _forehead_lines(look: Look) -> list[tuple[Image, float]]:
    depth, brow = look.wrinkles, look.brow_y
    shift = 0.03 * look.identity.brow_arch
    lines: list[tuple[Image, float]] = []
    for number, late in enumerate((0.10, 0.22, 0.40, 0.55)):
        y = brow - 0.17 - 0.115 * number
        reach = 0.56 - 0.06 * number
        x = np.linspace(-reach, reach, 24)
        wave = -0.035 * np.cos(x / reach * 4.4) + 0.02 * np.sin(x * 9.0 + number) + shift * x
        strength = min(max(depth - late, 0.0) * 1.15, 0.9)
        lines.append((np.stack([x, y + wave], 1), strength))
    return lines


def cleft(look: Look, grid: Grid) -> Image:
    """The groove between nose and upper lip."""
    middle = 0.5 * (look.nose_y + 0.1 + look.mouth_y - 0.08)
    return bell(grid.x, 0.045) * bell(grid.y - np.float32(middle), 0.08)
