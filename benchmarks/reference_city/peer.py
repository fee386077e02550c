"""The reference city as a PyPSA network: links from fuel to power and heat, rows of the CHP cone beside them.

Invariant: everything PyPSA can say is said in its tables; only the cone of combined heat and power is extra rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pypsa

from benchmarks.reference_city.city import ROW_SCALE, Asset, City

FUELS = ("coal", "uranium", "bio")
CARRIERS = ("elec", "heat", "h2", "gas", *FUELS)


def build(city: City) -> pypsa.Network:
    """Return the network without its extra rows."""
    network = pypsa.Network()
    _time(network, city)
    _carriers(network, city)
    for node in range(city.nodes):
        _node(network, city, node)
    _lines(network, city)
    if city.annual_rows:
        _rows(network, city)
    return network


def build_futures(cities: Sequence[City]) -> pypsa.Network:
    """Return weather years of a city as equally likely scenarios of one network: capacities once, operation in each."""
    network = build(cities[0])
    network.set_scenarios({str(place): 1.0 / len(cities) for place in range(len(cities))})
    for place, city in enumerate(cities[1:], 1):
        other = build(city)
        for kind in ("Generator", "Link", "Load"):
            for attribute, values in other.components[kind].dynamic.items():
                for name in values:
                    network.components[kind].dynamic[attribute][str(place), name] = values[name]
    return network


def name_of(name: str, node: int) -> str:
    """Name of a thing at a node; the first node has plain names."""
    return name if not node else f"{name} @{node}"


def _time(network: pypsa.Network, city: City) -> None:
    stamps = pd.date_range(f"{city.years[0].year}-01-01", periods=city.steps, freq=f"{city.step}h")
    if city.pathway:
        network.set_snapshots(
            pd.MultiIndex.from_product([[year.year for year in city.years], stamps], names=["period", "timestep"])
        )
        network.investment_periods = [year.year for year in city.years]
        network.investment_period_weightings["years"] = 1.0
        network.investment_period_weightings["objective"] = [year.pathway_weight for year in city.years]
    else:
        network.set_snapshots(stamps)
    network.snapshot_weightings["objective"] = city.weight
    network.snapshot_weightings["generators"] = city.weight
    network.snapshot_weightings["stores"] = float(city.step)


def _carriers(network: pypsa.Network, city: City) -> None:
    network.add("Carrier", [*CARRIERS, "renewable", "storage"])
    for supply in city.supplies:
        if supply.name not in CARRIERS:
            network.add("Carrier", supply.name)
    for year in city.years:
        co2, share = f"co2_{year.year}", f"share_{year.year}"
        network.carriers[co2] = 0.0
        network.carriers[share] = 0.0
        network.carriers.loc["renewable", share] = city.renewable_share_weight(year) * ROW_SCALE
        for supply in city.supplies:
            if supply.direction != "out":
                network.carriers.loc[supply.name, co2] = city.co2(supply, year) * ROW_SCALE
                network.carriers.loc[supply.name, share] = city.share_weight(supply, year) * ROW_SCALE


def _series(city: City, values: np.ndarray) -> np.ndarray:
    """Repeat one year's values for all modelled years."""
    return np.tile(values, len(city.years))


def _node(network: pypsa.Network, city: City, node: int) -> None:
    for carrier in CARRIERS:
        network.add("Bus", name_of(carrier, node), carrier=carrier)
    for carrier in ("elec", "heat", "h2", "gas"):
        demand = np.concatenate([_shifted(city.demand(year)[carrier], city, node) for year in city.years])
        network.add("Load", name_of(carrier, node), bus=name_of(carrier, node), p_set=demand / city.nodes)
    for supply in city.supplies:
        _supply(network, city, supply, node)
    for asset in city.assets:
        _asset(network, city, asset, node)


def _shifted(values: np.ndarray, city: City, node: int) -> np.ndarray:
    """Another node has the same weather three hours later."""
    return np.roll(values, node * max(1, 3 // city.step))


def _supply(network: pypsa.Network, city: City, supply: Any, node: int) -> None:
    price = city.price(supply)
    hourly = isinstance(price, np.ndarray)
    network.add(
        "Generator",
        name_of(supply.name, node),
        bus=name_of(supply.carrier, node),
        carrier=supply.name,
        sign=-1.0 if supply.direction == "out" else 1.0,
        p_nom=np.inf if np.isnan(supply.max_mw) else supply.max_mw / city.nodes,
        marginal_cost=(-1.0 if supply.direction == "out" else 1.0) * (_series(city, price) if hourly else price),
    )


def _capacity(asset: Asset, city: City, *, unit: str = "p", factor: float = 1.0) -> dict[str, Any]:
    """Capacity columns of an asset; ``factor`` turns its unit into the one that the component counts in."""
    told: dict[str, Any] = {f"{unit}_nom_extendable": asset.extendable, f"{unit}_nom": asset.least * factor / city.nodes}
    if asset.extendable:
        told |= {f"{unit}_nom_min": asset.least * factor / city.nodes, f"{unit}_nom_max": asset.most * factor / city.nodes}
        told |= {"capital_cost": asset.cost / factor}
    if city.pathway:
        told |= {"build_year": asset.build_year, "lifetime": asset.lifetime_a}
    return told


def _asset(network: pypsa.Network, city: City, asset: Asset, node: int) -> None:
    makers = {"variable": _variable, "thermal": _thermal, "chp": _chp, "storage_unit": _storage, "store": _store}
    makers.get(asset.technology.kind, _converter)(network, city, asset, node)


def _variable(network: pypsa.Network, city: City, asset: Asset, node: int) -> None:
    technology = asset.technology
    network.add(
        "Generator",
        name_of(asset.name, node),
        bus=name_of("elec", node),
        carrier="renewable",
        p_max_pu=_series(city, _shifted(city.series[technology.profile], city, node)),
        marginal_cost=technology.variable_cost_cny_per_mwh,
        **_capacity(asset, city),
    )


def _ramps(city: City, asset: Asset) -> dict[str, float]:
    share = asset.technology.ramp_share_per_h * city.step
    return {"ramp_limit_up": share, "ramp_limit_down": share} if city.ramps and share < 1 else {}


def _thermal(network: pypsa.Network, city: City, asset: Asset, node: int) -> None:
    """Power from fuel: the capacity is of power, the link counts fuel."""
    technology = asset.technology
    network.add(
        "Link",
        name_of(asset.name, node),
        bus0=name_of(technology.input, node),
        bus1=name_of("elec", node),
        efficiency=technology.efficiency,
        marginal_cost=technology.variable_cost_cny_per_mwh * technology.efficiency,
        **_capacity(asset, city, factor=1 / technology.efficiency),
        **_ramps(city, asset),
    )


def _chp(network: pypsa.Network, city: City, asset: Asset, node: int) -> None:
    """Two links from fuel, one to power and one to heat; heat of y MW costs cv·y/η of fuel."""
    technology = asset.technology
    _thermal(network, city, asset, node)
    efficiency = technology.efficiency / technology.cv
    network.add(
        "Link",
        name_of(f"{asset.name} heat", node),
        bus0=name_of(technology.input, node),
        bus1=name_of("heat", node),
        efficiency=efficiency,
        marginal_cost=technology.heat_cost_cny_per_mwh * efficiency,
        **(
            _capacity(asset, city, factor=technology.heat_share_max / efficiency)
            | ({"capital_cost": 0.0} if asset.extendable else {})
        ),
    )


def _storage(network: pypsa.Network, city: City, asset: Asset, node: int) -> None:
    technology = asset.technology
    network.add(
        "StorageUnit",
        name_of(asset.name, node),
        bus=name_of("elec", node),
        carrier="storage",
        max_hours=technology.hours,
        efficiency_store=technology.efficiency_charge,
        efficiency_dispatch=technology.efficiency_discharge,
        standing_loss=technology.loss_per_h,
        marginal_cost=technology.variable_cost_cny_per_mwh,
        cyclic_state_of_charge=city.cyclic,
        cyclic_state_of_charge_per_period=city.cyclic,
        **_capacity(asset, city),
    )


def _store(network: pypsa.Network, city: City, asset: Asset, node: int) -> None:
    network.add(
        "Store",
        name_of(asset.name, node),
        bus=name_of(asset.technology.input, node),
        carrier="storage",
        standing_loss=asset.technology.loss_per_h,
        e_cyclic=city.cyclic,
        e_cyclic_per_period=city.cyclic,
        **_capacity(asset, city, unit="e"),
    )


def _converter(network: pypsa.Network, city: City, asset: Asset, node: int) -> None:
    technology = asset.technology
    ports: dict[str, Any] = {}
    for number, (carrier, efficiency) in enumerate(technology.outputs().items(), 1):
        suffix = "" if number == 1 else str(number)
        hourly = _series(city, _shifted(city.series[technology.profile], city, node)) if technology.profile else efficiency
        ports |= {f"bus{number}": name_of(carrier, node), f"efficiency{suffix}": hourly}
    network.add(
        "Link",
        name_of(asset.name, node),
        bus0=name_of(technology.input, node),
        marginal_cost=technology.variable_cost_cny_per_mwh,
        **ports,
        **_capacity(asset, city),
    )


def _lines(network: pypsa.Network, city: City) -> None:
    """Join neighbouring nodes by links that carry power both ways."""
    for node in range(1, city.nodes):
        ends = {"bus0": name_of("elec", node - 1), "bus1": name_of("elec", node)}
        network.add("Link", f"line {node}", p_nom=1500.0 / city.nodes, p_min_pu=-1.0, marginal_cost=0.01, **ends)


def _rows(network: pypsa.Network, city: City) -> None:
    for year in city.years:
        period = {"investment_period": year.year} if city.pathway else {}
        cap, share = f"co2_{year.year}", f"share_{year.year}"
        common = {"type": "primary_energy", **period}
        network.add("GlobalConstraint", cap, carrier_attribute=cap, sense="<=", constant=year.co2_cap_t * ROW_SCALE, **common)
        network.add("GlobalConstraint", share, carrier_attribute=share, sense=">=", constant=0.0, **common)


def cogenerations(city: City) -> Iterator[tuple[str, str, Asset]]:
    """Names of the power and the heat link of every CHP asset."""
    for node in range(city.nodes):
        for asset in city.assets:
            if asset.technology.kind == "chp":
                yield name_of(asset.name, node), name_of(f"{asset.name} heat", node), asset


def extra_rows(city: City) -> Any:
    """Return the function that adds the CHP cone to a built model: iso-fuel line, back-pressure line, size of the heat side."""

    def add(network: pypsa.Network, _: Any) -> None:
        model = network.model
        flow = model["Link-p"]
        for power, heat, asset in cogenerations(city):
            technology = asset.technology
            fuel_power, fuel_heat = flow.sel(name=power), flow.sel(name=heat)
            active = network.components.links.da.active.sel(name=power) if city.pathway else None
            if asset.extendable:
                size = model["Link-p_nom"]
                model.add_constraints(fuel_power + fuel_heat - size.sel(name=power) <= 0, name=f"{power}-iso-fuel", mask=active)
                ratio = technology.heat_share_max * technology.cv
                model.add_constraints(size.sel(name=heat) - ratio * size.sel(name=power) == 0, name=f"{power}-heat-size")
            else:
                most = asset.least / technology.efficiency / city.nodes
                model.add_constraints(fuel_power + fuel_heat <= most, name=f"{power}-iso-fuel", mask=active)
            share = technology.cm / technology.cv
            model.add_constraints(fuel_power - share * fuel_heat >= 0, name=f"{power}-back-pressure", mask=active)

    return add
