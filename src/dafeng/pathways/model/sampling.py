"""What is uncertain: bands of low, middle and high values, and the ranks that draw from them.

Invariant: a rank belongs to a quantity and a seed and to nothing else, so that adding a quantity, a scenario or a measure
moves no draw of another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.pathways.model.axes import DRAW, Array, Space


@dataclass(frozen=True, slots=True)
class Band:
    """Corners of a triangular distribution for each place of a quantity.

    Parameters
    ----------
    low, mid, high : (axes..., 1) array
        ``low <= mid <= high``. [unit of the quantity]
    apart : frozenset of str
        Axes whose members have ranks of their own; along all others a draw keeps its rank.
    name : str
        Quantity whose ranks it keeps where it stands under another name; empty for its own.
    """

    low: Array
    mid: Array
    high: Array
    apart: frozenset[str] = frozenset()
    name: str = ""


def fill(band: Band, ranks: Array, out: Array) -> None:
    """Write the values at some ranks.

    Parameters
    ----------
    band : Band
        The corners.
    ranks : (axes..., draws) array
        Ranks of a block of draws. [0..1]
    out : (axes..., draws) array
        Takes the values. [unit of the quantity]
    """
    span = band.high - band.low
    rise, drop = band.mid - band.low, band.high - band.mid
    turn = np.divide(rise, span, out=np.ones_like(span), where=span > 0)
    np.multiply(np.sqrt(span * rise), np.sqrt(ranks), out)
    out += band.low
    upper = np.multiply(np.sqrt(span * drop), -np.sqrt(1.0 - ranks))
    upper += band.high
    np.copyto(out, upper, where=ranks > turn)


def make_ranks(space: Space, bands: Mapping[str, Band], *, draws: int, seed: int) -> dict[str, Array]:
    """Stratified ranks for all bands of a model.

    Parameters
    ----------
    space : Space
        The axes.
    bands : mapping of str to Band
        By quantity.
    draws : int
        Number of draws, at least 1.
    seed : int
        Seed; the same gives the same bits everywhere.

    Returns
    -------
    dict of str to (axes..., draws) array
        Each row of draws holds every one of `draws` equal strata once. [0..1]
    """
    return {name: _ranks(space, band.name or name, band, draws, seed) for name, band in bands.items()}


def _ranks(space: Space, name: str, band: Band, draws: int, seed: int) -> Array:
    word = int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:8], "big")
    generator = np.random.Generator(np.random.PCG64(word))
    shape = space.shape(band.apart | {DRAW}, draws=draws)
    rows = [(generator.permutation(draws) + generator.random(draws)) / draws for _ in range(int(np.prod(shape[:-1])))]
    return np.stack(rows).reshape(shape)
