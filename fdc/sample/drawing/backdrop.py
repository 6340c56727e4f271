"""What is behind the person: out of focus, and unrelated to who it is."""

from collections.abc import Callable

import cv2
import numpy as np

from fdc.sample.drawing.canvas import Image, blur, clouds, linear
from fdc.sample.drawing.scene import Scene

Painter = Callable[[Image, np.random.Generator, Image], None]


def draw(scene: Scene, width: int, height: int) -> Image:
    """Draws a background.

    Args:
        scene: Its kind, colour and chance.
        width: Of the photo, pixels.
        height: Of the photo, pixels.

    Returns:
        (height, width, 3) linear colours.
    """
    rng = np.random.default_rng((scene.seed, 3))
    # Out of focus, so half the size loses nothing.
    shape = (height // 2, width // 2)
    colour = linear(scene.backdrop_colour)
    down = np.linspace(1.15, 0.75, shape[0], dtype=np.float32)[:, None, None]
    canvas = np.ascontiguousarray(np.broadcast_to(colour * down, (*shape, 3)), np.float32)
    PAINTERS[scene.backdrop](canvas, rng, colour)
    canvas = blur(canvas, float(rng.uniform(1.2, 5.0)))
    return np.clip(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_LINEAR), 0.0, 1.0)


def _tint(rng: np.random.Generator, colour: Image, spread: float) -> tuple[float, float, float]:
    red, green, blue = np.clip(
        colour * rng.uniform(0.4, 1.7) + rng.normal(0.0, spread, 3), 0.01, 0.95
    ).tolist()
    return red, green, blue


def _studio(canvas: Image, rng: np.random.Generator, colour: Image) -> None:
    height, width = canvas.shape[:2]
    y, x = np.ogrid[:height, :width]
    far = np.hypot(x - width * rng.uniform(0.2, 0.8), y - height * rng.uniform(0.2, 0.6)) / height
    canvas *= (1.3 - 0.8 * far + 0.10 * clouds(rng, (height, width), 24.0))[..., None].astype(
        np.float32
    )


def _room(canvas: Image, rng: np.random.Generator, colour: Image) -> None:
    height, width = canvas.shape[:2]
    for _ in range(rng.integers(2, 6)):
        x, y = (int(v) for v in rng.integers(-20, (width, height)))
        w, h = (int(v) for v in rng.integers(20, 75, 2))
        cv2.rectangle(canvas, (x, y), (x + w, y + h), _tint(rng, colour, 0.05), -1)
        cv2.rectangle(canvas, (x + 4, y + 4), (x + w - 4, y + h - 4), _tint(rng, colour, 0.1), -1)


def _foliage(canvas: Image, rng: np.random.Generator, colour: Image) -> None:
    height, width = canvas.shape[:2]
    green = np.array([0.10, 0.22, 0.06], np.float32)
    for _ in range(110):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        leaf = _tint(rng, 0.7 * green + 0.3 * colour, 0.03)
        cv2.circle(canvas, centre, int(rng.integers(3, 15)), leaf, -1, cv2.LINE_AA)


def _shelves(canvas: Image, rng: np.random.Generator, colour: Image) -> None:
    height, width = canvas.shape[:2]
    canvas *= 0.4
    shelf = int(rng.integers(38, 60))
    for bottom in range(shelf, height + shelf, shelf):
        x = 0
        while x < width:
            w, h = int(rng.integers(4, 12)), int(rng.integers(shelf // 2, shelf - 5))
            book = _tint(rng, colour, 0.07)
            cv2.rectangle(canvas, (x, bottom - h), (x + w, bottom - 4), book, -1)
            x += w + 1


def _window(canvas: Image, rng: np.random.Generator, colour: Image) -> None:
    width = canvas.shape[1]
    left, top = int(rng.integers(-60, width - 40)), int(rng.integers(-60, 30))
    w, h = int(rng.integers(70, 130)), int(rng.integers(100, 170))
    cv2.rectangle(canvas, (left, top), (left + w, top + h), (0.75, 0.82, 0.88), -1)
    frame = _tint(rng, colour, 0.02)
    cv2.line(canvas, (left + w // 2, top), (left + w // 2, top + h), frame, 5)
    cv2.line(canvas, (left, top + h // 2), (left + w, top + h // 2), frame, 5)


def _landscape(canvas: Image, rng: np.random.Generator, colour: Image) -> None:
    height, width = canvas.shape[:2]
    horizon = int(height * rng.uniform(0.3, 0.7))
    sky = np.array([0.35, 0.55, 0.80], np.float32) * np.float32(rng.uniform(0.5, 1.1))
    canvas[:horizon] = 0.75 * sky + 0.25 * colour
    ridge = horizon - 14 + 12 * np.cumsum(rng.normal(0, 0.12, width // 4))
    hills = np.stack([np.linspace(0, width, width // 4), ridge], 1)
    corners = np.vstack([hills, [(width, height), (0, height)]]).astype(np.int32)
    cv2.fillPoly(canvas, [corners], _tint(rng, 0.5 * colour + 0.05, 0.04), cv2.LINE_AA)


PAINTERS: dict[str, Painter] = {
    "studio": _studio,
    "room": _room,
    "foliage": _foliage,
    "shelves": _shelves,
    "window": _window,
    "landscape": _landscape,
}
