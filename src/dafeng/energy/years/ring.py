"""Symmetric block systems on a ring of steps: a banded factorisation of the chain and a small one that closes the ring.

Invariant: the first step of each year closes its ring; years stand behind each other in one band and do not touch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import get_lapack_funcs

from dafeng.energy.program import Floats

EMPTY = 1e30
"""Diagonal of a row that nothing can move."""
REACH = 32
"""Steps over which a spike is followed at once."""
FADED = 1e-13
"""Share of its beginning at which a spike has faded."""
PIECE = 256
"""Steps that are transposed at once."""
FIRM = 8.0
"""Roundings by which the diagonal is raised, so that it stays positive."""
LEAST = 1e-16
"""Diagonal below which nothing can move a row."""


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """Factors of a ring.

    Parameters
    ----------
    band : (width, steps * size) array
        Cholesky factor of all steps but the first of each year.
    head : (years, size, reach * size) array
        That factor's solution for what the first step passes on to the next ones, up to where it has faded.
    tail : (years, size, size) array
        The same for what ties the last step to the first.
    closing : (years, size, size) array
        What is left for the first steps.
    """

    band: Floats
    head: Floats
    tail: Floats
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
        reach = self.head.shape[2]
        substitute = get_lapack_funcs("tbtrs", (self.band,))
        flat = _turned(right.reshape(size, -1)).reshape(years, steps, size)
        first = flat[:, 0].copy()
        flat[:, 0] = 0.0
        ahead, _ = substitute(self.band, flat.reshape(-1, 1), uplo="L", overwrite_b=1)
        found: Floats = np.asarray(ahead).reshape(years, steps * size)
        first -= (self.head @ found[:, :reach, None])[:, :, 0] + (self.tail @ found[:, -size:, None])[:, :, 0]
        first = np.asarray(np.linalg.solve(self.closing, first[:, :, None])[:, :, 0])
        found[:, :reach] -= (first[:, None] @ self.head)[:, 0]
        found[:, -size:] -= (first[:, None] @ self.tail)[:, 0]
        back, _ = substitute(self.band, found.reshape(-1, 1), uplo="L", trans="T", overwrite_b=1)
        found = np.asarray(back).reshape(years, steps, size)
        found[:, 0] = first
        return _turned(found.reshape(-1, size)).reshape(size, years, steps)


def factor_ring(columns: Floats) -> Ring:
    """Factors of a ring of steps.

    Parameters
    ----------
    columns : (size, 2 * size, years, steps) array
        Lower band by column of a step and distance below the diagonal; what is further down belongs to the next step,
        and of the last step to the first.

    Returns
    -------
    Ring
        Ready to solve.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrix is not positive definite.
    """
    size, width, years, steps = columns.shape
    band = _turned(columns.reshape(size * width, years * steps)).reshape(years, steps, size, width)
    closing, after, ahead = _cut(band)
    factor, flaw = get_lapack_funcs("pbtrf", (band,))(band.reshape(-1, width).T, lower=1, overwrite_ab=1)
    if flaw:
        raise np.linalg.LinAlgError(f"pivot {flaw}")
    spikes = [_spike(own, *ends) for own, *ends in zip(np.split(factor, years, axis=1), after, ahead, strict=True)]
    head = np.zeros((years, size, max(spike.shape[1] for spike, _ in spikes)), dtype=band.dtype)
    for mine, (spike, _) in zip(head, spikes, strict=True):
        mine[:, : spike.shape[1]] = spike
    tail = np.stack([end for _, end in spikes])
    closing -= head @ head.transpose(0, 2, 1) + tail @ tail.transpose(0, 2, 1)
    if head.shape[2] == steps * size:
        both = head[:, :, -size:] @ tail.transpose(0, 2, 1)
        closing -= both + both.transpose(0, 2, 1)
    return Ring(factor, head, tail, closing)


def _spike(factor: Floats, after: Floats, ahead: Floats) -> tuple[Floats, Floats]:
    """Solution of one year's factor for what ties the first step to the second, and for what ties it to the last.

    What the second step passes on fades from step to step; where it has faded it is left out, because numbers that
    approach nothing are slow.
    """
    size = len(after)
    pieces = [np.zeros((size, size), dtype=factor.dtype)]
    given, start = after, size
    while start < factor.shape[1] and np.abs(given).max() > FADED * np.abs(after).max(initial=0.0):
        end = min(start + REACH * size, factor.shape[1])
        right = np.zeros((end - start, size), dtype=factor.dtype)
        right[:size] = given
        pieces.append(_forward(factor[:, start:end], right))
        given, start = -_link(factor, end - size) @ pieces[-1][-size:], end
    return np.concatenate(pieces).T, _forward(factor[:, -size:], ahead.T).T


def _forward(factor: Floats, right: Floats) -> Floats:
    found, _ = get_lapack_funcs("tbtrs", (factor,))(factor, right, uplo="L")
    return np.asarray(found)


def _link(factor: Floats, start: int) -> Floats:
    """Block of the factor below the step that begins at a column."""
    size = len(factor) // 2
    found = np.zeros((size, size), dtype=factor.dtype)
    for b in range(size):
        found[:, b] = factor[size - b : 2 * size - b, start + b]
    return found


def _cut(band: Floats) -> tuple[Floats, Floats, Floats]:
    """Take the first step of each year out: its block, its links to the second step, and those of the last step to it."""
    _, _, size, _ = band.shape
    block, links = band[:, 0].copy(), band[:, -1].copy()
    band[:, 0] = 0.0
    diagonal = band[:, :, :, 0]
    diagonal[diagonal < LEAST] = EMPTY
    diagonal *= 1.0 + FIRM * np.finfo(band.dtype).eps
    closing, after, ahead = (np.zeros((len(band), size, size), dtype=band.dtype) for _ in range(3))
    for b in range(size):
        closing[:, b:, b] = closing[:, b, b:] = block[:, b, : size - b]
        after[:, :, b] = block[:, b, size - b : 2 * size - b]
        ahead[:, :, b] = links[:, b, size - b : 2 * size - b]
        band[:, -1, b, size - b :] = 0.0
    return closing, after, ahead


def _turned(rows: Floats) -> Floats:
    """Transpose in pieces that stay in the cache."""
    height, width = rows.shape
    found = np.empty((width, height), dtype=rows.dtype)
    if height < width:
        for start in range(0, width, PIECE):
            found[start : start + PIECE] = rows[:, start : start + PIECE].T
    else:
        for start in range(0, height, PIECE):
            found[:, start : start + PIECE] = rows[start : start + PIECE].T
    return found
