"""A face that is drawn with its eyes as bright spots, so that a test can find them again."""

import io
import math
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

# Eyes, nose and corners of the mouth about the middle of a face whose eyes are 1 apart.
_POINTS = np.array([[-0.5, -0.45], [0.5, -0.45], [0, 0.12], [-0.41, 0.71], [0.41, 0.71]])
SKIN = (200, 160, 130)
BEHIND = (30, 90, 60)
LEFT_EYE = (255, 0, 0)
RIGHT_EYE = (0, 0, 255)


@dataclass(frozen=True)
class Drawn:
    """A drawn photo: uint8 RGB, ten landmark numbers, and the box."""

    pixels: np.ndarray
    landmarks: list[float]
    box: list[float]

    def encoded(self, kind: str = "PNG", **options: object) -> bytes:
        file = io.BytesIO()
        Image.fromarray(self.pixels).save(file, kind, **options)
        return file.getvalue()

    def mirrored(self) -> "Drawn":
        width = self.pixels.shape[1]
        points = np.array(self.landmarks).reshape(5, 2) * (-1, 1) + (width, 0)
        x, y, w, h = self.box
        # As any detector would: the left eye is the one with the smaller x.
        points = points[[1, 0, 2, 4, 3]]
        return Drawn(
            np.ascontiguousarray(self.pixels[:, ::-1]),
            [float(number) for number in points.flat],
            [width - x - w, y, w, h],
        )


def draw(
    width: int = 400,
    height: int = 400,
    *,
    eyes: float = 60.0,
    turn: float = 0.0,
    centre: tuple[float, float] | None = None,
    seed: int = 0,
) -> Drawn:
    """Draw a face.

    Args:
        width: of the photo in pixels.
        height: of the photo in pixels.
        eyes: distance of the eyes in pixels.
        turn: clockwise, in degrees.
        centre: of the face; the photo's by default.
        seed: of the grain, so that each photo has bytes of its own.
    """
    x, y = centre or (width / 2, height / 2)
    rng = np.random.default_rng(seed)
    fine = 3
    canvas = np.full((height * fine, width * fine, 3), BEHIND, np.uint8)
    angle = math.radians(turn)
    spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    points = (_POINTS * eyes) @ spin.T + (x, y)

    def place(point: np.ndarray) -> tuple[int, int]:
        return round(point[0] * fine), round(point[1] * fine)

    shoulders = np.array([0, 3.0 * eyes]) @ spin.T + (x, y)
    side = eyes * fine
    cv2.ellipse(
        canvas, place(shoulders), (round(2 * side), round(1.3 * side)), turn, 0, 360, SKIN, -1
    )
    cv2.ellipse(
        canvas,
        place(np.array([x, y])),
        (round(1.1 * side), round(1.5 * side)),
        turn,
        0,
        360,
        SKIN,
        -1,
    )
    for point, colour in zip(points[:2], (LEFT_EYE, RIGHT_EYE), strict=True):
        cv2.circle(canvas, place(point), round(0.14 * side), colour, -1)
    cv2.line(canvas, place(points[3]), place(points[4]), (150, 60, 60), max(1, round(0.1 * side)))
    pixels = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    pixels = np.clip(pixels.astype(int) + rng.integers(-2, 3, pixels.shape), 0, 255)
    box = [x - 1.1 * eyes, y - 1.3 * eyes, 2.2 * eyes, 2.7 * eyes]
    return Drawn(pixels.astype(np.uint8), [float(number) for number in points.flat], box)


def spots(crop: np.ndarray) -> np.ndarray:
    """Where the two eyes stand in a crop: (2, 2) x and y, the red one first."""
    red, green, blue = (crop[..., channel].astype(float) for channel in range(3))
    places = []
    for here, there in ((red, blue), (blue, red)):
        weight = np.clip(here - np.maximum(there, green) - 90, 0, None)
        rows, columns = np.mgrid[: crop.shape[0], : crop.shape[1]] + 0.5
        places.append([(weight * columns).sum(), (weight * rows).sum()] / weight.sum())
    return np.array(places)
