"""Monte Carlo (approach 2 of the IPCC): the same definitions with a leading axis of draws.

Invariant: every input has a stream of its own, so the same seed gives the same draws whatever other cells there are and
in whatever order they come; a drawn quantity of the wrong sign is counted and said, never clipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dafeng.formula import evaluate
from dafeng.methods.distribution import Floats
from dafeng.methods.kernels import KERNELS
from dafeng.methods.propagation import RowKey
from dafeng.methods.uncertain import Model

ENDS = (0.025, 0.5, 0.975)
"""Levels of the lower end, the median and the upper end of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """Draws of an inventory.

    Parameters
    ----------
    seed, count : int
        Seed and number of draws.
    rows : mapping of (year, category, gas) to array
        Draws of each row. [tCO2e]
    negative : mapping of str to int
        Inputs whose ratio was drawn negative, with the number of those draws.
    """

    seed: int
    count: int
    rows: Mapping[RowKey, Floats]
    negative: Mapping[str, int]

    def total(self, year: int) -> Floats:
        """Draws of the sum of a year.

        Parameters
        ----------
        year : int
            Year.

        Returns
        -------
        (draws,) array
            Sums. [tCO2e]
        """
        found = np.zeros(self.count)
        for key, row in self.rows.items():
            if key[0] == year:
                found = found + row
        return found


@dataclass(frozen=True, slots=True)
class Interval:
    """Distribution of a number in short.

    Parameters
    ----------
    mean, deviation, low, median, high : float
        Mean, standard deviation and ends of the 95 % interval with its median. [one unit]
    """

    mean: float
    deviation: float
    low: float
    median: float
    high: float


def simulate_inventory(model: Model, *, seed: int, count: int) -> Simulation:
    """Draw an inventory.

    Parameters
    ----------
    model : Model
        The inventory.
    seed : int
        Seed.
    count : int
        Number of draws.

    Returns
    -------
    Simulation
        Draws by row.
    """
    drawn = {key: one.draw(seed, count) for key, one in model.inputs.items()}
    composed = {key: _compose(model, key, drawn) for key in model.compositions}
    rows: dict[RowKey, Floats] = {}
    for term in model.terms:
        amount = np.zeros(count)
        for key, part in term.parts:
            amount += part * drawn[key]
        amount *= composed[term.composition]
        amount *= drawn[term.pedigree]
        amount *= float(term.weight)
        rows[term.row] = rows[term.row] + amount if term.row in rows else amount
    negative = {key: int(np.count_nonzero(ratios < 0)) for key, ratios in drawn.items()}
    return Simulation(seed, count, dict(sorted(rows.items())), {key: number for key, number in negative.items() if number})


def describe(drawn: Floats) -> Interval:
    """Draws in short.

    Parameters
    ----------
    drawn : (draws,) array
        Draws. [one unit]

    Returns
    -------
    Interval
        Mean, deviation and 95 % interval. [the same]
    """
    low, median, high = np.quantile(drawn, ENDS)
    return Interval(float(drawn.mean()), float(drawn.std(ddof=1)), float(low), float(median), float(high))


def _compose(model: Model, key: str, drawn: Mapping[str, Floats]) -> Floats:
    composition = model.compositions[key]
    values: dict[str, Floats | float] = dict(composition.fixed)
    values |= {name: stated * drawn[found] for name, (found, stated) in composition.factors.items()}
    return composition.scale * evaluate(composition.expression, values, kernels=KERNELS, where=composition.where)
