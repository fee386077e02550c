"""The reference city as our network: CHP is one component with its cone, so that no row stands beside the tables.

Invariant: the same tables as for PyPSA; every row of the problem is one of our components' own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from benchmarks.reference_city.city import ROW_SCALE, Asset, City, Supply
from dafeng.energy.network.table import Clock, Network, Table, make_table

FUELS = ("coal", "uranium", "bio")
CARRIERS = ("elec", "heat", "h2", "gas", *FUELS)
KINDS = {
    "variable": "generator",
    "thermal": "link",
    "chp": "cogeneration",
    "storage_unit": "storage_unit",
    "store": "store",
    "converter": "link",
}
"""Component of each kind of technology."""

Rows = dict[str, dict[str, Any]]


def network_city(city: City) -> Network:
    """Return the network of a variant."""
    found: dict[str, Rows] = {"bus": {}, "load": {}, "generator": {}, "link": {}}
    for node in range(city.nodes):
        for component, name, row in (*_demand(city, node), *_supplies(city, node), *_assets(city, node)):
            found.setdefault(component, {})[name if not node else f"{name} @{node}"] = row
    for node in range(1, city.nodes):
        found["link"][f"line {node}"] = _line(city, node)
    tables = {component: make_table(component, rows) for component, rows in found.items()}
    limits = {"global_constraint": make_table("global_constraint", _limits(city))} if city.annual_rows else {}
    return Network("reference city", _clock(city), {**tables, "carrier": _carriers(city), **limits})


def _at(bus: str, node: int) -> str:
    return bus if not node else f"{bus} @{node}"


def _clock(city: City) -> Clock:
    steps, years = city.steps, tuple(year.year for year in city.years)
    size = steps * len(years)
    weight, length = np.full(size, city.weight), np.full(size, float(city.step))
    labels = tuple(f"{year} {step * city.step}" for year in years for step in range(steps))
    if not city.pathway:
        return Clock(labels, weight, length, weight, np.zeros(size, dtype=np.int64))
    worth = np.array([year.pathway_weight for year in city.years])
    return Clock(labels, weight, length, weight, np.repeat(np.arange(len(years)), steps), years, worth, np.ones(len(years)))


def _carriers(city: City) -> Table:
    """Carriers with what one MWh of each adds to the annual rows."""
    counted = [supply for supply in city.supplies if supply.direction != "out"]
    names = ("renewable", *(supply.name for supply in counted))
    columns = {}
    for year in city.years:
        columns[f"co2_{year.year}"] = np.array([0.0, *(city.co2(one, year) for one in counted)]) * ROW_SCALE
        shares = [city.renewable_share_weight(year), *(city.share_weight(one, year) for one in counted)]
        columns[f"share_{year.year}"] = np.array(shares) * ROW_SCALE
    return Table("carrier", names, columns)


def _limits(city: City) -> Rows:
    found: Rows = {}
    for year in city.years:
        period = {"investment_period": year.year} if city.pathway else {}
        for name, sense, constant in (
            (f"co2_{year.year}", "<=", year.co2_cap_t * ROW_SCALE),
            (f"share_{year.year}", ">=", 0.0),
        ):
            found[name] = {"type": "primary_energy", "carrier_attribute": name, "sense": sense, "constant": constant, **period}
    return found


def _series(city: City, name: str, node: int) -> np.ndarray:
    """A profile at a node, for all years; another node has the same weather three hours later."""
    return np.tile(np.roll(city.series[name], node * max(1, 3 // city.step)), len(city.years))


def _demand(city: City, node: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for carrier in CARRIERS:
        yield "bus", carrier, {"carrier": carrier}
    yearly = [city.demand(year) for year in city.years]
    for carrier in yearly[0]:
        demand = np.concatenate([np.roll(one[carrier], node * max(1, 3 // city.step)) for one in yearly])
        yield "load", carrier, {"bus": _at(carrier, node), "p_set": demand / city.nodes}


def _supplies(city: City, node: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for supply in city.supplies:
        yield "generator", supply.name, _supply(city, supply, node)


def _supply(city: City, supply: Supply, node: int) -> dict[str, Any]:
    sign = -1.0 if supply.direction == "out" else 1.0
    price = city.price(supply)
    return {
        "bus": _at(supply.carrier, node),
        "carrier": supply.name,
        "sign": sign,
        "p_nom": np.inf if np.isnan(supply.max_mw) else supply.max_mw / city.nodes,
        "marginal_cost": sign * (np.tile(price, len(city.years)) if np.ndim(price) else price),
    }


def _assets(city: City, node: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for asset in city.assets:
        kind = asset.technology.kind
        yield KINDS[kind], asset.name, MAKERS[kind](city, asset, node)


def _capacity(city: City, asset: Asset, *, letter: str = "p", factor: float = 1.0) -> dict[str, Any]:
    """Capacity of an asset; ``factor`` turns its unit into the one that the component counts in."""
    size = factor / city.nodes
    told: dict[str, Any] = {f"{letter}_nom_extendable": asset.extendable, f"{letter}_nom": asset.least * size}
    if asset.extendable:
        told |= {f"{letter}_nom_min": asset.least * size, f"{letter}_nom_max": asset.most * size}
        told |= {"capital_cost": asset.cost / factor}
    return told | ({"build_year": asset.build_year, "lifetime": asset.lifetime_a} if city.pathway else {})


def _ramps(city: City, asset: Asset) -> dict[str, float]:
    share = asset.technology.ramp_share_per_h * city.step
    return {"ramp_limit_up": share, "ramp_limit_down": share} if city.ramps and share < 1 else {}


def _variable(city: City, asset: Asset, node: int) -> dict[str, Any]:
    return {
        "bus": _at("elec", node),
        "carrier": "renewable",
        "p_max_pu": _series(city, asset.technology.profile, node),
        "marginal_cost": asset.technology.variable_cost_cny_per_mwh,
        **_capacity(city, asset),
    }


def _thermal(city: City, asset: Asset, node: int) -> dict[str, Any]:
    technology = asset.technology
    return {
        "bus0": _at(technology.input, node),
        "bus1": _at("elec", node),
        "efficiency": technology.efficiency,
        "marginal_cost": technology.variable_cost_cny_per_mwh * technology.efficiency,
        **_capacity(city, asset, factor=1 / technology.efficiency),
        **_ramps(city, asset),
    }


def _chp(city: City, asset: Asset, node: int) -> dict[str, Any]:
    technology = asset.technology
    return {
        "bus": _at("elec", node),
        "heat_bus": _at("heat", node),
        "fuel_bus": _at(technology.input, node),
        "efficiency": technology.efficiency,
        "power_loss": technology.cv,
        "back_pressure": technology.cm,
        "heat_ratio": technology.heat_share_max,
        "marginal_cost": technology.variable_cost_cny_per_mwh,
        "heat_cost": technology.heat_cost_cny_per_mwh,
        **_capacity(city, asset),
        **_ramps(city, asset),
    }


def _storage(city: City, asset: Asset, node: int) -> dict[str, Any]:
    technology = asset.technology
    return {
        "bus": _at("elec", node),
        "max_hours": technology.hours,
        "efficiency_store": technology.efficiency_charge,
        "efficiency_dispatch": technology.efficiency_discharge,
        "standing_loss": technology.loss_per_h,
        "marginal_cost": technology.variable_cost_cny_per_mwh,
        "cyclic_state_of_charge": city.cyclic,
        "cyclic_state_of_charge_per_period": city.cyclic,
        **_capacity(city, asset),
    }


def _store(city: City, asset: Asset, node: int) -> dict[str, Any]:
    return {
        "bus": _at(asset.technology.input, node),
        "standing_loss": asset.technology.loss_per_h,
        "e_cyclic": city.cyclic,
        "e_cyclic_per_period": city.cyclic,
        **_capacity(city, asset, letter="e"),
    }


def _converter(city: City, asset: Asset, node: int) -> dict[str, Any]:
    technology = asset.technology
    ports: dict[str, Any] = {}
    for number, (carrier, efficiency) in enumerate(technology.outputs().items(), 1):
        suffix = "" if number == 1 else str(number)
        value = _series(city, technology.profile, node) if technology.profile else efficiency
        ports |= {f"bus{number}": _at(carrier, node), f"efficiency{suffix}": value}
    return {
        "bus0": _at(technology.input, node),
        "marginal_cost": technology.variable_cost_cny_per_mwh,
        **ports,
        **_capacity(city, asset),
    }


def _line(city: City, node: int) -> dict[str, Any]:
    """Power both ways between a node and the one before it."""
    ends = {"bus0": _at("elec", node - 1), "bus1": _at("elec", node)}
    return {**ends, "p_nom": 1500.0 / city.nodes, "p_min_pu": -1.0, "marginal_cost": 0.01}


MAKERS: Mapping[str, Any] = {
    "variable": _variable,
    "thermal": _thermal,
    "chp": _chp,
    "storage_unit": _storage,
    "store": _store,
    "converter": _converter,
}
"""Attributes of an asset by kind of technology."""
