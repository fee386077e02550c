"""What a measure costs in a year: the annuity of what has been built so far, its upkeep and what it takes to run.

Invariant: the annuity of an investment over its lifetime, at the rate stated, is worth exactly the investment.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dafeng.core.units import ratio
from dafeng.pathways.measures import Amount, Measure
from dafeng.pathways.model.axes import Array, Space
from dafeng.pathways.model.sampling import Band, fill

RATE = "rate"
"""Name of the rate among the figures that are drawn."""


def annuity(rate: Array, lifetime: Array) -> Array:
    """Yearly payment for an investment of one.

    Parameters
    ----------
    rate : array, >= 0
        Real rate of interest. [1/a]
    lifetime : array, > 0
        Years over which it is paid. [a]

    Returns
    -------
    array
        Share of the investment. [1/a]
    """
    rate, lifetime = np.asarray(rate, dtype=float), np.asarray(lifetime, dtype=float)
    flat = rate == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        level = rate / (1.0 - (1.0 + rate) ** -lifetime)
    return np.where(flat, 1.0 / lifetime, level)


def cost_bands(space: Space, measures: Mapping[str, Measure], rate: Amount) -> dict[str, Band]:
    """Figures that only the cost uses, as bands to draw from.

    Parameters
    ----------
    space : Space
        The axes.
    measures : mapping of str to Measure
        By id.
    rate : Amount
        Rate of interest.

    Returns
    -------
    dict of str to Band
        By measure and figure, ``measure.figure``; the rate under its own name.
    """
    found = {RATE: _band(space, rate)}
    for name, measure in measures.items():
        for figure in _USED:
            if figure in measure.amounts and measure.amounts[figure].low < measure.amounts[figure].high:
                found[f"{name}.{figure}"] = _band(space, measure.amounts[figure])
    return found


_USED = ("investment", "upkeep", "running", "lifetime", "vehicles")


def yearly_cost(
    space: Space, measure: Measure, bought: Array | None, quantity_unit: str, rate: Amount, ranks: Mapping[str, Array]
) -> Array | None:
    """What a measure costs in each year, before any energy saved.

    Parameters
    ----------
    space : Space
        The axes.
    measure : Measure
        The measure.
    bought : (years, draws) array or None
        Change that its investment pays for; ``None`` where its size is a figure.
    quantity_unit : str
        Unit of that change.
    rate : Amount
        Rate of interest.
    ranks : mapping of str to (draws,) array
        Ranks of the figures of `cost_bands`; without them middle values are taken.

    Returns
    -------
    (years, draws) array or None
        Cost; ``None`` where a figure it needs is unknown. [CNY]
    """
    if not measure.priced:
        return None
    size, unit = _size(space, measure, bought, quantity_unit, ranks)
    investment = _value(measure, "investment", ranks) * float(ratio(measure.amounts["investment"].unit, f"CNY/({unit})"))
    share = annuity(_drawn(rate, ranks.get(RATE)), _value(measure, "lifetime", ranks)) + _value(measure, "upkeep", ranks)
    running = _value(measure, "running", ranks)
    if "running" in measure.amounts:
        running = running * float(ratio(measure.amounts["running"].unit, f"CNY/({unit})"))
    return np.asarray(size * (investment * share + running))


def _size(space: Space, measure: Measure, bought: Array | None, unit: str, ranks: Mapping[str, Array]) -> tuple[Array, str]:
    lever = measure.lever
    if measure.bought is None or bought is None:
        size = measure.amounts["size"]
        risen = np.clip((space.years - lever.first) / (lever.full - lever.first), 0.0, 1.0)
        return risen[:, None] * size.mid, size.unit
    if not measure.bought.times:
        return bought, unit
    return bought * _value(measure, measure.bought.times, ranks), measure.amounts[measure.bought.times].unit


def _value(measure: Measure, figure: str, ranks: Mapping[str, Array]) -> Array:
    amount = measure.amounts.get(figure)
    return np.zeros(1) if amount is None else _drawn(amount, ranks.get(f"{measure.id}.{figure}"))


def _drawn(amount: Amount, ranks: Array | None) -> Array:
    if ranks is None:
        return np.array([amount.mid])
    found = np.empty(ranks.shape)
    fill(Band(np.array([amount.low]), np.array([amount.mid]), np.array([amount.high])), ranks, found)
    return found


def _band(space: Space, amount: Amount) -> Band:
    shape = space.shape(())
    return Band(np.full(shape, amount.low), np.full(shape, amount.mid), np.full(shape, amount.high))
