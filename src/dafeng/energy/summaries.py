"""Hourly series in few numbers: weeks of a year, duration curves, daily levels, sums.

Invariant: every mean and sum is weighted by the hours that a step stands for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.hourly import DAY, WEEK, Column, Hourly, start_hours
from dafeng.energy.program import Floats

POINTS = 201
"""Points of a duration curve, from the highest value to the lowest."""
TRACE = 1e-9
"""Weight of a bus that nothing leaves, so that its price counts where no other has any. [MW]"""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One carrier, at one bus or all, in one period.

    Parameters
    ----------
    load, renewable, curtailed, unserved, price : (steps,) array
        Demand, renewable feed, unused offer, unmet demand [MW], price weighted by demand [yuan/MWh].
    starts, hours : (steps,) array
        Where each step begins in its period, and how long it lasts. [h]
    """

    load: Floats
    renewable: Floats
    curtailed: Floats
    unserved: Floats
    price: Floats
    starts: Floats
    hours: Floats

    def weekly(self, values: Floats) -> list[float]:
        """Means of the weeks.

        Parameters
        ----------
        values : (steps,) array
            A series.

        Returns
        -------
        list of float
            One for each week of the period; the last may be shorter. [unit of the series]
        """
        return means(values, self.hours, (self.starts // WEEK).astype(int))

    def total(self, values: Floats) -> float:
        """Sum over the period.

        Parameters
        ----------
        values : (steps,) array
            A series. [MW]

        Returns
        -------
        float
            Energy. [MWh]
        """
        return float(values @ self.hours)

    def curve(self, values: Floats) -> list[float]:
        """Duration curve.

        Parameters
        ----------
        values : (steps,) array
            A series.

        Returns
        -------
        list of float
            Value that is reached in at least 0, 0.5 … 100 % of the hours. [unit of the series]
        """
        order = np.argsort(-values, kind="stable")
        passed = np.cumsum(self.hours[order])
        wanted = np.linspace(0.0, 1.0, POINTS) * passed[-1]
        return [float(values[place]) for place in order[np.minimum(np.searchsorted(passed, wanted), len(order) - 1)]]


def look_at(hourly: Hourly, *, carrier: str, bus: str = "", period: int = 0) -> Side:
    """Series of one carrier in one period.

    Parameters
    ----------
    hourly : Hourly
        All series.
    carrier, bus : str
        Carrier, and its bus; all its buses where empty.
    period : int
        Position of the period.

    Returns
    -------
    Side
        What is to be summed up.
    """
    steps = hourly.clock.period == period
    flows = hourly.at("flow", carrier=carrier, bus=bus)

    def total(role: str, sign: float = 1.0) -> Floats:
        chosen = [values for one, values in flows.items() if one.role == role]
        return np.asarray(sum(chosen, np.zeros(len(steps)))[steps] * sign, dtype=np.float64)

    lost = np.asarray(sum(hourly.at("curtailed", carrier=carrier, bus=bus).values(), np.zeros(len(steps))))[steps]
    price = mean_price(hourly, carrier=carrier, bus=bus)[steps]
    hours = hourly.clock.generators[steps]
    return Side(
        total("demand", -1.0),
        total("renewable"),
        np.maximum(lost, 0.0),
        total("unserved"),
        price,
        start_hours(hourly.clock)[steps],
        hours,
    )


def daily_levels(hourly: Hourly, period: int) -> dict[Column, list[float]]:
    """Mean level of every storage on every day.

    Parameters
    ----------
    hourly : Hourly
        All series.
    period : int
        Position of the period.

    Returns
    -------
    dict of Column to list of float
        One value a day. [MWh]
    """
    steps = hourly.clock.period == period
    days, hours = (start_hours(hourly.clock)[steps] // DAY).astype(int), hourly.clock.generators[steps]
    return {one: means(values[steps], hours, days) for one, values in hourly.at("level").items()}


def means(values: Floats, hours: Floats, group: Floats) -> list[float]:
    """Weighted means of consecutive groups; a group that no step begins in repeats the one before.

    Parameters
    ----------
    values, hours : (steps,) array
        Values and weights.
    group : (steps,) array of int
        Group of each step, rising.

    Returns
    -------
    list of float
        One for each group from 0.
    """
    weight = np.bincount(group, hours)
    known = np.flatnonzero(weight)
    found = np.bincount(group, values * hours)[known] / weight[known]
    return [float(value) for value in found[np.searchsorted(known, np.arange(len(weight)), side="right") - 1]]


def mean_price(hourly: Hourly, *, carrier: str, bus: str = "") -> Floats:
    """Price of a carrier, its buses weighted by what leaves them.

    Parameters
    ----------
    hourly : Hourly
        All series.
    carrier, bus : str
        Carrier, and its bus; all its buses where empty.

    Returns
    -------
    (steps,) array
        Price. [yuan/MWh]
    """
    flows = hourly.at("flow", carrier=carrier, bus=bus)
    total, weight = np.zeros(hourly.clock.size), np.zeros(hourly.clock.size)
    for column, price in hourly.at("price", carrier=carrier, bus=bus).items():
        used = np.full(len(price), TRACE)
        for one, values in flows.items():
            used = used + np.maximum(-values, 0.0) * (one.bus == column.bus)
        total, weight = total + price * used, weight + used
    return np.asarray(total / np.where(weight > 0, weight, 1.0))
