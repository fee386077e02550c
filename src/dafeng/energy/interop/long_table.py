"""Results as a long table in the IAMC format that scenario databases and pyam read.

Invariant: one row per region, variable and year, in the columns that the format names; flows are sums over what the
steps stand for, so that a year is a whole year where the steps make up one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dafeng.energy.interop.long_rows import LongRow, csv_text, wide_cells
from dafeng.energy.interop.results import prices
from dafeng.energy.network.build import values_of
from dafeng.energy.network.frame import period_activity
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import CAPACITY, Table
from dafeng.energy.program import Floats

WORDS: Mapping[str, str] = {
    "generator": "Generation",
    "link": "Conversion Input",
    "process": "Conversion Activity",
    "storage_unit": "Discharge",
    "cogeneration": "Cogeneration Power",
}
"""Second part of the name of a flow."""
OUTPUT: Mapping[str, str] = {"storage_unit": "p_dispatch"}
"""Quantity that is summed, where it is not ``p``."""
UNITS: Mapping[str, str] = {"store": "MWh"}
"""Unit of capacity, where it is not MW."""
YEAR = re.compile(r"(\d{4})-")
"""A step whose label begins with a date."""


def long_rows(outcome: Outcome, *, region: str, currency: str = "CNY") -> tuple[LongRow, ...]:
    """Rows of a result.

    Parameters
    ----------
    outcome : Outcome
        What was optimised.
    region : str
        Name of the place; prices at buses have ``region|bus``.
    currency : str
        Unit of money.

    Returns
    -------
    tuple of LongRow
        ``Capacity|…`` [MW or MWh], flows [MWh], ``Demand|…`` [MWh], ``Price|…`` [currency/MWh], ``Emissions|CO2`` [t] and
        ``Cost|Total`` [currency], by carrier and year.
    """
    years = _years(outcome)
    found = [*_capacities(outcome, region, years), *_flows(outcome, region, years), *_demand(outcome, region, years)]
    found += [*_prices(outcome, region, years, currency), *_emissions(outcome, region, years)]
    found.append(LongRow(region, "Cost|Total", currency, {years[0]: outcome.system_cost}))
    return tuple(found)


def long_table(outcome: Outcome, *, model: str, scenario: str, region: str, currency: str = "CNY") -> str:
    """The table as CSV, as ``pyam.IamDataFrame`` reads it.

    Parameters
    ----------
    outcome : Outcome
        What was optimised.
    model, scenario, region : str
        Names of the format's first columns.
    currency : str
        Unit of money.

    Returns
    -------
    str
        UTF-8 text: ``model,scenario,region,variable,unit`` and one column per year; an absent value is an empty cell.
    """
    rows = long_rows(outcome, region=region, currency=currency)
    return csv_text(wide_cells({scenario: rows}, model=model))


def _years(outcome: Outcome) -> tuple[int, ...]:
    """Year of each period; of the first step's date without periods, or 0 where a label has none."""
    clock = outcome.network.clock
    if clock.periods:
        return clock.periods
    match = YEAR.match(clock.labels[0])
    return (int(match[1]) if match else 0,)


def _sums(outcome: Outcome, flow: Floats) -> Floats:
    """(periods, n) energy of a flow in each period. [MWh]"""
    clock = outcome.network.clock
    weighted = flow * clock.generators[:, None]
    return np.array([weighted[clock.period == period].sum(axis=0) for period in range(max(1, len(clock.periods)))])


def _grouped(table: Table, values: Floats, years: tuple[int, ...]) -> Iterator[tuple[str, dict[int, float]]]:
    """Values (periods, n) summed by carrier; what has none is told under the name of its kind."""
    carriers = [carrier or table.component for carrier in table.text("carrier")]
    for carrier in dict.fromkeys(carriers):
        mine = np.array([one == carrier for one in carriers])
        yield carrier, {year: float(values[place, mine].sum()) for place, year in enumerate(years)}


def _capacities(outcome: Outcome, region: str, years: tuple[int, ...]) -> Iterator[LongRow]:
    for component in CAPACITY:
        frame = outcome.built.frames.get(component)
        if frame is None:
            continue
        sizes = np.broadcast_to(values_of(frame.sizes, outcome.solution.values), (1, len(frame.members)))[0]
        alive = period_activity(frame.members, outcome.network.clock)
        for carrier, values in _grouped(frame.members, np.where(alive, sizes, 0.0), years):
            yield LongRow(region, f"Capacity|{_word(component)}|{carrier}", UNITS.get(component, "MW"), values)


def _flows(outcome: Outcome, region: str, years: tuple[int, ...]) -> Iterator[LongRow]:
    for component, word in WORDS.items():
        frame = outcome.built.frames.get(component)
        if frame is None:
            continue
        flow = np.array(
            np.broadcast_to(values_of(frame.variables[OUTPUT.get(component, "p")], outcome.solution.values), frame.active.shape)
        )
        for carrier, values in _grouped(frame.table, _sums(outcome, flow), years):
            yield LongRow(region, f"{word}|{carrier}", "MWh", values)


def _demand(outcome: Outcome, region: str, years: tuple[int, ...]) -> Iterator[LongRow]:
    table, steps = outcome.network.table("load"), outcome.network.clock.size
    buses = outcome.network.table("bus")
    carriers = dict(zip(buses.names, buses.text("carrier"), strict=True))
    if not len(table):
        return
    taken = -table.varying("p_set", steps) * table.number("sign")[None, :] * table.flag("active")[None, :]
    energy = _sums(outcome, np.broadcast_to(taken, (steps, len(table))))
    found = [carriers[bus] for bus in table.text("bus")]
    for carrier in dict.fromkeys(found):
        mine = np.array([one == carrier for one in found])
        values = {year: float(energy[place, mine].sum()) for place, year in enumerate(years)}
        yield LongRow(region, f"Demand|{carrier}", "MWh", values)


def _prices(outcome: Outcome, region: str, years: tuple[int, ...], currency: str) -> Iterator[LongRow]:
    """Mean price of each bus over the steps of a year, each weighted by its length; none where status is whole."""
    clock, buses = outcome.network.clock, outcome.network.table("bus")
    if outcome.built.program.integer is not None:
        return
    found = prices(outcome)
    for place, bus in enumerate(buses.names):
        values = {}
        for period, year in enumerate(years):
            mine = clock.period == period
            values[year] = float(np.average(found[mine, place], weights=clock.objective[mine]))
        yield LongRow(f"{region}|{bus}", f"Price|{buses.text('carrier')[place]}", f"{currency}/MWh", values)


def _emissions(outcome: Outcome, region: str, years: tuple[int, ...]) -> Iterator[LongRow]:
    """CO2 of the fuel that generators burn, by the factors of their carriers."""
    frame, carriers = outcome.built.frames.get("generator"), outcome.network.table("carrier")
    factors: Mapping[str, Any] = dict(zip(carriers.names, carriers.number("co2_emissions"), strict=True))
    if frame is None or not any(factors.values()):
        return
    per_fuel = np.array([factors.get(carrier, 0.0) for carrier in frame.table.text("carrier")])
    flow = values_of(frame.variables["p"], outcome.solution.values)
    emitted = _sums(outcome, np.broadcast_to(flow * per_fuel / frame.varying("efficiency"), frame.active.shape)).sum(axis=1)
    yield LongRow(region, "Emissions|CO2", "t", {year: float(emitted[place]) for place, year in enumerate(years)})


def _word(component: str) -> str:
    return component.replace("_", " ").title()
