"""Prices of limits over all steps, found by trying: dearer where a limit was missed, cheaper where it was held with room.

Invariant: between a price that missed and one that held, the next price is tried; nothing is assumed about how a limit
answers to its price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.certificate import PRIMAL_TOLERANCE
from dafeng.energy.program import Floats, Program

DEARER, CHEAPER = 1.5, 0.8
"""Step of a price while only missing it, or only holding it, is known."""
NEAR, FAR = 0.2, 0.95
"""How far from the price that missed to the one that held the next one lies at least and at most."""
BEGUN = 0.01
"""Share of the whole cost that a limit without price begins with."""


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What is known about the price of each limit.

    Parameters
    ----------
    price : (limits,) array
        Price to try; positive where a lower bound is asked for, negative for an upper. [yuan per unit]
    missed, miss : (limits,) array
        Highest size of a price that missed the limit, and by how much; not a number where none did.
    held, spare : (limits,) array
        Lowest size of a price that held it, and how much room it left; not a number where none did.
    """

    price: Floats
    missed: Floats
    miss: Floats
    held: Floats
    spare: Floats


def begin_search(price: Floats) -> Search:
    """Begin with prices that something coarser found.

    Parameters
    ----------
    price : (limits,) array
        First prices. [yuan per unit]

    Returns
    -------
    Search
        Nothing is known yet.
    """
    unknown = np.full(len(price), np.nan)
    return Search(price, unknown, unknown, unknown, unknown)


def room_worth(program: Program, search: Search, activity: Floats) -> float:
    """What the room that limits left would be worth at their prices: about how much too dear an operation is.

    Parameters
    ----------
    program : Program
        Rows of the limits.
    search : Search
        Prices that were tried.
    activity : (limits,) array
        Where the operation stands in each limit.

    Returns
    -------
    float
        [yuan]
    """
    over, _ = _sides(program, activity)
    return float(np.abs(search.price) @ np.maximum(-np.where(np.isfinite(over), over, 0.0), 0.0))


def next_prices(program: Program, search: Search, activity: Floats, cost: float, turnover: Floats) -> Search:
    """Prices to try after an operation at those of the search.

    Parameters
    ----------
    program : Program
        Rows of the limits.
    search : Search
        Prices that were tried.
    activity : (limits,) array
        Where the operation stands in each limit.
    cost : float
        What the operation costs, all signs taken as one. [yuan]
    turnover : (limits,) array
        Sum of sizes of all terms of each limit; with the cost it says what a unit of it may be worth.

    Returns
    -------
    Search
        With what was learned, and the prices to try next.
    """
    over, sign = _sides(program, activity)
    limit = np.where(sign > 0, program.row_low, program.row_high)
    short = over > 0.5 * PRIMAL_TOLERANCE * np.maximum(1.0, np.abs(limit))
    size = np.abs(search.price)
    long = ~short & (size > 0)
    missed, miss = np.where(short, size, search.missed), np.where(short, over, search.miss)
    held, spare = np.where(long, size, search.held), np.where(long, np.maximum(-over, 0.0), search.spare)
    part = np.clip(miss / np.maximum(miss + spare, 1e-300) + 0.1, NEAR, FAR)
    between = missed + part * (held - missed)
    alone = np.where(short, np.maximum(DEARER * size, BEGUN * cost / np.maximum(turnover, 1.0)), CHEAPER * size)
    found = np.where(np.isnan(between), alone, between)
    return Search(np.where(size + short > 0, sign * found, 0.0), missed, miss, held, spare)


def _sides(program: Program, activity: Floats) -> tuple[Floats, Floats]:
    """By how much each limit is missed, negative where there is room, and the sign of a price that mends it."""
    below, above = program.row_low - activity, activity - program.row_high
    return np.maximum(below, above), np.where(below >= above, 1.0, -1.0)
