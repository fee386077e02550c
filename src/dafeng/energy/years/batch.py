"""Some years of a family as one programme: arrays by kind, year and step, and the products with its matrix.

Invariant: nothing ties one year to another; the last step of a year comes before its first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import DTypeLike
from scipy import sparse

from dafeng.energy.network.linear import Places
from dafeng.energy.program import Floats
from dafeng.energy.years.stage import Stage


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Coefficients of the step before, only the rows and variables that have any.

    Parameters
    ----------
    rows, columns : array of int
        Rows that look back, and variables that they find there.
    matrix : scipy.sparse.csr_matrix, (rows, columns)
        Coefficients.
    """

    rows: Places
    columns: Places
    matrix: sparse.csr_matrix


def links_of(before: Floats) -> Links:
    """Coefficients of the step before.

    Parameters
    ----------
    before : (m, n) array
        All of them.

    Returns
    -------
    Links
        Those that are not zero.
    """
    rows, columns = np.flatnonzero(before.any(axis=1)), np.flatnonzero(before.any(axis=0))
    return Links(rows, columns, sparse.csr_matrix(before[np.ix_(rows, columns)]))


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Minimise ``cost·x`` with ``A x = right``, ``low <= x <= high`` in each of some years.

    Parameters
    ----------
    now : scipy.sparse.csr_matrix
        Coefficients of the step's own variables, of those whose coefficients stay.
    links : Links
        Coefficients of the variables of the step before.
    loose : (k,) array of int
        Variables whose coefficients vary.
    coefficients : (rows, k, years, steps) array
        Theirs.
    low, high, cost : (columns, years, steps) array
        Bounds and cost.
    right : (rows, years, steps) array
        Right sides.
    varied : tuple of (int, int, int)
        Coefficients that vary: the row of each, its place in ``loose``, and its variable.
    """

    now: sparse.csr_matrix
    links: Links
    loose: Places
    coefficients: Floats
    low: Floats
    high: Floats
    cost: Floats
    right: Floats
    varied: tuple[tuple[int, int, int], ...]

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
        links, found = self.links, _product(self.now, point)
        earlier = _product(links.matrix, point[links.columns])
        found[links.rows, :, 1:] += earlier[:, :, :-1]
        found[links.rows, :, 0] += earlier[:, :, -1]
        for row, number, column in self.varied:
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
        links, found = self.links, _product(self.now.T, prices)
        later = _product(links.matrix.T, prices[links.rows])
        found[links.columns, :, :-1] += later[:, :, 1:]
        found[links.columns, :, -1] += later[:, :, 0]
        for row, number, column in self.varied:
            found[column] += self.coefficients[row, number] * prices[row]
        return found

    def taken(self, kept: Places) -> Batch:
        """Some of the years.

        Parameters
        ----------
        kept : array of int
            Which, in rising order.

        Returns
        -------
        Batch
            The same programme for them; itself where they are all.
        """
        if len(kept) == self.low.shape[1]:
            return self
        parts = (self.low, self.high, self.cost, self.right)
        low, high, cost, right = (np.ascontiguousarray(part[:, kept]) for part in parts)
        coefficients = np.ascontiguousarray(self.coefficients[:, :, kept])
        return replace(self, coefficients=coefficients, low=low, high=high, cost=cost, right=right)

    def rounded(self, precision: DTypeLike) -> Batch:
        """The same programme with matrix and cost in another precision; bounds and right sides stay as they are.

        Parameters
        ----------
        precision : numpy type
            Which.

        Returns
        -------
        Batch
            A copy.
        """
        return replace(
            self,
            now=self.now.astype(precision),
            links=replace(self.links, matrix=self.links.matrix.astype(precision)),
            coefficients=self.coefficients.astype(precision),
            cost=self.cost.astype(precision),
        )


def _product(matrix: sparse.spmatrix, values: Floats) -> Floats:
    years, steps = values.shape[1:]
    return np.asarray(matrix @ values.reshape(len(values), years * steps)).reshape(-1, years, steps)


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
    now, links = sparse.csr_matrix(stage.now), links_of(stage.before)
    return Batch(now, links, stage.loose, coefficients, low, high, cost, right, _varied(coefficients, stage.loose))


def _varied(coefficients: Floats, loose: Places) -> tuple[tuple[int, int, int], ...]:
    """Row, number and variable of the coefficients that are not zero everywhere."""
    rows, numbers = np.nonzero(coefficients.any(axis=(2, 3)))
    return tuple((int(row), int(number), int(loose[number])) for row, number in zip(rows, numbers, strict=True))
