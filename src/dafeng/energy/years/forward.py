"""Dispatch of many years at once, hour by hour, guided by what stored energy is worth, with a bound from the same prices.

Invariant: the dispatch of each year satisfies every row and bound of the network; the bound of each year is a weak-duality
bound of that year's own programme; a year that meets an hour without a feasible answer is reported, never patched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags
from dafeng.energy.program import Floats
from dafeng.energy.years.bases import Group, Library, solve_group
from dafeng.energy.years.stage import Stage

SEGMENTS = 4
"""Parts of a store, each worth less than the one below it."""
PULL = 20.0
"""What a full store is worth less than an empty one where the guide's is as full. [yuan/MWh]"""
RETURN = 48
"""Steps before the end of the year in which levels are led back to where the year began."""
FADE = 1e-6
"""Weight of a variable that never moves when the first basis is chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """What solved years tell about all others.

    Parameters
    ----------
    prices : (steps, rows) array
        Multipliers of the rows.
    values : (steps, columns) array
        Point.
    """

    prices: Floats
    values: Floats


@dataclass(slots=True, eq=False)
class Sweep:
    """State of all years between two steps, and what has been summed.

    Parameters
    ----------
    values : (years, columns) array
        Point of the step before.
    prices : (years, rows) array
        Its multipliers.
    places, inner : (years,) array of int
        Bases of the dispatch and of the bound.
    cost, bound : (years,) array
        Cost of the dispatch and lower bound so far. [yuan]
    energy : (years, columns) array
        Sum of each variable over the steps so far.
    failed : (years,) array of bool
        Years that met a step without a feasible answer.
    """

    values: Floats
    prices: Floats
    places: Places
    inner: Places
    cost: Floats
    bound: Floats
    energy: Floats
    failed: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """Data of one step in all years.

    Parameters
    ----------
    low, high : (years, columns) array
        Bounds.
    right : (years, rows) array
        Right sides.
    cost : (columns,) array
        Cost.
    loose : (years, rows, k) array
        Coefficients of the loose variables.
    """

    low: Floats
    high: Floats
    right: Floats
    cost: Floats
    loose: Floats


@dataclass(slots=True, eq=False)
class Kernel:
    """Everything that stays the same from step to step.

    Parameters
    ----------
    stage : Stage
        The family of years.
    guide : Guide
        Prices and levels to follow.
    years : int
        How many.
    pull : float
        What a full store is worth less than an empty one. [yuan/MWh]
    whole, local : Library
        Bases of the dispatch, and of the bound's problem without tying rows.
    kept : array of int
        Variables of the bound's problem.
    """

    stage: Stage
    guide: Guide
    years: int
    pull: float
    whole: Library
    local: Library
    kept: Places

    def hour(self, step: int) -> Hour:
        """Data of one step in all years.

        Parameters
        ----------
        step : int
            Which.

        Returns
        -------
        Hour
            Bounds, right sides, cost and loose coefficients.
        """
        stage = self.stage
        low, high, right = (np.tile(part[step], (self.years, 1)) for part in (stage.low, stage.high, stage.right))
        loose = np.tile(stage.coefficients[step], (self.years, 1, 1))
        spot = {int(column): place for place, column in enumerate(stage.loose)}
        for change in stage.changes:
            values = change.values[:, step]
            if change.kind == "low":
                low[:, change.column] = values
            elif change.kind == "high":
                high[:, change.column] = values
            elif change.kind == "right":
                right[:, change.row] += values
            else:
                loose[:, change.row, spot[change.column]] = values
        return Hour(low, high, right, stage.cost[step], loose)


def sweep_years(
    stage: Stage, guide: Guide, years: int, *, pull: float = PULL, told: Callable[[int], None] | None = None
) -> Sweep:
    """Dispatch all years from the first step to the last.

    Parameters
    ----------
    stage : Stage
        The family of years.
    guide : Guide
        Prices and levels to follow.
    years : int
        How many years the changes hold.
    pull : float
        What a full store is worth less than an empty one. [yuan/MWh]
    told : callable, optional
        Called with each step; what it raises ends the work.

    Returns
    -------
    Sweep
        Cost, bound and energy of each year.
    """
    kernel = _kernel(stage, guide, years, pull)
    shape = (years, len(stage.columns))
    state = Sweep(
        values=np.tile(guide.values[-1], (years, 1)),
        prices=np.tile(guide.prices[-1], (years, 1)),
        places=np.full(years, _first(kernel.whole, _moving(stage))),
        inner=np.full(years, _first(kernel.local, _moving(stage)[kernel.kept])),
        cost=np.full(years, stage.constant),
        bound=np.full(years, stage.constant),
        energy=np.zeros(shape),
        failed=np.zeros(years, dtype=bool),
    )
    for step in range(stage.steps):
        if told is not None:
            told(step)
        hour = kernel.hour(step)
        _bound(kernel, state, hour, step)
        _dispatch(kernel, state, hour, step)
    return state


def _kernel(stage: Stage, guide: Guide, years: int, pull: float) -> Kernel:
    wide = np.hstack([stage.now] + [stage.now[:, stage.levels]] * (SEGMENTS - 1))
    inner = stage.now[~stage.tying]
    free = ~np.isin(np.arange(len(stage.columns)), stage.loose)
    kept = np.flatnonzero((inner != 0).any(axis=0) & free)
    return Kernel(stage, guide, years, pull, Library(wide), Library(inner[:, kept]), kept)


def _moving(stage: Stage) -> Flags:
    return np.asarray((stage.high > stage.low).any(axis=0))


def _first(library: Library, moving: Flags) -> int:
    """A basis to begin with: independent columns of variables that can move."""
    rows, columns = library.matrix.shape
    weight = np.where(np.append(moving, np.ones(columns - len(moving), dtype=bool)), 1.0, FADE)
    _, _, order = linalg.qr(library.matrix * weight, pivoting=True, mode="economic")
    return library.add(np.asarray(order[:rows]))


def _dispatch(kernel: Kernel, state: Sweep, hour: Hour, step: int) -> None:
    """Best point of one step: its own cost and what is stored valued at the guide's prices."""
    stage, count = kernel.stage, len(kernel.stage.columns)
    right = hour.right - state.values @ stage.before.T
    low, high = hour.low.copy(), hour.high.copy()
    decided = _decided(kernel, state, hour)
    low[:, stage.loose] = high[:, stage.loose] = decided
    right -= np.einsum("yrk,yk->yr", hour.loose, decided)
    worth = hour.cost - kernel.guide.prices[(step + 1) % stage.steps] @ stage.before
    cost, low, high = _segmented(kernel, worth, low, high, step)
    answers = solve_group(kernel.whole, Group(cost, right, low, high), state.places)
    state.values = answers.values[:, :count].copy()
    for part in range(SEGMENTS - 1):
        start = count + part * len(stage.levels)
        state.values[:, stage.levels] += answers.values[:, start : start + len(stage.levels)]
    state.failed |= answers.basis < 0
    state.places = np.where(answers.basis < 0, state.places, answers.basis)
    state.prices = answers.prices
    state.cost += state.values @ hour.cost
    state.energy += state.values


def _decided(kernel: Kernel, state: Sweep, hour: Hour) -> Floats:
    """Loose variables at the bound that pays at the prices of the step before."""
    loose = kernel.stage.loose
    margin = hour.cost[loose] - np.einsum("yrk,yr->yk", hour.loose, state.prices)
    return np.where(margin < 0, hour.high[:, loose], hour.low[:, loose])


def _segmented(kernel: Kernel, worth: Floats, low: Floats, high: Floats, step: int) -> tuple[Floats, Floats, Floats]:
    """Split each level into parts of falling worth; near the end of the year its bounds close on where it began."""
    stage, levels = kernel.stage, kernel.stage.levels
    least, most, begun = low[:, levels], high[:, levels], kernel.guide.values[-1, levels]
    closing = max(0.0, 1.0 - (stage.steps - 1 - step) / RETURN)
    least, most = least + (begun - least) * closing, most + (begun - most) * closing
    size = (most - least) / SEGMENTS
    wide = stage.high[step, levels] - stage.low[step, levels]
    full = np.divide(kernel.guide.values[step, levels] - stage.low[step, levels], wide, out=np.zeros(len(wide)), where=wide > 0)
    steps_down = [kernel.pull * (full - (part + 0.5) / SEGMENTS) for part in range(SEGMENTS)]
    cost = np.concatenate([worth, *(worth[levels] - down for down in steps_down[1:])])
    cost[levels] = worth[levels] - steps_down[0]
    low, high = low.copy(), high.copy()
    low[:, levels], high[:, levels] = least, least + size
    nothing = np.zeros_like(size)
    return cost, np.hstack([low] + [nothing] * (SEGMENTS - 1)), np.hstack([high] + [size] * (SEGMENTS - 1))


def _bound(kernel: Kernel, state: Sweep, hour: Hour, step: int) -> None:
    """Add the step's part of the weak-duality bound: tying rows priced by the guide, all others by their own optimum."""
    stage, prices = kernel.stage, kernel.guide.prices
    tying = stage.tying
    base = hour.cost - prices[step, tying] @ stage.now[tying] - prices[(step + 1) % stage.steps] @ stage.before
    kept, right = kernel.kept, hour.right[:, ~tying]
    left = right - np.einsum("yrk,yk->yr", hour.loose[:, ~tying], _decided(kernel, state, hour))
    group = Group(base[kept], left, hour.low[:, kept], hour.high[:, kept])
    answers = solve_group(kernel.local, group, state.inner)
    state.inner = np.where(answers.basis < 0, state.inner, answers.basis)
    own = np.where(
        (answers.basis < 0)[:, None], prices[step, ~tying], answers.prices
    )  # any prices are valid, the guide's are good
    reduced = base - own @ stage.now[~tying]
    if len(stage.loose):
        whole = np.tile(prices[step], (kernel.years, 1))
        whole[:, ~tying] = own
        reduced[:, stage.loose] -= np.einsum("yrk,yr->yk", hour.loose, whole)
    least = np.minimum(reduced * hour.low, reduced * hour.high).sum(axis=1)
    state.bound += least + (right * own).sum(axis=1) + hour.right[:, tying] @ prices[step, tying]
