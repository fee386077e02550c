"""Small random cities: a load, sun, wind, a plant with ramps, a battery, a lossy heat store, imports with hourly prices.

Invariant: the same number gives the same city; unserved demand has a price, so that every design can operate.
"""

from __future__ import annotations

import numpy as np

from dafeng.energy.network.table import Clock, Network, make_table, plain_clock


def random_city(seed, steps=48, *, ramps=True, cap=True, spread=1.0):
    """Return a network over ``steps`` hours with capacities to decide."""
    rng = np.random.default_rng(seed)
    hour = np.arange(steps)
    sun = np.clip(np.sin((hour % 24 - 6) / 12 * np.pi), 0, 1) * rng.uniform(0.4, 1.0, steps)
    wind = np.clip(0.35 + 0.1 * np.cumsum(rng.normal(0, 0.5, steps)), 0, 1)
    load = 100 * (1 + 0.3 * np.sin(hour / 24 * 2 * np.pi) + 0.05 * rng.normal(size=steps))
    price = 350 + spread * (80 * np.sin(hour / 12 * np.pi) + 40 * rng.normal(size=steps))
    heat = 40 * (1 + 0.5 * rng.random(steps))
    ramp = {"ramp_limit_up": rng.uniform(0.1, 0.4), "ramp_limit_down": rng.uniform(0.1, 0.4)} if ramps else {}
    grow = {"p_nom_extendable": True, "p_nom_max": 400.0}
    generators = {
        "sun": {"bus": "power", "p_max_pu": sun, "capital_cost": rng.uniform(20, 60) * steps, "marginal_cost": 1.0, **grow},
        "wind": {"bus": "power", "p_max_pu": wind, "capital_cost": rng.uniform(40, 90) * steps, "marginal_cost": 2.0, **grow},
        "plant": {
            "bus": "power",
            "carrier": "coal",
            "p_nom_min": 20.0,
            "capital_cost": rng.uniform(50, 120) * steps,
            "marginal_cost": 260.0,
            **grow,
            **ramp,
        },
        "import": {"bus": "power", "p_nom": 60.0, "marginal_cost": price},
        "unserved": {"bus": "power", "p_nom": 1000.0, "marginal_cost": 20000.0},
        "cold": {"bus": "heat", "p_nom": 1000.0, "marginal_cost": 12000.0},
        "boiler": {"bus": "heat", "p_nom": 80.0, "marginal_cost": 380.0},
    }
    links = {
        "pump": {
            "bus0": "power",
            "bus1": "heat",
            "efficiency": 3.0 + 0.3 * rng.normal(size=steps).clip(-2, 2),
            "p_nom_extendable": True,
            "p_nom_max": 60.0,
            "capital_cost": 30.0 * steps,
        }
    }
    units = {
        "battery": {
            "bus": "power",
            "max_hours": 4.0,
            "efficiency_store": 0.95,
            "efficiency_dispatch": 0.94,
            "standing_loss": 0.001,
            "cyclic_state_of_charge": True,
            "capital_cost": rng.uniform(10, 40) * steps,
            "p_nom_extendable": True,
            "p_nom_max": 200.0,
        }
    }
    stores = {
        "tank": {
            "bus": "heat",
            "standing_loss": 0.01,
            "e_cyclic": True,
            "e_nom_extendable": True,
            "e_nom_max": 500.0,
            "capital_cost": 1.0 * steps,
        }
    }
    tables = [
        make_table("bus", {"power": {}, "heat": {}}),
        make_table("carrier", {"coal": {"co2_emissions": 0.9}}),
        make_table("load", {"town": {"bus": "power", "p_set": load}, "homes": {"bus": "heat", "p_set": heat}}),
        make_table("generator", generators),
        make_table("link", links),
        make_table("storage_unit", units),
        make_table("store", stores),
    ]
    if cap:
        row = {"co2": {"type": "primary_energy", "sense": "<=", "constant": 30.0 * steps}}
        tables.append(make_table("global_constraint", row))
    return Network("toy", plain_clock(steps), {}).put(*tables)


def pathway_city(seed, steps=12, years=(2025, 2030, 2040)):
    """Return a network over periods: vintages of sun and plant with lifetimes, a falling CO2 cap, growing demand."""
    rng = np.random.default_rng(seed)
    count = len(years)
    period = np.repeat(np.arange(count), steps)
    weights = np.full(steps * count, 8760.0 / steps)
    clock = Clock(
        tuple(f"{years[p]} {k}" for k, p in enumerate(period)),
        weights,
        weights,
        weights,
        period,
        tuple(years),
        np.array([5.0, 4.0, 3.0][:count]),
        np.array([5.0, 10.0, 10.0][:count]),
    )
    hour = np.tile(np.arange(steps), count)
    sun = np.clip(np.sin(hour / steps * np.pi), 0, 1) * rng.uniform(0.5, 1.0, steps * count)
    load = 100 * (1 + 0.2 * period) * (1 + 0.2 * rng.random(steps * count))
    plant = rng.uniform(60, 90)
    rows = {
        "plant": {
            "bus": "power",
            "carrier": "coal",
            "p_nom": plant,
            "build_year": 2025,
            "lifetime": 8.0,
            "marginal_cost": 250.0,
        },
        "unserved": {"bus": "power", "p_nom": 1e4, "marginal_cost": 9000.0, "build_year": 2025},
    }
    grow = {"bus": "power", "p_nom_extendable": True, "p_nom_max": 400.0}
    for k, year in enumerate(years):
        cheaper = 0.8**k
        rows[f"sun {year}"] = {
            **grow,
            "carrier": "sun",
            "p_max_pu": sun,
            "capital_cost": cheaper * rng.uniform(2e5, 4e5),
            "build_year": year,
            "lifetime": 25.0,
        }
        rows[f"gas {year}"] = {
            **grow,
            "carrier": "gas",
            "capital_cost": rng.uniform(1e5, 2e5),
            "marginal_cost": 420.0,
            "build_year": year,
            "lifetime": 12.0,
        }
    store = {
        f"battery {year}": {
            "bus": "power",
            "max_hours": 4.0,
            "cyclic_state_of_charge_per_period": True,
            "p_nom_extendable": True,
            "p_nom_max": 200.0,
            "capital_cost": 1e5,
            "build_year": year,
            "lifetime": 15.0,
        }
        for year in years
    }
    cap = {
        f"co2 {year}": {"sense": "<=", "constant": 4e5 * 0.8**k * clock.period_years[k], "investment_period": year}
        for k, year in enumerate(years)
    }
    carriers = {"coal": {"co2_emissions": 0.9}, "gas": {"co2_emissions": 0.4}, "sun": {"max_growth": 150.0}}
    return Network("path", clock, {}).put(
        make_table("bus", {"power": {}}),
        make_table("carrier", carriers),
        make_table("load", {"town": {"bus": "power", "p_set": load}}),
        make_table("generator", rows),
        make_table("storage_unit", store),
        make_table("global_constraint", cap),
    )
