"""Distributions of inputs, as ratios to the stated value.

Invariant: the ends are exactly the stated ones, and the moments used by error propagation are those of what is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from dafeng.library.uncertainty import Shape

Floats = NDArray[np.float64]
CONFIDENCE = 1.959963984540054
"""Standard deviations from the middle of a normal distribution to the end of its 95 % interval."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Distribution of the ratio of the true value to the stated one.

    Parameters
    ----------
    shape : Shape
        Kind of distribution.
    low, high : float
        Ends: of the 95 % interval (normal, lognormal) or of the range (triangular with its peak at 1, uniform). [1]
    """

    shape: Shape
    low: float
    high: float

    @property
    def mean(self) -> float:
        """Mean of the ratio. [1]"""
        if self.shape == "triangular":
            return (self.low + 1 + self.high) / 3
        if self.shape == "lognormal":
            return exp(self._middle() + self._width() ** 2 / 2)
        return (self.low + self.high) / 2

    @property
    def deviation(self) -> float:
        """Standard deviation of the ratio. [1]"""
        low, high = self.low, self.high
        if self.shape == "normal":
            return (high - low) / (2 * CONFIDENCE)
        if self.shape == "uniform":
            return (high - low) / sqrt(12)
        if self.shape == "triangular":
            return sqrt((low * low + 1 + high * high - low - low * high - high) / 18)
        return self.mean * sqrt(exp(self._width() ** 2) - 1)

    def draw(self, key: str, seed: int, count: int) -> Floats:
        """Random ratios of one input, from a stream of its own.

        Parameters
        ----------
        key : str
            Name of the input: the stream depends on it and the seed only, not on other inputs or their order.
        seed : int
            Seed of the study.
        count : int
            Number of draws.

        Returns
        -------
        (count,) array
            Ratios. [1]
        """
        generator = np.random.Generator(np.random.PCG64(_entropy(key, seed)))
        if self.shape == "uniform":
            return generator.uniform(self.low, self.high, count)
        if self.shape == "triangular":
            return self._triangle(generator.random(count))
        drawn = generator.standard_normal(count)
        if self.shape == "normal":
            return self.mean + self.deviation * drawn
        return np.exp(self._middle() + self._width() * drawn)

    def _triangle(self, level: Floats) -> Floats:
        whole, left, right = self.high - self.low, 1 - self.low, self.high - 1
        if whole == 0:
            return np.ones_like(level)
        rising = self.low + np.sqrt(level * whole * left)
        return np.where(level * whole < left, rising, self.high - np.sqrt((1 - level) * whole * right))

    def _middle(self) -> float:
        return (log(self.low) + log(self.high)) / 2

    def _width(self) -> float:
        return (log(self.high) - log(self.low)) / (2 * CONFIDENCE)


def _entropy(key: str, seed: int) -> int:
    return int.from_bytes(sha256(f"{seed}/{key}".encode()).digest()[:16], "big")
