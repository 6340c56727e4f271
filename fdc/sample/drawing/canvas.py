"""Small tools of the drawing: grids, soft steps, noise, blending."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Image = NDArray[np.floating[Any]]
"""Anything from points to layers; float32 wherever it has as many numbers as pixels."""


@dataclass(frozen=True)
class Grid:
    """A raster over a part of the plane; x points right, y down.

    Attributes:
        x: (1, width) coordinates of the columns, in units.
        y: (height, 1) coordinates of the rows, in units.
        density: Pixels per unit.
    """

    x: Image
    y: Image
    density: float

    @classmethod
    def over(cls, left: float, top: float, right: float, bottom: float, density: float) -> "Grid":
        """Lays a raster over a rectangle given in units."""
        columns, rows = round((right - left) * density), round((bottom - top) * density)
        x = left + (np.arange(columns, dtype=np.float32) + 0.5) / density
        y = top + (np.arange(rows, dtype=np.float32) + 0.5) / density
        return cls(x[None, :].astype(np.float32), y[:, None].astype(np.float32), density)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.y.shape[0], self.x.shape[1]

    def window(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple["Grid", tuple[slice, slice]]:
        """Cuts out a part; gives it and the slices (rows, columns) that it has in this grid."""
        columns = slice(*np.searchsorted(self.x[0], (left, right)).tolist())
        rows = slice(*np.searchsorted(self.y[:, 0], (top, bottom)).tolist())
        return Grid(self.x[:, columns], self.y[rows], self.density), (rows, columns)

    def pixels(self, points: ArrayLike) -> NDArray[np.float32]:
        """Turns points in units, shape (n, 2), into pixel coordinates of this raster."""
        corner = np.array([self.x[0, 0], self.y[0, 0]], np.float32)
        return ((np.asarray(points, np.float32) - corner) * self.density).astype(np.float32)


def bell(t: Image, width: float) -> Image:
    """A bell curve over t, 1 at 0 and 1/e at `width`."""
    return np.asarray(np.exp(-np.square(t * np.float32(1.0 / width))), np.float32)


def bump(grid: Grid, x: float, y: float, width: float, height: float) -> Image:
    """A round hill of height 1 around (x, y)."""
    return bell(grid.x - np.float32(x), width) * bell(grid.y - np.float32(y), height)


def bumps(grid: Grid, x: float, y: float, width: float, height: float) -> Image:
    """Two hills, at x and mirrored at -x."""
    sides = bell(grid.x - np.float32(x), width) + bell(grid.x + np.float32(x), width)
    return sides * bell(grid.y - np.float32(y), height)


def step(t: Image, width: float) -> Image:
    """Goes softly from 0 to 1 around t = 0, over `width`."""
    ramp = np.clip(t * np.float32(1.0 / width) + np.float32(0.5), 0.0, 1.0)
    return np.asarray(ramp * ramp * (3.0 - 2.0 * ramp), np.float32)


def blend(image: Image, colour: ArrayLike, alpha: Image) -> None:
    """Lays a colour (3,) or an image (h, w, 3) over `image` in place; alpha (h, w) 0 to 1."""
    image += (np.asarray(colour, np.float32) - image) * alpha[..., None]


def blur(image: Image, sigma: float) -> Image:
    """Gaussian blur with sigma in pixels; large ones are done on a smaller copy."""
    if sigma <= 4.0:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
    factor = min(8, int(sigma / 2.0))
    height, width = image.shape[:2]
    small = (max(width // factor, 1), max(height // factor, 1))
    shrunk = cv2.GaussianBlur(
        cv2.resize(image, small, interpolation=cv2.INTER_AREA), (0, 0), sigma / factor
    )
    return np.asarray(
        cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def clouds(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Image:
    """Smooth noise with mean 0 and deviation about 1, of blobs `cell` pixels wide."""
    rows, columns = max(int(shape[0] / cell), 2), max(int(shape[1] / cell), 2)
    coarse = rng.standard_normal((rows, columns), np.float32)
    return np.asarray(
        cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32
    )


def smooth(points: Sequence[tuple[float, float]], rounds: int = 4) -> NDArray[np.float32]:
    """Rounds a closed polygon by cutting its corners (Chaikin's algorithm)."""
    ring = np.asarray(points, np.float32)
    for _ in range(rounds):
        after = np.roll(ring, -1, axis=0)
        ring = np.stack([0.75 * ring + 0.25 * after, 0.25 * ring + 0.75 * after], 1).reshape(-1, 2)
    return ring


def filled(grid: Grid, ring: ArrayLike) -> Image:
    """1 inside a closed polygon (n, 2) in units, 0 outside, with smooth edges."""
    mask = np.zeros(grid.shape, np.uint8)
    corners = np.round(grid.pixels(ring) * 16.0).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / np.float32(255.0)


def stroked(
    grid: Grid,
    lines: Sequence[tuple[ArrayLike, float]],
    thickness: float,
) -> Image:
    """Open lines, each with a strength 0 to 1, drawn `thickness` units thick and softened."""
    mask = np.zeros(grid.shape, np.uint8)
    pixels = max(round(thickness * grid.density), 1)
    for points, strength in lines:
        layer = np.round(grid.pixels(points) * 16.0).astype(np.int32)
        cv2.polylines(mask, [layer], False, int(255 * strength), pixels, cv2.LINE_AA, 4)
    return blur(mask.astype(np.float32) / np.float32(255.0), 0.5 * thickness * grid.density)


def linear(colour: ArrayLike) -> Image:
    """Turns sRGB into light with a gamma of 2: close enough, and a square is cheap."""
    return np.square(np.asarray(colour, np.float32))
