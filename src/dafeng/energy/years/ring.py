"""Symmetric block systems on a ring of steps: a banded factorisation of the chain and a small one that closes the ring.

Invariant: the first step of each year closes its ring; years stand behind each other in one band and do not touch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from dafeng.energy.program import Floats

EMPTY = 1e30
"""Diagonal of a row that nothing can move."""
LEAST = 1e-16
"""Diagonal below which nothing can move a row."""


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """Factors of a ring.

    Parameters
    ----------
    band : (width, steps * size) array
        Cholesky factor of all steps but the first of each year.
    spikes : (years, steps * size, size) array
        That factor's solution for what the first step adds.
    closing : (years, size, size) array
        Cholesky factors of the first steps.
    """

    band: Floats
    spikes: Floats
    closing: Floats

    def solve(self, right: Floats) -> Floats:
        """Solution for one right side.

        Parameters
        ----------
        right : (size, years, steps) array
            Right side.

        Returns
        -------
        (size, years, steps) array
            Solution.
        """
        size, years, steps = right.shape
        flat = np.ascontiguousarray(right.transpose(1, 2, 0))
        first = flat[:, 0].copy()
        flat[:, 0] = 0.0
        found, _ = lapack.dtbtrs(self.band, flat.reshape(-1, 1), uplo="L", overwrite_b=1)
        found = found.reshape(years, steps * size)
        first -= np.einsum("ynk,yn->yk", self.spikes, found)
        first = np.linalg.solve(self.closing, first[:, :, None])[:, :, 0]
        found = found - np.einsum("ynk,yk->yn", self.spikes, first)
        found, _ = lapack.dtbtrs(self.band, found.reshape(-1, 1), uplo="L", trans="T", overwrite_b=1)
        found = found.reshape(years, steps, size)
        found[:, 0] = first
        return np.ascontiguousarray(found.transpose(2, 0, 1))


def factor_ring(blocks: Floats, links: Floats) -> Ring:
    """Factors of a ring of steps.

    Parameters
    ----------
    blocks : (size, size, years, steps) array
        Lower triangles of the diagonal blocks.
    links : (size, size, years, steps) array
        ``links[a, b, :, t]`` ties row a of the next step to row b of step t; the last step is tied to the first.

    Returns
    -------
    Ring
        Ready to solve.
    """
    size, _, years, steps = blocks.shape
    closing = blocks[:, :, :, 0].transpose(2, 0, 1)
    closing = closing + np.tril(closing, -1).transpose(0, 2, 1)
    spikes = np.zeros((years, steps, size, size))
    spikes[:, 1] += links[:, :, :, 0].transpose(2, 0, 1)
    spikes[:, -1] += links[:, :, :, -1].transpose(2, 1, 0)
    spikes[:, 0] = 0.0
    band = _band(blocks, links)
    factor, flaw = lapack.dpbtrf(band, lower=1, overwrite_ab=1)
    if flaw:
        raise np.linalg.LinAlgError(f"pivot {flaw}")
    flat = np.asfortranarray(spikes.reshape(-1, size))
    spread, _ = lapack.dtbtrs(factor, flat, uplo="L", overwrite_b=1)
    spread = spread.reshape(years, steps * size, size)
    closing = closing - np.einsum("ynk,ynl->ykl", spread, spread)
    return Ring(factor, spread, closing)


def _band(blocks: Floats, links: Floats) -> Floats:
    """Lower band of the chain, the first step of each year cut out, in LAPACK's order."""
    size, _, years, steps = blocks.shape
    band = np.zeros((2 * size, size, years, steps))
    for b in range(size):
        for a in range(b, size):
            band[a - b, b] = blocks[a, b]
        for a in range(size):
            band[size + a - b, b] = links[a, b]
    band[:, :, :, 0] = 0.0
    for b in range(size):
        band[size - b:, b, :, -1] = 0.0
        own = band[0, b]
        own[own < LEAST] = EMPTY
    return np.ascontiguousarray(band.transpose(2, 3, 1, 0)).reshape(-1, 2 * size).T
