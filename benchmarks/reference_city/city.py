"""One variant of the reference city, ready for a builder of either side: its assets, series, years and rows.

Invariant: both sides read the same object; what differs between them is formulation and solver only.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from benchmarks.reference_city.tables import HOURS, Series, Supply, Technology, Year, rows, supplies, technologies, years
from benchmarks.reference_city.weather import weather_year

INTEREST = 0.06
BASE_YEAR = 2030
ROW_SCALE = 1e-3
"""The annual CO2 and non-fossil rows are written in thousands."""

WINDOW_H = 72
"""Hours of one window of a rolling horizon."""
KEPT_H = 48
"""Hours of a window that are not decided again."""

TIGHT: dict[str, tuple[float, float, float]] = {
    "co2_tight": (5000, 5e6, 0.85),
    "share_tight": (5000, 38e6, 0.90),
    "share_very_tight": (5000, 38e6, 0.95),
}
"""Most nuclear capacity [MW], CO2 cap [t] and least non-fossil share of the variants in which a policy row binds."""


@dataclass(frozen=True)
class Asset:
    """Capacity of a technology: to be chosen within bounds, or standing; ``build_year`` and ``lifetime_a`` say when it runs."""

    name: str
    technology: Technology
    cost: float
    least: float
    most: float
    extendable: bool
    build_year: int = 0
    lifetime_a: float = float("inf")

    def runs(self, year: int) -> bool:
        """Say whether the asset runs in a year."""
        return self.build_year <= year < self.build_year + self.lifetime_a


@dataclass(frozen=True)
class City:
    """A variant; ``series`` hold one value per step, ``step`` is their length in hours, ``hours`` the part of the year kept."""

    assets: tuple[Asset, ...]
    supplies: tuple[Supply, ...]
    years: tuple[Year, ...]
    series: dict[str, Series]
    step: int
    hours: int
    nodes: int
    ramps: bool
    annual_rows: bool = True
    cyclic: bool = True

    @property
    def pathway(self) -> bool:
        """Whether several years are decided together."""
        return len(self.years) > 1

    @property
    def steps(self) -> int:
        """Steps of one year."""
        return self.hours // self.step

    @property
    def weight(self) -> float:
        """Hours of the year that one step stands for."""
        return self.step * HOURS / self.hours

    def demand(self, year: Year) -> dict[str, Series]:
        """Demand of each carrier in each step. [MW]"""
        growth, steps = year.demand_growth_g, year.steps_f
        return {
            "elec": 8600 * growth * self.series["electricity_load"],
            "heat": 6800 * (1 + 0.1 * (growth - 1)) * self.series["heat_load"],
            "h2": np.full(self.steps, 260 * (1 + 0.5 * steps)),
            "gas": 900 * self.series["gas_load"],
        }

    def price(self, supply: Supply) -> Series | float:
        """Price of what is bought; what is paid for what is sold. [CNY/MWh]"""
        hourly = self.series["import_price_cny_per_mwh"]
        rules = {"import": hourly, "export": 0.72 * hourly - 15}
        return rules.get(supply.name, supply.price_cny_per_mwh)

    def co2(self, supply: Supply, year: Year) -> float:
        """CO2 of one MWh. [t/MWh]"""
        return year.import_co2_t_per_mwh if supply.name == "import" else supply.co2_t_per_mwh

    def share_weight(self, supply: Supply, year: Year) -> float:
        """What one MWh adds to the non-fossil row: its primary energy times how far it is above the wanted share."""
        if supply.name == "uranium":  # the table counts nuclear power by its output, the row stands on the fuel
            nuclear = next(one.technology for one in self.assets if one.technology.name == "nuclear")
            return 2.5 * nuclear.efficiency * (1 - year.non_fossil_share_min)
        return supply.primary_factor * (supply.non_fossil_share - year.non_fossil_share_min)

    def renewable_share_weight(self, year: Year) -> float:
        """What one MWh of wind or sun adds to the non-fossil row."""
        return 2.5 * (1 - year.non_fossil_share_min)


def city(
    variant: str = "base", *, step: int = 1, hours: int = HOURS, nodes: int = 1, weather: int = 0, ramps: bool = True
) -> City:
    """Return a variant: ``base``, ``tariff``, ``pathway`` or one of ``TIGHT``.

    A part of the year (``hours``) is its first hours, each standing for more of them, so that annual rows keep their size.
    """
    given = weather_year(weather)
    if variant == "tariff":
        given = given | {"import_price_cny_per_mwh": tariff()}
    series = {name: values[: hours // step * step].reshape(-1, step).mean(axis=1) for name, values in given.items()}
    modelled = years() if variant == "pathway" else tuple(_policy(year, variant) for year in years() if year.year == BASE_YEAR)
    chosen = tuple(_limited(one, variant) for one in technologies())
    assets = _vintages(chosen) if variant == "pathway" else tuple(_choice(one, modelled[0]) for one in chosen)
    return City(assets, supplies(), modelled, series, step, hours // step * step, nodes, ramps and variant != "pathway")


def _policy(year: Year, variant: str) -> Year:
    if variant not in TIGHT:
        return year
    _, cap, share = TIGHT[variant]
    return dataclasses.replace(year, co2_cap_t=cap, non_fossil_share_min=share)


def _limited(one: Technology, variant: str) -> Technology:
    return dataclasses.replace(one, capacity_max=TIGHT[variant][0]) if variant in TIGHT and one.name == "nuclear" else one


def _choice(one: Technology, year: Year) -> Asset:
    return Asset(one.name, one, one.annual_cost(INTEREST, year.steps_f), one.capacity_min, one.capacity_max, extendable=True)


def _vintages(chosen: tuple[Technology, ...]) -> tuple[Asset, ...]:
    """Return what stands in the first year, for half a life, and what may be built in each year."""
    first = years()[0].year
    found = []
    for one in chosen:
        if one.capacity_min:
            found.append(Asset(f"{one.name} old", one, 0, one.capacity_min, one.capacity_min, False, first, one.lifetime_a / 2))
        most = (one.capacity_max - one.capacity_min) / 2
        for year in years():
            cost = one.annual_cost(INTEREST, year.steps_f)
            found.append(Asset(f"{one.name} {year.year}", one, cost, 0, most, True, year.year, one.lifetime_a))
    return tuple(found)


def dispatched(given: City) -> City:
    """Return the same city with the capacities of the design fixed, without annual rows: a year to operate only."""
    design = {row["name"]: float(row["capacity"]) for row in rows("design")}
    assets = tuple(
        dataclasses.replace(one, least=design[one.name], most=design[one.name], extendable=False) for one in given.assets
    )
    return dataclasses.replace(given, assets=assets, annual_rows=False)


def tariff() -> Series:
    """Return the import price in blocks of the day, another in each month. [CNY/MWh]"""
    hour = np.arange(HOURS)
    day, clock = hour // 24, hour % 24
    block = np.select([clock < 7, (clock >= 10) & (clock < 15), (clock >= 17) & (clock < 22)], [0.85, 0.65, 1.3], 1.0)
    return np.round(355 * block * (1 + 0.1 * np.cos(2 * np.pi * (day // 30.5 - 0.5) / 12)), 1)
