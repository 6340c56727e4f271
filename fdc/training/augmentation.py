"""Random variations of training crops; none of them turns a face upside down."""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

TURN = 10.0
SCALE = 0.1
ERASE = 0.5
ERASED = (0.02, 0.2)
"""Least and greatest share of a crop that is erased."""

NARROWEST = 0.4
"""Least ratio of an erased rectangle's sides."""

BRIGHTNESS = 0.15
CONTRAST = 0.2
COLOUR = 0.1


@dataclass(frozen=True)
class Augmentation:
    """Which variations a batch gets.

    Attributes:
        flip: Whether half of the crops are mirrored, left to right.
        shift: Furthest shift in pixels, sideways and up or down; the edge is repeated.
        turn: Furthest turn to either side, in degrees; a crop that is turned is also scaled by up
            to a tenth.
        erase: Share of the crops of which a rectangle is painted over with one colour (Zhong et al.
            2020, "Random Erasing Data Augmentation").
        brightness: Furthest change, as a share of white.
        contrast: Furthest change, as a share of the contrast.
        colour: Furthest gain or loss of one channel, as a share.
        mixup: Parameter of the Beta distribution by which pairs of crops are blended (Zhang et
            al. 2018, "mixup: Beyond Empirical Risk Minimization"); 0: none are.
    """

    flip: bool = False
    shift: int = 0
    turn: float = 0.0
    erase: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    colour: float = 0.0
    mixup: float = 0.0

    @classmethod
    def choose(cls, hp: Any, names: tuple[str, ...], size: int) -> "Augmentation":
        """Declares the hyperparameters, and makes the augmentation that their values ask for.

        Args:
            hp: KerasTuner's HyperParameters.
            names: Of `fdc.tasks.AUGMENTATIONS`: what crops may get.
            size: Side of a crop in pixels.
        """
        mixup = hp.Choice("mixup", [0.0, 0.2], default=0.0)
        shift = hp.Choice("shift", [0.04, 0.08, 0.12], default=0.08) if "shift" in names else 0.0
        return cls.of(names, round(size * shift), mixup)

    @classmethod
    def of(cls, names: tuple[str, ...], shift: int, mixup: float) -> "Augmentation":
        """The variations that are allowed by name.

        Args:
            names: Of `fdc.tasks.AUGMENTATIONS`.
            shift: Pixels, where shifts are allowed.
            mixup: See the class.
        """
        return cls(
            flip="flip" in names,
            shift=shift if "shift" in names else 0,
            turn=TURN if "turn" in names else 0.0,
            erase=ERASE if "erase" in names else 0.0,
            brightness=BRIGHTNESS if "brightness" in names else 0.0,
            contrast=CONTRAST if "contrast" in names else 0.0,
            colour=COLOUR if "colour" in names else 0.0,
            mixup=mixup,
        )

    def __call__(
        self,
        crops: NDArray[np.uint8],
        targets: NDArray[np.float32],
        random: np.random.Generator,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Varies a batch of crops.

        Args:
            crops: uint8 (n, size, size, 3) RGB.
            targets: float32 (n, units).
            random: Where chance comes from.

        Returns:
            float32 crops 0 to 255 of the same shape, and their targets.
        """
        moved = self._warp(crops, random) if self.turn else self._move(crops, random)
        varied = self._tint(moved.astype(np.float32), random)
        varied = self._erase(varied, random)
        if self.mixup <= 0:
            return varied, targets
        share = np.float32(random.beta(self.mixup, self.mixup))
        other = random.permutation(len(crops))
        return (
            share * varied + (1 - share) * varied[other],
            share * targets + (1 - share) * targets[other],
        )

    def _move(self, crops: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
        if not (self.flip or self.shift):
            return crops
        count, size = crops.shape[:2]
        down, right = random.integers(-self.shift, self.shift + 1, (2, count, 1))
        steps = np.arange(size)
        rows = np.clip(steps + down, 0, size - 1)
        columns = np.clip(steps + right, 0, size - 1)
        if self.flip:
            mirrored = random.random(count) < 0.5
            columns[mirrored] = columns[mirrored, ::-1]
        batch = np.arange(count)[:, None, None]
        moved: NDArray[np.uint8] = crops[batch, rows[:, :, None], columns[:, None, :]]
        return moved

    def _warp(self, crops: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
        """Flip, shift, turn and scale in one interpolation; the edge is repeated."""
        count, size = crops.shape[:2]
        middle = (size - 1) / 2
        angles = random.uniform(-self.turn, self.turn, (count,))
        scales = random.uniform(1 - SCALE, 1 + SCALE, (count,))
        shifts = random.uniform(-self.shift, self.shift, (count, 2))
        mirrored = random.random((count,)) < (0.5 if self.flip else 0.0)
        varied = np.empty_like(crops)
        for index, crop in enumerate(crops):
            matrix = cv2.getRotationMatrix2D((middle, middle), angles[index], scales[index])
            matrix[:, 2] += shifts[index]
            if mirrored[index]:
                matrix[0] = [0, 0, 2 * middle] - matrix[0]
            varied[index] = cv2.warpAffine(
                crop, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE
            )
        return varied

    def _erase(
        self, crops: NDArray[np.float32], random: np.random.Generator
    ) -> NDArray[np.float32]:
        if not self.erase:
            return crops
        crops = crops.copy()
        size = crops.shape[1]
        for index in np.flatnonzero(random.random(len(crops)) < self.erase):
            side = size * math.sqrt(random.uniform(*ERASED))
            ratio = math.sqrt(random.uniform(NARROWEST, 1 / NARROWEST))
            height, width = min(size, round(side * ratio)), min(size, round(side / ratio))
            top, left = random.integers(0, [size - height + 1, size - width + 1])
            crops[index, top : top + height, left : left + width] = random.uniform(0, 255, 3)
        return crops

    def _tint(self, crops: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
        if not (self.brightness or self.contrast or self.colour):
            return crops
        count = len(crops)
        if self.contrast:
            mean = crops.mean(axis=(1, 2, 3), keepdims=True)
            gain = random.uniform(1 - self.contrast, 1 + self.contrast, (count, 1, 1, 1))
            crops = mean + (crops - mean) * gain.astype(np.float32)
        if self.brightness:
            lift = random.uniform(-self.brightness, self.brightness, (count, 1, 1, 1))
            crops = crops + 255 * lift.astype(np.float32)
        if self.colour:
            gain = random.uniform(1 - self.colour, 1 + self.colour, (count, 1, 1, 3))
            crops = crops * gain.astype(np.float32)
        return np.clip(crops, 0, 255)
