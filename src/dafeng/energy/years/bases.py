"""One small linear programme with many right sides and bounds: the dual simplex on groups that share a basis.

Invariant: all problems have the same matrix and cost, so a basis has one inverse, one set of prices and one ratio test for
all of them; every variable has finite bounds, so each basis is dual feasible; what is returned satisfies all rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats

TOLERANCE = 1e-6
"""Largest violation of a bound. [MW]"""
TIE = 1e-9
"""Ratios closer than this count as equal; then the largest entry decides. [yuan/MWh]"""
PIVOT = 1e-8
"""Least entry on which a basis is changed."""
NUDGE = 1e-5
"""Most that a cost is moved so that no two are equal and no basis comes back. [yuan/MWh]"""
GOLDEN = 0.6180339887498949
"""Golden section: its multiples spread evenly."""
ROUNDS = 400
"""Most changes of basis of one problem."""


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Variables that are solved for.

    Parameters
    ----------
    members : (rows,) array of int
        Positions of the variables.
    inverse : (rows, rows) array
        Inverse of their columns.
    table : (rows, columns) array
        Inverse times the whole matrix.
    """

    members: Places
    inverse: Floats
    table: Floats


@dataclass(slots=True, eq=False)
class Library:
    """All bases met so far for one matrix.

    Parameters
    ----------
    matrix : (rows, columns) array
        Rows of the problem.
    found : list of Basis
        Bases by number.
    known : dict of bytes to int
        Number of each basis by its variables.
    """

    matrix: Floats
    found: list[Basis] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)

    def add(self, members: Places) -> int:
        """Number of a basis, inverted when it is met first.

        Parameters
        ----------
        members : (rows,) array of int
            Variables that are solved for, in any order.

        Returns
        -------
        int
            Its number.
        """
        ordered = np.sort(members)
        key = ordered.tobytes()
        if key not in self.known:
            inverse: Floats = np.asarray(np.linalg.inv(self.matrix[:, ordered]), dtype=np.float64)
            self.known[key] = len(self.found)
            self.found.append(Basis(ordered, inverse, inverse @ self.matrix))
        return self.known[key]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Optimal points of many problems.

    Parameters
    ----------
    values : (n, columns) array
        Points.
    prices : (n, rows) array
        Multipliers of the rows.
    basis : (n,) array of int
        Number of each one's basis, −1 where none was found.
    """

    values: Floats
    prices: Floats
    basis: Places


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Problems with one matrix and one cost.

    Parameters
    ----------
    cost : (columns,) array
        Cost of every variable.
    right : (n, rows) array
        Right sides.
    low, high : (n, columns) array
        Finite bounds.
    """

    cost: Floats
    right: Floats
    low: Floats
    high: Floats


def solve_group(library: Library, group: Group, start: Places) -> Answers:
    """Optima of problems that differ in right sides and bounds.

    Parameters
    ----------
    library : Library
        Matrix and bases.
    group : Group
        The problems.
    start : (n,) array of int
        Basis at which each problem begins.

    Returns
    -------
    Answers
        Point, prices and basis of each.
    """
    spread = NUDGE * np.modf(GOLDEN * np.arange(1, len(group.cost) + 1))[0]
    group = replace(group, cost=group.cost + spread)
    answers = Answers(np.zeros_like(group.low), np.zeros_like(group.right), np.full(len(start), -1, dtype=np.int64))
    movable = np.asarray((group.high > group.low).any(axis=0))
    basis, active = start.copy(), np.arange(len(start))
    for _ in range(ROUNDS):
        if not len(active):
            break
        active = active[np.argsort(basis[active], kind="stable")]
        alike = np.split(active, np.flatnonzero(np.diff(basis[active])) + 1)
        active = np.concatenate([_visit(library, group, members, movable, basis, answers) for members in alike])
    return answers


def _visit(library: Library, group: Group, members: Places, movable: Flags, basis: Places, answers: Answers) -> Places:
    """Try the basis that some problems are at; those it does not fit go on to a neighbouring one and are returned."""
    number = int(basis[members[0]])
    one = library.found[number]
    prices = group.cost[one.members] @ one.inverse
    reduced = group.cost - prices @ library.matrix
    reduced[one.members] = 0.0
    low, high = group.low[members], group.high[members]
    point = np.where(reduced >= 0, low, high)
    point[:, one.members] = 0.0
    solved = group.right[members] @ one.inverse.T - point @ one.table.T
    below, above = low[:, one.members] - solved, solved - high[:, one.members]
    excess = np.maximum(below, above)
    row = excess.argmax(axis=1)
    good = excess[np.arange(len(members)), row] <= TOLERANCE
    if good.any():
        point[:, one.members] = solved
        done = members[good]
        answers.values[done], answers.prices[done], answers.basis[done] = point[good], prices, number
        if len(done) == len(members):
            return members[:0]
    left, row = members[~good], row[~good]
    side = above[~good, row] > below[~good, row]
    return _pivot(library, one, reduced, movable, _Leaving(left, row, side), basis)


@dataclass(frozen=True, slots=True, eq=False)
class _Leaving:
    """Problems with the row that leaves their basis and the side on which it is out of bounds."""

    members: Places
    row: Places
    side: Flags


def _pivot(library: Library, one: Basis, reduced: Floats, movable: Flags, leaving: _Leaving, basis: Places) -> Places:
    """Move each problem to the neighbouring basis; returns those for which there is one."""
    free = movable.copy()
    free[one.members] = False
    key = leaving.row * 2 + leaving.side
    kept = np.ones(len(key), dtype=bool)
    for way in set(key.tolist()):
        row, upper = divmod(way, 2)
        entering = _entering(one.table[row] if upper else -one.table[row], reduced, free)
        mine = key == way
        if entering < 0:
            kept[mine] = False
            continue
        members = one.members.copy()
        members[row] = entering
        basis[leaving.members[mine]] = library.add(members)
    return leaving.members[kept]


def _entering(slope: Floats, reduced: Floats, free: Flags) -> int:
    """Variable whose reduced cost reaches zero first when a row leaves; −1 where the problem has no feasible point."""
    fit = free & (((reduced >= 0) & (slope > PIVOT)) | ((reduced <= 0) & (slope < -PIVOT)))
    places = np.flatnonzero(fit)
    if not len(places):
        return -1
    size = np.abs(slope[places])
    ratio = np.abs(reduced[places]) / size
    ties = ratio <= ratio.min() + TIE
    return int(places[ties][size[ties].argmax()])
