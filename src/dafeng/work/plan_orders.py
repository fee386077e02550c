"""The plan's targets as constraints on the hourly system: do they hold together, at what cost, and what each one costs.

Invariant: every row has the address of its clause or assumption; what is built, for how much and over how many segments
of time is stated with the error of the cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from dafeng.core.errors import SolveError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import conversion
from dafeng.energy.infeasible import Clash
from dafeng.energy.orders import Ordered, solve_orders
from dafeng.energy.solving.start import Start
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.order_rows import MW, POINT, SHARED, UNIT, Find, Gathered, Order, gather_rows
from dafeng.work.power import WORKERS, Power
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.wording import say

SEGMENTS = 730
"""Segments of time where the city names no number."""
NOTICEABLE = 1e-6
"""Prices below this are what the tolerance of the proof leaves. [unit of the price]"""


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
        told = None if price is None else price / (1e8 if order.priced == SHARED else 1e4)
        return 0.0 if told is not None and abs(told) < NOTICEABLE else told

    def level(self, order: Order) -> float | None:
        """What the result comes to.

        Parameters
        ----------
        order : Order
            One of the rows.

        Returns
        -------
        float or None
            ``None`` where it was left out. [unit of the order]
        """
        spare = self.result.spare.get(order.policy.name)
        one = POINT if order.priced == SHARED else UNIT * float(conversion(MW, order.unit))
        return None if spare is None else order.value + spare * one


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


def order_plan(
    city: City, plan: Plan, power: Power | None, find: Find, traces: TraceBook, *, segments: int | None = None
) -> PlanOrders | None:
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
    segments : int, optional
        Segments of time over which capacities are decided; as many as there are hours: every hour by itself. By default what
        the city's file says.

    Returns
    -------
    PlanOrders or None
        ``None`` where the city asks for none.
    """
    asked = city.definition("power").get("orders")
    if not asked or power is None or not power.cases:
        return None
    rows = gather_rows(city, plan, power, asked, find, traces)
    cases = [("free", Label("装机可按目标建设", "capacity may be built as ordered"), ())]
    known = [("known", Label("已知条件下", "with what is known"), rows.facts)] if rows.facts else []
    count = int(asked.get("segments", SEGMENTS)) if segments is None else segments
    found, findings = list[OrderCase](), list(rows.findings)
    every = (*cases, *known)
    starts = [one.found.outcome.solution.start for one in (power.cases[0], power.cases[-1])]
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        results = list(pool.map(lambda case, start: _solve(rows, case[2], count, start), every, starts))
    for (name, label, facts), result in zip(every, results, strict=True):
        if isinstance(result, SolveError):
            findings.append(_unsolved(name, result))
            continue
        case = OrderCase(name, label, rows.orders, facts, result)
        found.append(case)
        _trace(case, power.year, traces)
        findings += [_clashing(case, clash, traces) for clash in result.clashes]
    return PlanOrders(power.year, tuple(found), tuple(findings))


def _solve(rows: Gathered, facts: tuple[Order, ...], segments: int, start: Start | None) -> Ordered | SolveError:
    """What was found, or why nothing was."""
    more = {one.policy.name: one.more for one in (*rows.orders, *facts)}
    orders, given = [one.policy for one in rows.orders], [one.policy for one in facts]
    try:
        return solve_orders(rows.system, orders, facts=given, more=more, segments=segments, start=start)
    except SolveError as failure:
        return failure


def _clashing(case: OrderCase, clash: Clash, traces: TraceBook) -> Finding:
    known = {one.policy.name: one for one in case.rows}
    parts = [(known[group.name], clash.shortfall.get(group.name, 0.0)) for group in clash.groups]
    said = [tell_gap(one, short, traces) for one, short in parts]
    return Finding(
        rule="power.orders_clash",
        at=next((one.address for one, _ in parts if one.target), parts[0][0].address),
        severity="warning",
        says=Label(
            f"{case.label.zh}，下列要求不能同时成立：{'；'.join(one.zh for one in said)}",
            f"{case.label.en}, these cannot hold together: {'; '.join(one.en for one in said)}",
        ),
        remedy=Label("调整其中一项目标，或提供新增机组的依据", "change one of them, or give evidence of further units"),
    )


def tell_gap(order: Order, short: float, traces: TraceBook) -> Label:
    """A row of a clash in the plan's words, and by how much it alone would have to give way.

    Parameters
    ----------
    order : Order
        The row.
    short : float
        Shortfall in the row's own unit; zero where unknown.
    traces : TraceBook
        Holds the target.

    Returns
    -------
    Label
        One clause of a sentence.
    """
    said = traces.get(order.address).says if order.target else order.policy.label
    if order.unit == "1" or not short:
        return said
    gap = short * float(conversion(MW, order.unit))
    return Label(
        f"{said.zh}（须放宽 {say(gap, order.unit, 'zh')}）", f"{said.en} (would give way by {say(gap, order.unit, 'en')})"
    )


def _trace(case: OrderCase, year: int, traces: TraceBook) -> None:
    """Explain the cost of the case and the price of each of its rows."""
    built = case.result.found
    inputs = tuple(dict.fromkeys(one.address for one in case.rows if one.address in traces))
    steps = f"{len(built.edges) - 1}/{case.result.city.network.clock.size}"
    note = Label(f"在 {steps} 个时段上定容量，逐时复核，费用误差 {built.error:+.1%}",
                 f"capacities over {steps} segments, every hour operated; error of the cost {built.error:+.1%}")  # fmt: skip
    cost = traces.add(
        Trace(
            address=f"orders/{case.id}.cost",
            kind="result",
            says=Label(f"{case.label.zh}：年费用", f"{case.label.en}: yearly cost"),
            value=number_text(built.cost / 1e8),
            unit="亿元",
            year=year,
            inputs=inputs,
            grade="estimated",
            note=note,
        )
    )
    for one in case.rows:
        for trace in _row_traces(case, one, year, cost, note, known=one.address in traces):
            traces.add(trace)


def _row_traces(case: OrderCase, one: Order, year: int, cost: str, note: Label, *, known: bool) -> Iterator[Trace]:
    """What a row comes to, and what one unit more of it costs."""
    price, level = case.price(one), case.level(one)
    address, (zh, en) = f"orders/{case.id}.{one.policy.name}", (one.policy.label.zh, one.policy.label.en)
    if level is not None:
        said = Label(f"{case.label.zh}：{zh}的结果", f"{case.label.en}: {en} reached")
        yield Trace(f"{address}.level", "result", said, number_text(level), one.unit, year,
                    inputs=(cost,), grade="estimated", note=note)  # fmt: skip
    if price is not None:
        said = Label(f"{case.label.zh}：{zh}每多一单位的年费用", f"{case.label.en}: yearly cost of one more unit of {en}")
        inputs = (*((one.address,) if known else ()), cost)
        yield Trace(address, "result", said, number_text(price), one.priced, year, inputs=inputs, grade="estimated", note=note)


def _unsolved(name: str, failure: SolveError) -> Finding:
    return Finding(
        rule="power.orders_unsolved",
        at=f"power.yaml:orders.{name}",
        severity="warning",
        says=Label(f"目标约束未能求解：{failure.what.zh}", f"the orders could not be solved: {failure.what.en}"),
        remedy=failure.remedy,
    )
