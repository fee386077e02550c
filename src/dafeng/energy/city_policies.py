"""What a plan orders of a city's energy system, as rows over its plants.

Invariant: every row sums quantities of the city's own components with stated factors; electricity without fuel counts at
the coal that power stations of the year would burn for it, as the official method does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.city import City, Member
from dafeng.energy.network.policy import AVAILABLE, Policy, Term, share_policy, with_policies

TCE = 8.141
"""One tonne of coal equivalent at 29.3076 MJ/kg. [MWh]"""
FUELS = ("coal_supply", "gas_supply", "lng_supply", "oil_supply", "biomass_supply", "waste_supply")
"""Supplies whose energy counts as it is."""


def with_rows(city: City, *policies: Policy) -> City:
    """The city with policies in its network.

    Parameters
    ----------
    city : City
        A city.
    *policies : Policy
        What is ordered of it.

    Returns
    -------
    City
        A copy.
    """
    return replace(city, network=with_policies(city.network, *policies))


def co2_cap(city: City, tonnes: float, *, clause: str = "") -> Policy:
    """CO2 released stays below a cap.

    Parameters
    ----------
    city : City
        The city.
    tonnes : float
        Most CO2 of the steps, imports included. [t]
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``co2_cap``.
    """
    terms = tuple(Term(one.component, "p", 1.0, name=one.name) for one in _of(city, "co2_outlet"))
    return Policy("co2_cap", Label("二氧化碳排放上限", "cap on CO2"), terms, "<=", tonnes, clause)


def coal_control(city: City, tce: float, *, clause: str = "") -> Policy:
    """Coal stays below a limit.

    Parameters
    ----------
    city : City
        The city.
    tce : float
        Most coal of the steps. [tce]
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``coal_control``.
    """
    terms = tuple(Term(one.component, "p", 1 / TCE, name=one.name) for one in _of(city, "coal_supply"))
    return Policy("coal_control", Label("煤炭消费控制", "coal control"), terms, "<=", tce, clause)


def clean_capacity(city: City, share: float, *, clause: str = "") -> Policy:
    """Plants without fossil fuel have at least a share of all electric capacity.

    Parameters
    ----------
    city : City
        The city.
    share : float
        Least share, 0..1.
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``clean_capacity``.
    """
    plants = _electric(city)
    label = Label("清洁能源装机占比", "clean share of capacity")
    clean = tuple(_capacity(city, one) for one in plants if one.kit.technology.non_fossil)
    return share_policy("clean_capacity", label, clean, tuple(_capacity(city, one) for one in plants), share, clause=clause)


def storage_least(city: City, megawatts: float, *, clause: str = "") -> Policy:
    """Storage of electricity has at least a power.

    Parameters
    ----------
    city : City
        The city.
    megawatts : float
        Least power of all storages, shiftable demand left out. [MW]
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``storage_least``.
    """
    stores = [one for one in city.of("storage") if one.component == "storage_unit" and one.plant.technology != "demand_shift"]
    terms = tuple(Term(one.component, "p_nom", 1.0, name=one.name) for one in stores)
    return Policy("storage_least", Label("储能装机下限", "least storage"), terms, ">=", megawatts, clause)


def curtailment_limit(city: City, share: float, *, clause: str = "") -> Policy:
    """Wind and sun lose at most a share of what they could feed.

    Parameters
    ----------
    city : City
        The city.
    share : float
        Most lost share, 0..1.
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``curtailment_limit``.
    """
    renewable = [one for one in city.of("plant") if one.kit.technology.renewable and one.component == "generator"]
    used = tuple(Term(one.component, "p", 1.0, name=one.name) for one in renewable)
    offered = tuple(Term(one.component, AVAILABLE, -(1.0 - share), name=one.name) for one in renewable)
    label = Label("新能源利用率下限", "limit of curtailment")
    return Policy("curtailment_limit", label, (*used, *offered), ">=", 0.0, clause)


def non_fossil_share(city: City, share: float, *, coal_rate: float, clause: str = "") -> Policy:
    """Energy without fossil fuel has at least a share of primary energy, by the coal-equivalent method.

    Parameters
    ----------
    city : City
        The city; only the energy of this network counts, at production, exports not deducted.
    share : float
        Least share, 0..1.
    coal_rate : float
        Coal that power stations of the year burn. [kgce/kWh]
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``non_fossil_share``: Σ primary energy · (non-fossil part − share) ≥ 0. [tce]
    """
    terms = [*_without_fuel(city, share, coal_rate), *_bought(city, share, coal_rate), *_fuels(city, share)]
    return Policy("non_fossil_share", Label("非化石能源消费比重", "non-fossil share"), tuple(terms), ">=", 0.0, clause)


def _without_fuel(city: City, share: float, rate: float) -> list[Term]:
    """Wind, sun, sea and nuclear; heat of nuclear counts as the electricity it costs."""
    found = []
    for one in city.of("plant"):
        if one.component == "generator" and one.kit.technology.renewable:
            found.append(Term("generator", "p", rate * (1 - share), name=one.name))
        elif one.plant.technology == "nuclear":
            found.append(Term("cogeneration", "condensing", rate * (1 - share), name=one.name))
    return found


def _bought(city: City, share: float, rate: float) -> list[Term]:
    return [
        Term(one.component, "p", rate * (one.plant.figures.get("non_fossil_share", 0.0) - share), name=one.name)
        for one in city.of("import")
    ]


def _fuels(city: City, share: float) -> list[Term]:
    return [
        Term(one.component, "p", (float(one.kit.technology.non_fossil) - share) / TCE, name=one.name)
        for technology in FUELS
        for one in _of(city, technology)
    ]


def _of(city: City, technology: str) -> list[Member]:
    return [one for one in city.members if one.plant.technology == technology]


def _electric(city: City) -> list[Member]:
    """Components of plants that feed electricity; demand that may rest is none."""
    buses = {"generator": "bus", "cogeneration": "bus", "link": "bus1"}
    carriers = dict(zip(city.network.table("bus").names, city.network.table("bus").text("carrier"), strict=True))
    found = []
    for one in city.of("plant"):
        table = city.network.table(one.component)
        bus = table.text(buses[one.component])[table.names.index(one.name)]
        if carriers.get(bus) == "electricity" and one.plant.technology != "demand_response":
            found.append(one)
    return found


def _capacity(city: City, one: Member) -> Term:
    """Electric capacity; that of a link is its input times its efficiency."""
    if one.component != "link":
        return Term(one.component, "p_nom", 1.0, name=one.name)
    table = city.network.table("link")
    efficiency = table.varying("efficiency", city.network.clock.size)[:, table.names.index(one.name)]
    return Term("link", "p_nom", float(np.max(efficiency)), name=one.name)
