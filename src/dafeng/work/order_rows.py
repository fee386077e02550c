"""What the plan orders and what is known, as rows over the plants of the power balance.

Invariant: a target becomes a row only by the table of orders and with the address of its clause; what the model has no
plant or figure for is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import conversion
from dafeng.energy import city_policies
from dafeng.energy.city import City as System
from dafeng.energy.city import Plant, build_city
from dafeng.energy.network.attribute import FOLDER
from dafeng.energy.network.policy import Policy
from dafeng.library.indicators import Indicator
from dafeng.library.listing import Kind, load_csv
from dafeng.plans.plan import Plan, Target
from dafeng.work.city import City
from dafeng.work.estimates import Operand
from dafeng.work.power import Power
from dafeng.work.targets import about_width, listed, trace_target, value_of
from dafeng.work.tracing import TraceBook

Find = Callable[[Mapping[str, Any]], Operand | None]
"""Looks an input up: a target, an indicator, a pathway value."""
COLUMNS: Mapping[str, Kind] = {
    "indicator": "text", "row": "text", "technologies": "text?", "zh": "text", "en": "text",
}  # fmt: skip
"""Columns of ``plan_orders.csv``."""
ROOM = 100_000.0
"""Capacity up to which a technology may grow: far above any need, finite so that the proof of the optimum holds. [MW]"""
MW = "MW"
LEAST = (">=", ">", "~", "=")
"""Comparisons that ask for at least a value."""
SIZED, SHARED = "元/kW", "亿元/百分点"
"""Units of prices: a 万千瓦 is ten thousand kW, 亿元 are 10⁸ yuan; both a year."""
UNIT = 10.0
"""One more unit of capacity, a 万千瓦. [MW]"""
POINT = 0.01
"""One more unit of a share."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One row that the plan orders, or a fact that stands against it.

    Parameters
    ----------
    policy : Policy
        The row.
    address : str
        Where the clause, estimate or rule behind it is explained.
    asked : float
        What is asked, in the unit of its indicator. [unit]
    unit : str
        That unit.
    value : float
        What the row asks: less than ``asked`` where the plan says about. [unit]
    more : Policy
        The row when one more unit is asked: 万千瓦 of capacity, percentage point of a share.
    target : str or None
        Target of the plan; ``None`` for a rule or a fact.
    """

    policy: Policy
    address: str
    asked: float
    unit: str
    value: float
    more: Policy
    target: str | None = None

    @property
    def priced(self) -> str:
        """Unit of its price."""
        return SHARED if self.unit == "1" else SIZED


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows and the city that they are about.

    Parameters
    ----------
    system : City
        Plants of the power balance; what the plan speaks of may grow from what stands.
    orders, facts : tuple of Order
        What the plan orders, and what is known and does not give way.
    findings : tuple of Finding
        Targets that could not become rows.
    """

    system: System
    orders: tuple[Order, ...]
    facts: tuple[Order, ...]
    findings: tuple[Finding, ...]


def gather_rows(city: City, plan: Plan, power: Power, asked: Mapping[str, Any], find: Find, traces: TraceBook) -> Gathered:
    """Rows of the targets of the power balance's year.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        Its plan.
    power : Power
        Its power balance, whose first case names the plants.
    asked : mapping
        ``orders`` of the city's ``data/power.yaml``.
    find : callable
        Looks up what ``asked`` names.
    traces : TraceBook
        Gets the targets.

    Returns
    -------
    Gathered
        The city with what may be built, and the rows.
    """
    desk = _RowDesk(city, plan, power, asked, find, traces)
    system = desk.system()
    return Gathered(system, tuple(desk.orders(system)), tuple(desk.facts(system)), tuple(desk.findings))


class _RowDesk:
    """Where the rows are put together."""

    def __init__(self, city: City, plan: Plan, power: Power, asked: Mapping[str, Any], find: Find, traces: TraceBook) -> None:
        self.city, self.plan, self.power, self.asked = city, plan, power, asked
        self.find, self.traces, self.findings = find, traces, list[Finding]()
        self.kinds = {row["indicator"]: row for row in load_csv(FOLDER / "plan_orders.csv", COLUMNS, key=("indicator",))}

    def system(self) -> System:
        """The first case's plants; what the plan speaks of may grow from what stands."""
        members = self.power.cases[0].found.city
        plants = {one.plant.id: one.plant for one in members.members}
        growing = {name for row in self.kinds.values() for name in (row["technologies"] or "").split("|")}
        known = self.amounts("standing")
        made = [self.grown(one, known) if one.technology in growing else one for one in plants.values()]
        return build_city(made, members.profiles, name=self.city.code)

    def grown(self, plant: Plant, known: Mapping[str, tuple[float, str]]) -> Plant:
        """A plant that begins with what stands and may grow."""
        standing = known[plant.technology][0] if plant.technology in known else 0.0
        return replace(plant, figures={**plant.figures, "capacity": standing}, most=max(ROOM, 2 * standing))

    def amounts(self, name: str) -> dict[str, tuple[float, str]]:
        """Capacities that the city's file names, with their addresses. [MW]"""
        found = {technology: self.find(where) for technology, where in self.asked.get(name, {}).items()}
        return {
            technology: (one.value * float(conversion(one.unit, MW)), one.address) for technology, one in found.items() if one
        }

    def orders(self, system: System) -> list[Order]:
        """Rows of the plan's targets of the year, and of the rules that the city names."""
        found = []
        for target, indicator, value in listed(self.plan, self.city.catalogue()):
            if target.year != self.power.year or indicator is None or value is None or indicator.id not in self.kinds:
                continue
            address = trace_target(target, indicator, self.plan, self.traces)
            width = about_width(indicator, float(value), self.city.rules()) if target.comparator == "~" else 0.0
            made = self.order(system, target, indicator, float(value) - width, address)
            if made is None:
                self.findings.append(_no_row(address, indicator.label))
            else:
                found.append(made)
        return [*found, *self.used(system)]

    def order(self, system: System, target: Target, indicator: Indicator, value: float, address: str) -> Order | None:
        """Row of one target."""
        row = self.kinds[indicator.id]
        technologies = [name for name in (row["technologies"] or "").split("|") if _stands(system, name)]
        makes: Callable[[float], Policy | None] = {
            "capacity": lambda asked: self.capacity(system, technologies, asked, indicator.unit),
            "clean_share": lambda asked: city_policies.clean_capacity(system, asked),
            "non_fossil": lambda asked: self.supply(system, asked),
        }[row["row"]]
        unit = POINT if indicator.unit == "1" else UNIT * float(conversion(MW, indicator.unit))
        made, more = makes(value), makes(value + unit)
        if made is None or more is None or target.comparator not in LEAST:
            return None
        label = Label(row["zh"], row["en"])
        made, more = (replace(one, name=target.id, label=label, clause=address) for one in (made, more))
        asked = value if target.value is None else float(value_of(target, indicator) or value)
        return Order(made, address, asked, indicator.unit, value, more, target.id)

    def capacity(self, system: System, technologies: Sequence[str], asked: float, unit: str) -> Policy | None:
        """Least capacity of some technologies; ``None`` where the city has none of them."""
        size = asked * float(conversion(unit, MW))
        label = Label("装机下限", "least capacity")
        return city_policies.capacity_least(system, technologies, size, name="capacity", label=label) if technologies else None

    def supply(self, system: System, share: float) -> Policy | None:
        """Least non-fossil energy for a share of the energy of the whole city; ``None`` where that is unknown."""
        energy = self.find(self.asked["energy"]) if "energy" in self.asked else None
        rate = self.asked.get("coal_rate")
        if energy is None or rate is None:
            return None
        total = energy.value * float(conversion(energy.unit, "tce"))
        return city_policies.non_fossil_supply(system, share * total, coal_rate=float(rate["value"]))

    def used(self, system: System) -> Iterable[Order]:
        """The share of wind and sun that must be used, a rule of the nation."""
        if self.asked.get("utilisation"):
            share, address = self.power.utilisation, "assumptions/power.utilisation"
            made, more = (city_policies.curtailment_limit(system, 1 - one, clause=address) for one in (share, share + POINT))
            yield Order(made, address, share, "1", share, more)

    def facts(self, system: System) -> list[Order]:
        """What is known of the projects."""
        found = []
        for technology, (megawatts, address) in self.amounts("known").items():
            kit = next(one.kit.technology.label for one in system.members if one.plant.technology == technology)
            said = Label(f"{kit.zh}不超过已知机组", f"{kit.en} at most the units known")
            policy = city_policies.capacity_most(
                system, [technology], megawatts, name=f"known.{technology}", label=said, clause=address
            )
            asked = megawatts * float(conversion(MW, "万千瓦"))
            found.append(Order(policy, address, asked, "万千瓦", asked, replace(policy, amount=megawatts + UNIT)))
        return found


def _stands(system: System, technology: str) -> bool:
    return any(one.plant.technology == technology for one in system.members)


def _no_row(address: str, label: Label) -> Finding:
    return Finding(
        rule="power.orders_missing",
        at=address,
        severity="info",
        says=Label(
            f"“{label.zh}”未写成约束：逐时模型中没有相应机组或数据",
            f"'{label.en}' is no row: the hourly model has no such plant or figure",
        ),
        remedy=Label("在 data/power.yaml 中补充", "add it to data/power.yaml"),
    )
