"""Some years of a family as one programme: arrays by kind, year and step, and the products with its matrix.

Invariant: nothing ties one year to another; the last step of a year comes before its first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from dafeng.energy.network.linear import Places
from dafeng.energy.program import Floats
from dafeng.energy.years.stage import Stage


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Minimise ``cost·x`` with ``A x = right``, ``low <= x <= high`` in each of some years.

    Parameters
    ----------
    now, before : scipy.sparse.csr_matrix
        Coefficients of the step's own variables and of those of the step before, of variables whose coefficients stay.
    loose : (k,) array of int
        Variables whose coefficients vary.
    coefficients : (rows, k, years, steps) array
        Theirs.
    low, high, cost : (columns, years, steps) array
        Bounds and cost.
    right : (rows, years, steps) array
        Right sides.
    """

    now: sparse.csr_matrix
    before: sparse.csr_matrix
    loose: Places
    coefficients: Floats
    low: Floats
    high: Floats
    cost: Floats
    right: Floats

    def times(self, point: Floats) -> Floats:
        """``A x``.

        Parameters
        ----------
        point : (columns, years, steps) array
            Point.

        Returns
        -------
        (rows, years, steps) array
            Left sides.
        """
        flat = point.reshape(len(point), -1)
        found = np.asarray(self.now @ flat).reshape(-1, *point.shape[1:])
        found += np.roll(np.asarray(self.before @ flat).reshape(-1, *point.shape[1:]), 1, axis=2)
        for number, column in enumerate(self.loose):
            for row in np.flatnonzero(self.coefficients[:, number].any(axis=(1, 2))):
                found[row] += self.coefficients[row, number] * point[column]
        return found

    def transposed(self, prices: Floats) -> Floats:
        """``Aᵀ y``.

        Parameters
        ----------
        prices : (rows, years, steps) array
            Multipliers.

        Returns
        -------
        (columns, years, steps) array
            Their worth to each variable.
        """
        found = np.asarray(self.now.T @ prices.reshape(len(prices), -1)).reshape(-1, *prices.shape[1:])
        later = np.roll(prices, -1, axis=2)
        found += np.asarray(self.before.T @ later.reshape(len(prices), -1)).reshape(found.shape)
        for number, column in enumerate(self.loose):
            for row in np.flatnonzero(self.coefficients[:, number].any(axis=(1, 2))):
                found[column] += self.coefficients[row, number] * prices[row]
        return found

    def taken(self, kept: Places) -> Batch:
        """Some of the years.

        Parameters
        ----------
        kept : array of int
            Which.

        Returns
        -------
        Batch
            The same programme for them.
        """
        named = {name: np.ascontiguousarray(getattr(self, name)[:, kept]) for name in ("low", "high", "cost", "right")}
        return replace(self, coefficients=np.ascontiguousarray(self.coefficients[:, :, kept]), **named)


def batch_of(stage: Stage, years: Places) -> Batch:
    """Some years of a family.

    Parameters
    ----------
    stage : Stage
        The family.
    years : array of int
        Which of its years.

    Returns
    -------
    Batch
        Their programme.
    """
    count = len(years)
    low, high, cost, right = (
        np.repeat(part.T[:, None], count, axis=1) for part in (stage.low, stage.high, stage.cost, stage.right)
    )
    coefficients = np.repeat(stage.coefficients.transpose(1, 2, 0)[:, :, None], count, axis=2)
    spot = {int(column): place for place, column in enumerate(stage.loose)}
    for change in stage.changes:
        values = change.values[years]
        if change.kind == "low":
            low[change.column] = values
        elif change.kind == "high":
            high[change.column] = values
        elif change.kind == "cost":
            cost[change.column] = values
        elif change.kind == "right":
            right[change.row] += values
        else:
            coefficients[change.row, spot[change.column]] = values
    return Batch(
        sparse.csr_matrix(stage.now), sparse.csr_matrix(stage.before), stage.loose, coefficients, low, high, cost, right
    )
