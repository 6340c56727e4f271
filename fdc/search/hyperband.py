"""How Hyperband's rounds fit into a number of trials.

Source: Li et al. 2018, "Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization".
"""

from itertools import pairwise

FACTOR = 3
"""One trial of so many is let into the next round."""


def rounds(trials: int) -> list[int]:
    """Sizes of the rounds of the largest first bracket that so many trials fill.

    Example:
        >>> rounds(13)
        [9, 3, 1]
    """
    sizes = [FACTOR, 1]
    while sum(sizes) + sizes[0] * FACTOR <= trials:
        sizes.insert(0, sizes[0] * FACTOR)
    return sizes


def mean_resource(sizes: list[int]) -> float:
    """How much of a full trial the trials of a bracket use up on average.

    Example:
        >>> round(mean_resource([9, 3, 1]), 2)
        0.18
    """
    shares = [1 / FACTOR**i for i in reversed(range(len(sizes)))]
    steps = [shares[0], *(b - a for a, b in pairwise(shares))]
    work: float = sum(size * step for size, step in zip(sizes, steps, strict=True))
    return work / sum(sizes)
