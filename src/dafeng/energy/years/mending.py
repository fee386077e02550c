"""A point that nearly satisfies its rows, moved onto them within its bounds.

Invariant: no value leaves its bounds; what rows lack in the end is reckoned anew from the values, in double precision.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats
from dafeng.energy.years.batch import Batch
from dafeng.energy.years.elimination import Pattern, factor

MENDS = 8
"""Most corrections."""
CLOSE = 1e-10
"""Most that a row may lack, per greatest right side of the year."""
REACH = 24
"""Steps before and after a row that lacks something that may help."""
FAR = 0.95
"""Share of the distance to a bound that a correction may take, so that the next can still move the value."""
NARROW = 1e-7
"""Distance from a bound below which a variable does not help. [MW]"""


def limit_of(batch: Batch) -> Floats:
    """What rows may lack.

    Parameters
    ----------
    batch : Batch
        Some years.

    Returns
    -------
    (years,) array
        Limits. [MW]
    """
    found: Floats = CLOSE * (1.0 + np.abs(batch.right).max(axis=(0, 2)))
    return found


def mended(batch: Batch, pattern: Pattern, point: Floats) -> tuple[Floats, Floats]:
    """Move a point onto its rows: least squares, each variable by its distance to the nearer bound.

    The first correction moves all steps together. Where values had to stop at a bound a few rows still lack something; the
    next corrections move the steps around these.

    Parameters
    ----------
    batch : Batch
        Some years.
    pattern : Pattern
        Order of elimination.
    point : (columns, years, steps) array
        Values within their bounds; overwritten.

    Returns
    -------
    (columns, years, steps) array, (years,) array
        Values, and the most that a row of each year lacks. [MW]
    """
    limit = limit_of(batch)
    lack = batch.right - batch.times(point)
    for _ in range(MENDS):
        short = np.abs(lack).max(axis=0) > limit[:, None]
        if not short.any():
            break
        try:
            _correct(batch, pattern, point, lack, short)
        except np.linalg.LinAlgError:
            break
        lack = batch.right - batch.times(point)
    return point, np.abs(lack).max(axis=(0, 2))


def _correct(batch: Batch, pattern: Pattern, point: Floats, lack: Floats, short: Flags) -> None:
    """One correction of all steps, or of those around the rows that are short where these are few."""
    windows = _windows(short)
    if windows is None:
        _move(batch, pattern, point, lack, closed=True)
        return
    years, steps = windows
    part = replace(
        batch,
        coefficients=np.ascontiguousarray(batch.coefficients[:, :, years, steps]),
        **{name: getattr(batch, name)[:, years, steps] for name in ("low", "high", "cost", "right")},
    )
    values = point[:, years, steps]
    _move(part, pattern, values, lack[:, years, steps], closed=False)
    point[:, years, steps] = values


def _windows(short: Flags) -> tuple[Places, Places] | None:
    """Years and steps (windows, length) that hold all that is short without overlap; none where they would be half of all."""
    length, steps = 2 * REACH, short.shape[1]
    years: list[int] = []
    starts: list[int] = []
    for year, mine in enumerate(short):
        end, first = 0, len(starts)
        for step in np.flatnonzero(mine):
            if step >= end - 1:
                start = max(end, min(int(step) - REACH, steps - length))
                end = start + length
                years.append(year)
                starts.append(start)
        if len(starts) > first and end > steps:
            return None
    if 2 * len(starts) * length >= short.size:
        return None
    return np.array(years)[:, None], np.array(starts)[:, None] + np.arange(length)


def _move(batch: Batch, pattern: Pattern, point: Floats, lack: Floats, *, closed: bool) -> None:
    """Move values; the last step of steps that do not close to a ring stays."""
    weights = np.empty_like(point)
    for kind, values in enumerate(point):
        down, up = values - batch.low[kind], batch.high[kind] - values
        weights[kind] = (down * up) ** 2 / np.maximum(down**2 + up**2, NARROW**2)
    if not closed:
        weights[:, :, -1] = 0.0
    step = batch.transposed(factor(pattern, weights, batch.coefficients, batch.loose).solve(lack))
    for kind, values in enumerate(point):
        change = weights[kind] * step[kind]
        np.maximum(change, -FAR * (values - batch.low[kind]), out=change)
        np.minimum(change, FAR * (batch.high[kind] - values), out=change)
        np.clip(values + change, batch.low[kind], batch.high[kind], out=values)
