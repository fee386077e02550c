"""What prices of constraints prove about the least cost of a programme: weak duality, in one place for everybody.

Invariant: no multipliers whatever, on sides that exist or not, give a bound above the optimum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dafeng.energy.bounds import implied_bounds
from dafeng.energy.program import Floats, Program
from dafeng.energy.solving.reduce import slope_of

Sides = NDArray[np.bool_]
"""Where something holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """A programme whose constraints are paid for: what is left costs each variable its reduced cost, whatever the others do.

    Parameters
    ----------
    program : Program
        The programme.
    multipliers : (rows,) array
        Price of each constraint; zero where it stood on a side that does not exist, since such a price proves nothing.
    reduced : (columns,) array
        ``cost - matrixᵀ·multipliers``. [yuan per unit]
    """

    program: Program
    multipliers: Floats
    reduced: Floats

    def bound(self, low: Floats, high: Floats) -> tuple[float, Sides]:
        """Least cost that the prices leave within bounds.

        Parameters
        ----------
        low, high : (columns,) array
            Bounds that every point of interest keeps: those of the programme, or tighter ones that it implies.

        Returns
        -------
        float, (columns,) array of bool
            ``Σ y·side + Σ_j min {r_j z + q_j z² : low_j <= z <= high_j} + constant``; and the variables that have no
            bound on the side to which their reduced cost points. Their terms are left out: the value is a lower bound of
            the optimum only where there are none. [yuan]

        Source
        ------
        Weak duality with bounded variables (Neumaier and Shcherbina 2004), see ``docs/solving.md``.
        """
        rows, _ = _support(self.multipliers, self.program.row_low, self.program.row_high)
        columns, lost = self._columns(low, high)
        return rows + self.program.constant + columns, lost

    def size(self, low: Floats, high: Floats) -> float:
        """Sum of the sizes of all terms of the bound, to hold a difference of them against.

        Parameters
        ----------
        low, high : (columns,) array
            As in ``bound``.

        Returns
        -------
        float
            Without squared costs. [yuan]
        """
        rows, _ = _sides(self.multipliers, self.program.row_low, self.program.row_high)
        columns, _ = _sides(self.reduced, low, high)
        return float(np.abs(self.multipliers) @ np.abs(rows) + np.abs(self.reduced) @ np.abs(columns))

    def _columns(self, low: Floats, high: Floats) -> tuple[float, Sides]:
        if self.program.quadratic is None:
            return _support(self.reduced, low, high)
        curved = self.program.quadratic > 0
        flat, lost = _support(np.where(curved, 0.0, self.reduced), low, high)
        slope, square = self.reduced[curved], self.program.quadratic[curved]
        best = np.clip(-slope / (2.0 * square), low[curved], high[curved])
        return flat + float(slope @ best + square @ best**2), lost


def price_rows(program: Program, multipliers: Floats) -> Priced:
    """Pay for the constraints of a programme.

    Parameters
    ----------
    program : Program
        Any programme; whole variables are taken as continuous.
    multipliers : (rows,) array
        Any finite numbers: positive where a lower bound is paid for, negative where an upper one is.

    Returns
    -------
    Priced
        What its variables cost then.
    """
    _, absent = _sides(multipliers, program.row_low, program.row_high)
    used = np.where(absent, 0.0, multipliers)
    return Priced(program, used, reduced_costs(program, used))


def proven_bound(program: Program, multipliers: Floats, *, ceiling: float = math.inf) -> float:
    """Lower bound of a programme's optimum from any multipliers.

    Parameters
    ----------
    program : Program
        Any programme; whole variables are taken as continuous.
    multipliers : (rows,) array
        Price of each constraint, whatever its origin.
    ceiling : float
        Cost of a known feasible point, ``inf`` if none is known; bounds variables that have no bound of their own.

    Returns
    -------
    float
        The bound; minus infinity where a variable has no bound, stated or implied. [yuan]
    """
    priced = price_rows(program, multipliers)
    found, lost = priced.bound(program.low, program.high)
    if lost.any():
        found, lost = priced.bound(*implied_bounds(program, ceiling=ceiling))
    return -math.inf if lost.any() else found


def reduced_costs(program: Program, multipliers: Floats, *, values: Floats | None = None) -> Floats:
    """Cost of each variable after paying for the constraints it stands in.

    Parameters
    ----------
    program : Program
        The programme.
    multipliers : (rows,) array
        Price of each constraint.
    values : (columns,) array, optional
        The point, where costs are squared: the slope of the cost depends on it.

    Returns
    -------
    (columns,) array
        ``slope - matrixᵀ·multipliers``; positive at a lower bound, negative at an upper bound. [yuan per unit]
    """
    slope = program.cost if values is None else slope_of(program, values)
    reduced: Floats = slope - program.matrix.T @ multipliers
    return reduced


def _sides(prices: Floats, low: Floats, high: Floats) -> tuple[Floats, Sides]:
    """Where ``prices·z`` is least over ``low <= z <= high``, zero without a price or an end, and where it has no end."""
    side = np.where(prices > 0, low, high)
    lost = (prices != 0) & ~np.isfinite(side)
    return np.where((prices == 0) | lost, 0.0, side), lost


def _support(prices: Floats, low: Floats, high: Floats) -> tuple[float, Sides]:
    """Least value of ``prices·z`` over ``low <= z <= high``, and where it has none."""
    side, lost = _sides(prices, low, high)
    usable = (prices != 0) & ~lost
    return float(prices[usable] @ side[usable]), lost
