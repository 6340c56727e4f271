"""Batches of crops, straight from the memory-mapped store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fdc.choices import Balance
from fdc.crops.view import CropView
from fdc.curation.balance import sample_weights
from fdc.training.augmentation import Augmentation

SMALLEST_BATCH = 8

FEWEST_STEPS = 16
"""A batch is halved until an epoch has so many steps."""

Batch = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


class Feed:
    """The training batches of one trial, epoch by epoch; the same seed gives the same batches.

    Args:
        crops: What is trained on.
        encode: Turns targets (n,) into what a network learns, float32 (n, units).
        augmentation: How crops are varied.
        batch_size: Crops in a batch; every batch has this many, so that a network sees one shape.
        balance: "weights" lets rare targets count more, "sampling" draws them more often.
        seed: Of the trial.
    """

    def __init__(
        self,
        crops: CropView,
        encode: Callable[[NDArray[Any]], NDArray[np.float32]],
        augmentation: Augmentation,
        batch_size: int,
        balance: Balance,
        seed: int,
    ) -> None:
        self._crops = crops
        self._encode = encode
        self._augmentation = augmentation
        self._batch_size = batch_size
        self._seed = seed
        rare = sample_weights(crops.targets) if balance != "none" else None
        alike = np.ones(len(crops), np.float32)
        self._weights = rare if balance == "weights" and rare is not None else alike
        self._chances = rare / rare.sum() if balance == "sampling" and rare is not None else None
        self.steps = -(-len(crops) // batch_size)
        """Batches in an epoch."""

    def epoch(self, number: int) -> Iterator[Batch]:
        """Yields an epoch's batches: crops float32 0 to 255, encoded targets, weights.

        The next batch is read while the network works on the present one.
        """
        random = np.random.default_rng([self._seed, number])
        order = self._order(random)
        parts = [order[i : i + self._batch_size] for i in range(0, len(order), self._batch_size)]
        with ThreadPoolExecutor(max_workers=1) as reader:
            upcoming = reader.submit(self._read, parts[0], random)
            for part in parts[1:]:
                batch = upcoming.result()
                upcoming = reader.submit(self._read, part, random)
                yield batch
            yield upcoming.result()

    def _order(self, random: np.random.Generator) -> NDArray[np.int64]:
        count = len(self._crops)
        if self._chances is None:
            order = random.permutation(count)
        else:
            order = random.choice(count, count, p=self._chances.astype(np.float64))
        return np.resize(order, self.steps * self._batch_size)

    def _read(self, chosen: NDArray[np.int64], random: np.random.Generator) -> Batch:
        targets = self._encode(self._crops.targets[chosen])
        crops, targets = self._augmentation(self._crops.read(chosen), targets, random)
        return crops, targets, self._weights[chosen]


def fitting_batch_size(most: int, crops: int) -> int:
    """Crops in a batch: a small set needs small batches to get enough steps out of an epoch.

    Example:
        >>> fitting_batch_size(64, 12_000), fitting_batch_size(64, 420)
        (64, 16)
    """
    size = most
    while size > SMALLEST_BATCH and crops / size < FEWEST_STEPS:
        size //= 2
    return min(size, crops)


def plain_batches(crops: CropView, batch_size: int) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Yields every crop once, in order, in batches of one shape.

    Yields:
        float32 crops 0 to 255 (batch_size, size, size, 3), and how many of them count: the last
        batch is filled up with copies.
    """
    order = np.arange(len(crops))
    for start in range(0, len(crops), batch_size):
        chosen = order[start : start + batch_size]
        yield crops.read(np.resize(chosen, batch_size)).astype(np.float32), len(chosen)
