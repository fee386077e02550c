"""What a plan orders of a city's energy system, as rows over its plants.

Invariant: every row sums quantities of the city's own components with stated factors; electricity without fuel counts at
the coal that power stations of the year would burn for it, as the official method does.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def capacity_least(
    city: City, technologies: Sequence[str], megawatts: float, *, name: str, label: Label, clause: str = ""
) -> Policy:
    """Plants of some technologies have at least a capacity.

    Parameters
    ----------
    city : City
        The city.
    technologies : sequence of str
        Which plants count.
    megawatts : float
        Least electric capacity of all of them. [MW]
    name : str
        Name of the policy.
    label : Label
        What it says.
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        One row over capacities. [MW]
    """
    return Policy(name, label, _sizes(city, technologies), ">=", megawatts, clause)


def capacity_most(
    city: City, technologies: Sequence[str], megawatts: float, *, name: str, label: Label, clause: str = ""
) -> Policy:
    """Plants of some technologies have at most a capacity: what is known of their projects.

    Parameters
    ----------
    city : City
        The city.
    technologies : sequence of str
        Which plants count.
    megawatts : float
        Most electric capacity of all of them. [MW]
    name : str
        Name of the policy.
    label : Label
        What it says.
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        One row over capacities. [MW]
    """
    return Policy(name, label, _sizes(city, technologies), "<=", megawatts, clause)


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
    label = Label("新能源利用率下限", "least share of wind and sun taken up")
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


def non_fossil_supply(city: City, tce: float, *, coal_rate: float, clause: str = "") -> Policy:
    """Electricity without fossil fuel stands for at least an amount of energy, by the coal-equivalent method.

    Parameters
    ----------
    city : City
        The city; counted at production, exports not deducted. Fuels of the rest of the city do not take part.
    tce : float
        Least energy of the steps. [tce]
    coal_rate : float
        Coal that power stations of the year burn. [kgce/kWh]
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``non_fossil_supply``. [tce]
    """
    terms = (*_without_fuel(city, 0.0, coal_rate), *_bought(city, 0.0, coal_rate), *_fuels(city, 0.0))
    counted = tuple(one for one in terms if one.factor)
    return Policy("non_fossil_supply", Label("非化石能源供应量", "non-fossil energy supplied"), counted, ">=", tce, clause)


def reserve_margin(city: City, margin: float, *, clause: str = "") -> Policy:
    """Firm capacity covers the peak demand for electricity with a margin.

    Parameters
    ----------
    city : City
        The city; plants without weather count with their available share, lines with their firm share, wind, sun and
        storage not at all.
    margin : float
        Least reserve over the peak, as a share of it.
    clause : str
        Where it is written.

    Returns
    -------
    Policy
        ``reserve_margin``. [MW]
    """
    firm = [one for one in _electric(city) if not one.kit.technology.renewable]
    terms = [_credited(city, one, "available_share", 1.0) for one in firm]
    terms += [_credited(city, one, "firm_share", 0.0) for one in city.of("import")]
    loads, steps = city.network.table("load"), city.network.clock.size
    carriers = dict(zip(city.network.table("bus").names, city.network.table("bus").text("carrier"), strict=True))
    electric = np.array([carriers.get(bus) == "electricity" for bus in loads.text("bus")])
    drawn = np.broadcast_to(loads.varying("p_set", steps), (steps, len(loads)))[:, electric].sum(axis=1)
    label = Label("备用容量下限", "reserve over the peak")
    return Policy("reserve_margin", label, tuple(terms), ">=", (1.0 + margin) * float(drawn.max()), clause)


def _credited(city: City, one: Member, share: str, usual: float) -> Term:
    """Capacity times the share of it that can be counted on."""
    stated = one.kit.technology.parameters.get(share)
    known = one.plant.figures.get(share, usual if stated is None or stated.value is None else stated.value)
    term = _capacity(city, one)
    return replace(term, factor=term.factor * known)


def _sizes(city: City, technologies: Sequence[str]) -> tuple[Term, ...]:
    return tuple(
        _capacity(city, one)
        for one in city.of("plant", "storage")
        if one.plant.technology in technologies and one.name == one.plant.id
    )


def sum_capacity(city: City, names: Sequence[str]) -> tuple[Term, ...]:
    """Electric capacity of some plants, to be summed in a row.

    Parameters
    ----------
    city : City
        The city.
    names : sequence of str
        Their names.

    Returns
    -------
    tuple of Term
        One for each. [MW]
    """
    return tuple(_capacity(city, one) for one in city.members if one.name in names and one.name == one.plant.id)


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
