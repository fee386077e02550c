"""Least-cost operation of a city's energy system, hour by hour, and what each capacity is worth.

Invariant: the hourly series balance at every bus, their cost is the certified optimum, and a shortage is a number
with a finding, never a failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.city import City, Member
from dafeng.energy.flows import Place, list_flows
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import CAPACITY
from dafeng.energy.program import Floats
from dafeng.energy.solution import Attempt
from dafeng.energy.solvers import Algorithm
from dafeng.energy.solving.start import Start

LADDER: tuple[Algorithm, ...] = ("simplex", "clarabel", "ipx")
"""Order in which solvers are tried where all capacities are given; measured in ``benchmarks/dispatch.py``."""
NOTICEABLE = 1e-3
"""Amounts below this are numerical noise of a certified solution and no finding. [MWh per year]"""
ELECTRICITY = "electricity"
"""Carrier whose series are named after what they do; those of others after the carrier."""


@dataclass(frozen=True, slots=True, eq=False)
class Dispatch:
    """Operation of a city's energy system.

    Parameters
    ----------
    city : City
        What was operated.
    outcome : Outcome
        The certified optimum behind the series.
    series : mapping of str to (steps,) array
        Of electricity ``generation.*``, ``available.*``, ``curtailed.*``, ``charge.*``, ``discharge.*``, ``import.*``,
        ``export.*``, ``demand.*``, ``unserved.*``, ``surplus.*`` [MW]; of every other carrier its name and the
        component, positive into the bus (``heat.nuclear``, ``coal.coal``, ``co2.grid_import``); ``level.*`` [MWh] and
        ``price.*`` by bus [yuan/MWh].
    findings : tuple of Finding
        Shortage, surplus, arbitrage and what else a reader must know.
    """

    city: City
    outcome: Outcome
    series: Mapping[str, Floats]
    findings: tuple[Finding, ...]

    @property
    def cost(self) -> float:
        """Cost of the steps, net of what exports earn, and of capacity that was added. [yuan]"""
        return self.outcome.objective

    @property
    def certificate(self) -> Certificate:
        """Proof of the optimum."""
        return self.outcome.solution.certificate

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Solvers that were tried, with their times."""
        return self.outcome.solution.attempts

    def total(self, name: str) -> float:
        """Sum of a series over the hours.

        Parameters
        ----------
        name : str
            Name of the series.

        Returns
        -------
        float
            Sum, weighted by the hours that each step stands for. [MWh for a series in MW]
        """
        return float(self.series[name] @ self.outcome.network.clock.generators)

    def power(self, member: Member) -> float:
        """Capacity of a component.

        Parameters
        ----------
        member : Member
            One of the city's components.

        Returns
        -------
        float
            Capacity, decided where it was to be extended. [MW or MWh]
        """
        return float(self.outcome.capacity(member.component)[place_of(self.outcome, member)])


def dispatch(city: City, *, ladder: Sequence[Algorithm] | None = None, start: Start | None = None) -> Dispatch:
    """Operate a city's energy system at least cost.

    Parameters
    ----------
    city : City
        Its network.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried; by default the simplex first where all capacities are given, and
        the network's own order where some are to be chosen.
    start : Start, optional
        Where the simplex begins: the ``start`` of a like city's solution.

    Returns
    -------
    Dispatch
        Hourly series, prices, certificate and findings.

    Raises
    ------
    SolveError
        If no solver gives a provable optimum.
    """
    outcome = solve_network(city.network, ladder=ladder or (None if _extended(city) else LADDER), start=start)
    series = _series(city, outcome)
    return Dispatch(city, outcome, series, (*city.findings, *_findings(city, outcome)))


def _extended(city: City) -> bool:
    tables = city.network.tables
    return any(name in tables and tables[name].flag(f"{letter}_nom_extendable").any() for name, letter in CAPACITY.items())


def place_of(outcome: Outcome, member: Member) -> int:
    """Where a component stands in its table.

    Parameters
    ----------
    outcome : Outcome
        A solved network.
    member : Member
        One of its components.

    Returns
    -------
    int
        Position, from 0.
    """
    return outcome.network.table(member.component).names.index(member.name)


def worth(found: Dispatch, member: Member) -> float:
    """What one more MW of a component's capacity would save, its ramp limits kept as they are.

    Parameters
    ----------
    found : Dispatch
        An operated city.
    member : Member
        One of its components; a storage unit comes with its hours.

    Returns
    -------
    float
        Saved cost over the hours; negative where its least output is a burden. [yuan/MW]
    """
    outcome = found.outcome
    table, steps = outcome.network.table(member.component), outcome.network.clock.size
    place = place_of(outcome, member)

    def share(name: str) -> Floats:
        values = table.varying(name, steps)
        return np.broadcast_to(values, (steps, len(table)))[:, place]

    if member.component == "storage_unit":
        sizes = {
            "p_dispatch.upper": share("p_max_pu"),
            "p_store.upper": -share("p_min_pu"),
            "state_of_charge.upper": share("max_hours"),
        }
    else:
        letter = CAPACITY[member.component]
        sizes = {f"{letter}.upper": share(f"{letter}_max_pu"), f"{letter}.lower": share(f"{letter}_min_pu")}
    return -sum(float(_dual(outcome, member, block) @ size) for block, size in sizes.items())


def _dual(outcome: Outcome, member: Member, block: str) -> Floats:
    """Price of a bound; both bounds of a variable share its reduced cost, whose sign says which one binds."""
    active = outcome.built.frames[member.component].table.names
    found = outcome.dual(f"{member.component}.{block}")
    found = np.minimum(found, 0.0) if block.endswith("upper") else np.maximum(found, 0.0)
    return np.asarray(np.broadcast_to(found, (outcome.network.clock.size, len(active)))[:, active.index(member.name)])


def _series(city: City, outcome: Outcome) -> dict[str, Floats]:
    flows, buses = list_flows(outcome), outcome.network.table("bus")
    carriers = dict(zip(buses.names, buses.text("carrier"), strict=True))
    found: dict[str, Floats] = {}
    for member in city.members:
        for name, values in (*_named(member, flows, carriers), *_levels(member, outcome)):
            found[name] = found.get(name, 0.0) + values
        found |= dict(_offered(member, outcome, found))
    prices = outcome.price()
    return found | {f"price.{bus}": prices[:, place] for place, bus in enumerate(buses.names)}


def _named(member: Member, flows: Mapping[Place, Floats], carriers: Mapping[str, str]) -> Iterator[tuple[str, Floats]]:
    """Flows of a component under the names that readers know."""
    role = member.kit.technology.role
    for (component, name, bus), flow in flows.items():
        if (component, name) != (member.component, member.name):
            continue
        carrier, own = carriers[bus], member.plant.id
        if carrier != ELECTRICITY:
            yield f"{carrier}.{name}", flow
        elif role == "storage":
            yield f"charge.{own}", np.maximum(-flow, 0.0)
            yield f"discharge.{own}", np.maximum(flow, 0.0)
        elif role == "demand":
            yield (f"demand.{own}", -flow) if member.component == "load" else (f"{member.part}.{own}", np.abs(flow))
        elif role in ("import", "export"):
            yield f"{role}.{own}", flow if role == "import" else -flow
        else:
            yield (f"generation.{own}" if role == "plant" else f"{ELECTRICITY}.{name}"), flow


def _levels(member: Member, outcome: Outcome) -> Iterator[tuple[str, Floats]]:
    quantity = {"storage_unit": "state_of_charge", "store": "e"}.get(member.component)
    if quantity is not None:
        yield f"level.{member.name}", outcome.value(member.component, quantity)[:, place_of(outcome, member)]


def _offered(member: Member, outcome: Outcome, found: Mapping[str, Floats]) -> Iterator[tuple[str, Floats]]:
    """What a plant could have fed, and what of it a renewable one lost."""
    own = member.plant.id
    if member.kit.technology.role != "plant" or f"generation.{own}" not in found:
        return
    table, place, steps = outcome.network.table(member.component), place_of(outcome, member), outcome.network.clock.size
    most = np.broadcast_to(table.varying("p_max_pu", steps), (steps, len(table)))[:, place]
    size = outcome.capacity(member.component)[place]
    offered = most * size
    if member.component == "link":
        offered = offered * np.broadcast_to(table.varying("efficiency", steps), (steps, len(table)))[:, place]
    yield f"available.{own}", offered
    if member.kit.technology.renewable:
        yield f"curtailed.{own}", offered - found[f"generation.{own}"]


def _findings(city: City, outcome: Outcome) -> tuple[Finding, ...]:
    weight = outcome.network.clock.generators
    found: list[Finding] = []
    for member in city.members:
        if member.part in ("unserved", "surplus"):
            values = outcome.value(member.component, "p")[:, place_of(outcome, member)]
            told = ("缺供", "unserved demand") if member.part == "unserved" else ("无处可用的出力", "surplus")
            if member.part == "unserved" or not _wasted(member):
                found += _amount(values, weight, f"energy.{member.part}", f"{member.part}.{member.plant.id}", *told)
        if member.component == "storage_unit":
            place = place_of(outcome, member)
            into, out = (outcome.value("storage_unit", name)[:, place] for name in ("p_store", "p_dispatch"))
            at = f"storage.{member.name}"
            found += _amount(np.minimum(into, out), weight, "energy.both_ways", at, "同时充放", "charge and discharge at once")
    return (*found, *_arbitrage(city))


def _wasted(member: Member) -> bool:
    """Whether the surplus is heat that nobody needs, which is no news."""
    return member.plant.technology in ("heat", "steam")


def _amount(values: Floats, weight: Floats, rule: str, at: str, zh: str, en: str) -> list[Finding]:
    total, hours = float(values @ weight), float(weight[values > NOTICEABLE].sum())
    if total <= NOTICEABLE:
        return []
    return [
        Finding(
            rule,
            at,
            "warning",
            Label(f"{zh} {total:.1f} MWh，{hours:.0f} 小时", f"{en}: {total:.1f} MWh in {hours:.0f} hours"),
            Label("检查容量、线路与最小出力", "look at capacities, lines and least outputs"),
        )
    ]


def _arbitrage(city: City) -> Iterator[Finding]:
    steps, table = city.network.clock.size, city.network.table("process")
    prices = np.broadcast_to(table.varying("marginal_cost", steps), (steps, len(table)))
    bought = {one.name: prices[:, table.names.index(one.name)] for one in city.of("import")}
    sold = {one.name: -prices[:, table.names.index(one.name)] for one in city.of("export")}
    for one, price in sold.items():
        for other, cost in bought.items():
            hours = int((price > cost).sum())
            if hours:
                yield Finding(
                    "energy.arbitrage",
                    f"line.{one}",
                    "warning",
                    Label(
                        f"有 {hours} 小时外送价高于“{other}”的购入价，模型会转手买卖",
                        f"in {hours} hours '{one}' pays more than '{other}' costs: the model trades between them",
                    ),
                    Label("核对两条线路的电价", "check the prices of the two lines"),
                )
