"""The plan's targets as constraints on the hourly system: do they hold together, at what cost, and what each one costs.

Invariant: every row has the address of its clause or assumption; what is built, for how much and over how many segments
of time is stated with the error of the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dafeng.core.errors import SolveError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import conversion
from dafeng.energy import city_policies
from dafeng.energy.city import City as System
from dafeng.energy.city import Plant, build_city
from dafeng.energy.infeasible import Clash
from dafeng.energy.network.attribute import FOLDER
from dafeng.energy.network.policy import Policy
from dafeng.energy.orders import Ordered, solve_orders
from dafeng.library.listing import Kind, load_csv
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.estimates import Operand
from dafeng.work.power import Power
from dafeng.work.targets import about_width, listed, trace_target
from dafeng.work.tracing import TraceBook

Find = Callable[[Mapping[str, Any]], Operand | None]
"""Looks an input up: a target, an indicator, a pathway value."""
COLUMNS: Mapping[str, Kind] = {
    "indicator": "text", "row": "text", "technologies": "text?", "committed": "boolean", "zh": "text", "en": "text",
}  # fmt: skip
"""Columns of ``plan_orders.csv``."""
ROOM = 100_000.0
"""Capacity up to which a technology may grow: far above any need, finite so that the proof of the optimum holds. [MW]"""
SEGMENTS = 730
"""Segments of time where the city names no number."""
MW = "MW"
SIZED, SHARED = "元/kW", "亿元/百分点"
"""Units of prices: a 万千瓦 is ten thousand kW, 亿元 are 10⁸ yuan; both a year."""
UNIT = 10.0
"""One more unit of capacity, a 万千瓦. [MW]"""
POINT = 0.01
"""One more unit of a share."""
FACT = Label("已知条件", "what is known")


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
    more : Policy
        The row when one more unit is asked: 万千瓦 of capacity, percentage point of a share.
    target : str or None
        Target of the plan; ``None`` for a rule or a fact.
    """

    policy: Policy
    address: str
    asked: float
    unit: str
    more: Policy
    target: str | None = None

    @property
    def priced(self) -> str:
        """Unit of its price."""
        return SHARED if self.unit == "1" else SIZED


@dataclass(frozen=True, slots=True, eq=False)
class OrderCase:
    """The orders under one set of facts.

    Parameters
    ----------
    id : str
        ``free`` or ``known``.
    label : Label
        What is assumed to be possible.
    orders, facts : tuple of Order
        Rows in question, and rows that do not give way.
    result : Ordered
        What was found.
    """

    id: str
    label: Label
    orders: tuple[Order, ...]
    facts: tuple[Order, ...]
    result: Ordered

    @property
    def rows(self) -> tuple[Order, ...]:
        """All rows."""
        return (*self.orders, *self.facts)

    def price(self, order: Order) -> float | None:
        """What one more unit would cost a year.

        Parameters
        ----------
        order : Order
            One of the rows.

        Returns
        -------
        float or None
            Zero where it does not bind; ``None`` where it was left out. [unit of the price]
        """
        price = self.result.prices.get(order.policy.name)
        return None if price is None else price / (1e8 if order.priced == SHARED else 1e4)


@dataclass(frozen=True, slots=True)
class PlanOrders:
    """Plan targets as constraints.

    Parameters
    ----------
    year : int
        Year of the targets.
    cases : tuple of OrderCase
        With what may be built, and with what is known.
    findings : tuple of Finding
        Clashes, and orders that could not become rows.
    """

    year: int
    cases: tuple[OrderCase, ...]
    findings: tuple[Finding, ...]


def order_plan(city: City, plan: Plan, power: Power | None, find: Find, traces: TraceBook) -> PlanOrders | None:
    """Hold the plan's targets of the power balance's year against the hourly system.

    Parameters
    ----------
    city : City
        The city; ``orders`` in its ``data/power.yaml`` says what stands and what is known.
    plan : Plan
        The plan.
    power : Power or None
        Its power balance, whose first case names the plants.
    find : callable
        Looks up what ``orders`` names.
    traces : TraceBook
        Gets the targets.

    Returns
    -------
    PlanOrders or None
        ``None`` where the city asks for none.
    """
    asked = city.definition("power").get("orders")
    if not asked or power is None or not power.cases:
        return None
    desk = _Desk(city, plan, power, asked, find, traces)
    system = desk.system()
    orders = desk.orders(system)
    facts = desk.facts(system)
    cases = [("free", Label("装机可按目标建设", "capacity may be built as ordered"), ())]
    if facts:
        said = FACT.zh, FACT.en
        cases.append(("known", Label(f"{said[0]}下", f"with {said[1]}"), facts))
    segments = int(asked.get("segments", SEGMENTS))
    found, findings = list[OrderCase](), list(desk.findings)
    for name, label, known in cases:
        try:
            rows = [one.policy for one in orders]
            more = {one.policy.name: one.more for one in (*orders, *known)}
            result = solve_orders(system, rows, facts=[one.policy for one in known], more=more, segments=segments)
        except SolveError as failure:
            findings.append(_unsolved(name, failure))
            continue
        case = OrderCase(name, label, tuple(orders), tuple(known), result)
        found.append(case)
        findings += [_clashing(case, clash) for clash in result.clashes]
    return PlanOrders(power.year, tuple(found), tuple(findings))


class _Desk:
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
            made = self.order(system, indicator.id, indicator.unit, float(value) - width, address)
            if made is None:
                self.findings.append(_no_row(address, indicator.label))
            else:
                found.append(replace(made, target=target.id, asked=float(value)))
        return [*found, *self.used(system)]

    def order(self, system: System, indicator: str, unit: str, value: float, address: str) -> Order | None:
        """Row of one target."""
        row = self.kinds[indicator]
        label = Label(row["zh"], row["en"])
        if row["row"] == "capacity":
            return self.capacity(system, row, label, unit, value, address)
        if row["row"] == "clean_share":
            made, more = (city_policies.clean_capacity(system, one, clause=address) for one in (value, value + POINT))
            return Order(made, address, value, unit, more)
        energy = self.find(self.asked["energy"]) if "energy" in self.asked else None
        if energy is None or "coal_rate" not in self.asked:
            return None
        total, rate = energy.value * float(conversion(energy.unit, "tce")), float(self.asked["coal_rate"]["value"])
        made, more = (
            city_policies.non_fossil_supply(system, one * total, coal_rate=rate, clause=address)
            for one in (value, value + POINT)
        )
        return Order(made, address, value, unit, more)

    def capacity(
        self, system: System, row: Mapping[str, Any], label: Label, unit: str, value: float, address: str
    ) -> Order | None:
        technologies = [name for name in row["technologies"].split("|") if _stands(system, name)]
        if not technologies:
            return None
        said = Label(f"{label.zh}装机下限", f"least {label.en}")
        megawatts = value * float(conversion(unit, MW))
        made = city_policies.capacity_least(system, technologies, megawatts, name=row["indicator"], label=said, clause=address)
        return Order(made, address, value, unit, replace(made, amount=megawatts + UNIT))

    def used(self, system: System) -> Iterable[Order]:
        """The share of wind and sun that must be used, a rule of the nation."""
        if self.asked.get("utilisation"):
            share, address = self.power.utilisation, "assumptions/power.utilisation"
            made, more = (city_policies.curtailment_limit(system, 1 - one, clause=address) for one in (share, share + POINT))
            yield Order(made, address, share, "1", more)

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
            found.append(Order(policy, address, asked, "万千瓦", replace(policy, amount=megawatts + UNIT)))
        return found


def _stands(system: System, technology: str) -> bool:
    return any(one.plant.technology == technology for one in system.members)


def _clashing(case: OrderCase, clash: Clash) -> Finding:
    known = {one.policy.name: one for one in case.rows}
    parts = [(group, known[group.name], clash.shortfall.get(group.name)) for group in clash.groups]
    zh, en = _joined(parts, 0), _joined(parts, 1)
    address = next((one.address for _, one, _ in parts if one.target), parts[0][1].address)
    return Finding(
        rule="power.orders_clash",
        at=address,
        severity="warning",
        says=Label(
            f"{case.label.zh}，下列要求不能同时成立：{zh}",
            f"{case.label.en}, these cannot hold together: {en}",
        ),
        remedy=Label("调整其中一项目标，或提供新增机组的依据", "change one of them, or give evidence of further units"),
    )


def _joined(parts: Sequence[tuple[Any, Order, float | None]], side: int) -> str:
    said = []
    for group, order, short in parts:
        name = (group.label.zh, group.label.en)[side]
        gives = "" if not short else (f"（须放宽 {short:,.0f}）", f" (would have to give way by {short:,.0f})")[side]
        said.append(f"{name}{gives} [{order.address}]")
    return ("；", "; ")[side].join(said)


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


def _unsolved(name: str, failure: SolveError) -> Finding:
    return Finding(
        rule="power.orders_unsolved",
        at=f"power.yaml:orders.{name}",
        severity="warning",
        says=Label(f"目标约束未能求解：{failure.what.zh}", f"the orders could not be solved: {failure.what.en}"),
        remedy=failure.remedy,
    )
