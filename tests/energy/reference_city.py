"""A small city of power, heat and hydrogen in two districts: everything the hourly faces show, solved in a second."""

from __future__ import annotations

from functools import cache

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import Clock, Network, make_table

HOURS = 8760
NAMES = {
    "electricity": Label("电力", "electricity"),
    "heat": Label("热力", "heat"),
    "hydrogen": Label("氢", "hydrogen"),
    "gas": Label("天然气", "gas"),
    "coal": Label("煤", "coal"),
    "north": Label("北区", "north"),
    "south": Label("南区", "south"),
    "coal_supply": Label("煤炭供应", "coal supply"),
    "gas_supply": Label("天然气供应", "gas supply"),
    "offshore_wind": Label("海上风电", "offshore wind"),
    "solar_utility": Label("光伏", "solar"),
    "grid_import": Label("外来电", "import"),
    "unserved": Label("缺供", "unserved"),
    "coal_plant": Label("煤电", "coal power"),
    "heat_pump": Label("热泵", "heat pump"),
    "gas_boiler": Label("燃气锅炉", "gas boiler"),
    "electrolysis": Label("电解制氢", "electrolysis"),
    "fuel_cell": Label("燃料电池", "fuel cell"),
    "grid": Label("区间联络线", "tie line"),
    "coal_chp": Label("热电联产", "cogeneration"),
    "battery": Label("电池储能", "battery"),
    "heat_storage": Label("储热", "heat storage"),
    "hydrogen_storage": Label("储氢", "hydrogen storage"),
}
"""Names of the carriers, districts and technologies."""


def clock(steps: int, periods: tuple[int, ...] = ()) -> Clock:
    """Hours of one year, or of each period."""
    count = max(len(periods), 1)
    ones = np.ones(steps * count)
    labels = tuple(map(str, range(steps * count)))
    years, period = np.full(count, 5.0), np.repeat(np.arange(count), steps)
    if not periods:
        return Clock(labels, ones, ones, ones, period)
    return Clock(labels, ones, ones, ones, period, periods, np.array([5.0, 4.0, 3.0][:count]), years)


def profiles(steps: int) -> dict[str, np.ndarray]:
    """Shapes of a year: load, heat, sun and two winds, from sines and a fixed seed."""
    hour = np.arange(steps)
    noise = np.random.default_rng(7)
    season, day = np.cos(2 * np.pi * hour / HOURS), np.cos(2 * np.pi * (hour % 24 - 19) / 24)
    gust = np.convolve(noise.normal(size=steps + 47), np.ones(48) / 7.0, mode="valid")
    return {
        "load": 1000 + 120 * season + 180 * day + 20 * noise.normal(size=steps),
        "heat": np.maximum(0.0, 420 * season + 60 * day + 20),
        "sun": np.maximum(0.0, np.cos(2 * np.pi * (hour % 24 - 12) / 24))
        * (0.72 - 0.2 * season)
        * noise.uniform(0.6, 1, steps),
        "wind": np.clip(0.42 + 0.14 * season + 0.24 * gust, 0.0, 1.0),
    }


def network(steps: int = HOURS, periods: tuple[int, ...] = ()) -> Network:
    """The city's network."""
    shape = profiles(steps)
    count = max(len(periods), 1)
    growth = np.repeat(1.0 + 0.12 * np.arange(count), steps)

    def year(name: str) -> np.ndarray:
        return np.tile(shape[name], count)

    buses = {
        "north": "electricity",
        "south": "electricity",
        "heat": "heat",
        "hydrogen": "hydrogen",
        "gas": "gas",
        "coal": "coal",
    }
    electric = {"bus": "south"}
    return Network("toy", clock(steps, periods), {}).put(
        make_table("bus", {name: {"carrier": carrier} for name, carrier in buses.items()}),
        make_table("carrier", {"coal_supply": {"co2_emissions": 0.34}, "gas_supply": {"co2_emissions": 0.2}}),
        make_table("generator", {
            "coal supply": {"bus": "coal", "carrier": "coal_supply", "p_nom": 4000.0, "marginal_cost": 110.0},
            "gas supply": {"bus": "gas", "carrier": "gas_supply", "p_nom": 2000.0, "marginal_cost": 290.0},
            "offshore": {"bus": "north", "carrier": "offshore_wind", "p_nom": 500.0, "p_nom_extendable": True,
                         "p_nom_min": 500.0, "p_nom_max": 900.0, "capital_cost": 620000.0, "p_max_pu": year("wind")},
            "sun": {"bus": "south", "carrier": "solar_utility", "p_nom": 900.0, "p_max_pu": year("sun")},
            "import": {**electric, "carrier": "grid_import", "p_nom": 250.0, "marginal_cost": 460.0},
            "unserved": {**electric, "carrier": "unserved", "p_nom": 2000.0, "marginal_cost": 20000.0},
        }),
        make_table("link", {
            "coal": {"bus0": "coal", "bus1": "south", "carrier": "coal_plant", "efficiency": 0.41, "p_nom": 1500.0,
                     "marginal_cost": 12.0},
            "heat pump": {"bus0": "south", "bus1": "heat", "carrier": "heat_pump", "efficiency": 3.0, "p_nom": 60.0},
            "boiler": {"bus0": "gas", "bus1": "heat", "carrier": "gas_boiler", "efficiency": 0.92, "p_nom": 400.0},
            "electrolysis": {"bus0": "north", "bus1": "hydrogen", "carrier": "electrolysis", "efficiency": 0.66,
                             "p_nom": 120.0},
            "fuel cell": {"bus0": "hydrogen", "bus1": "south", "carrier": "fuel_cell", "efficiency": 0.5, "p_nom": 20.0},
            "northward": {"bus0": "south", "bus1": "north", "carrier": "grid", "efficiency": 0.99, "p_nom": 600.0},
            "southward": {"bus0": "north", "bus1": "south", "carrier": "grid", "efficiency": 0.99, "p_nom": 600.0},
        }),
        make_table("cogeneration", {
            "chp": {"bus": "south", "heat_bus": "heat", "fuel_bus": "coal", "carrier": "coal_chp", "p_nom": 300.0,
                    "efficiency": 0.38, "power_loss": 0.15, "back_pressure": 0.6, "p_min_pu": 0.0},
        }),
        make_table("storage_unit", {
            "battery": {**electric, "carrier": "battery", "p_nom": 150.0, "max_hours": 4.0, "p_min_pu": -1.0,
                        "efficiency_store": 0.95, "efficiency_dispatch": 0.95, "cyclic_state_of_charge": True,
                        "cyclic_state_of_charge_per_period": True},
        }),
        make_table("store", {
            "tank": {"bus": "heat", "carrier": "heat_storage", "e_nom": 3000.0, "standing_loss": 0.002, "e_cyclic": True,
                     "e_cyclic_per_period": True},
            "cavern": {"bus": "hydrogen", "carrier": "hydrogen_storage", "e_nom": 9000.0, "e_cyclic": True,
                       "e_cyclic_per_period": True},
        }),
        make_table("load", {
            "south": {"bus": "south", "p_set": 0.8 * year("load") * growth},
            "north": {"bus": "north", "p_set": 0.2 * year("load") * growth},
            "heat": {"bus": "heat", "p_set": year("heat")},
            "hydrogen": {"bus": "hydrogen", "p_set": np.full(steps * count, 32.0)},
        }),
    )  # fmt: skip


@cache
def solved(steps: int = 24 * 28, periods: tuple[int, ...] = ()) -> Outcome:
    """The optimum, solved once per process."""
    return solve_network(network(steps, periods))
