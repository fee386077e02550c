"""All targets at once in the view: what each way of counting comes to, what each target costs and how far it could go.

Invariant: no figure is computed here; each is that of the reconciliation and carries the address of its trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dafeng.pathways.consistency import Row as TargetRow
from dafeng.work.order_rows import Order
from dafeng.work.plan_orders import OrderCase, PlanOrders
from dafeng.work.reconcile import Counted, Reconciliation
from dafeng.work.reconcile_traces import spare_of, taken
from dafeng.work.reconcile_words import MILLION, POINTS, price_unit, tell_price
from dafeng.work.target_table import Told
from dafeng.work.view_number import Frame, write_label

Row = dict[str, Any]


def write_consistency(found: Reconciliation, frame: Frame) -> Row:
    """All targets under each way of counting.

    Parameters
    ----------
    found : Reconciliation
        Result of ``reconcile``.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict
        ``placed`` and ``lacking`` count and name the targets that are rows and those that are not; ``systems`` has one entry
        for each counting rule, reading of “about” and rule of non-fossil energy.
    """
    asked = {name: one for system in found.systems for name, one in system.told.items() if not one.fact}
    rows = {one.address: one for one in asked.values()}
    return {
        "placed": {
            kind: {"rows": sum(one.above == above for one in rows.values()), "of": _all(found, rows.values(), above=above)}
            for kind, above in (("own", False), ("above", True))
        },
        "lacking": [
            {
                "label": write_label(one.label),
                "why": write_label(one.why),
                "above": one.above,
                "address": frame.locate(one.address),
            }
            for one in found.lacking
        ],
        "systems": [_system(one, found, frame) for one in found.systems],
    }


def _all(found: Reconciliation, rows: Iterable[Told], *, above: bool) -> int:
    return sum(one.above == above for one in rows) + sum(one.above == above for one in found.lacking)


def _system(one: Counted, found: Reconciliation, frame: Frame) -> Row:
    answer, root = one.answer, f"consistency/{one.way.id}"
    cost = None
    if answer.cost is not None:
        cost = frame.number(answer.cost / MILLION, "亿元", year=None, basis="projected", address=f"{root}.cost")
    by_address = {clash.address: clash.id for clash in found.clashes}
    return {
        "id": one.way.id,
        "counting": one.way.counting,
        "reading": one.way.reading,
        "rule": one.way.rule,
        "label": write_label(one.label),
        "feasible": one.feasible,
        "all_feasible": answer.feasible,
        "clashes": [by_address[address] for address in one.clashes],
        "cost": cost,
        "given_up": [write_label(one.told[name].label) for name in answer.given_up],
        "relaxed": [
            {
                "label": write_label(one.told[name].label),
                **frame.number(
                    value,
                    one.told[name].unit,
                    year=one.told[name].year,
                    basis="projected",
                    address=f"{root}.slack.{name}",
                    share=True,
                ),
            }
            for name, value in answer.slack.items()
            if value
        ],
        "does": [
            {
                "label": write_label(one.system.bench.actions[name].label),
                "year": int(name.rsplit("@", 1)[1]) if "@" in name else None,
                **frame.number(
                    level,
                    one.system.bench.actions[name].unit,
                    year=None,
                    basis="projected",
                    address=f"{root}.does.{name}",
                    share=True,
                ),
            }
            for name, level in taken(one.system, answer)
            if one.system.bench is not None and cost is not None
        ],
        "unpriced": [write_label(one.system.bench.actions[name].label) for name in answer.unpriced if one.system.bench],
        "error": answer.error,
        "targets": [
            _target(row, one, found.projection.ordered, frame)
            for row in one.system.rows
            if row.name in one.system.targets and cost is not None
        ],
    }


def _target(row: TargetRow, one: Counted, ordered: PlanOrders | None, frame: Frame) -> Row:
    told, answer, root = one.told[row.name], one.answer, f"consistency/{one.way.id}"
    spare, price = spare_of(one.system, answer, row.name), answer.prices.get(row.name)
    named, factor = price_unit(told.unit)
    ratio = row.name not in one.system.views and not row.bound

    def number(value: float | None, unit: str, what: str) -> Row | None:
        address = f"{root}.{what}.{row.name}"
        return (
            None
            if value is None
            else frame.number(value, unit, year=told.year, basis="projected", address=address, share=what == "reach")
        )

    return {
        "row": row.name,
        "target": told.target,
        "above": told.above,
        "label": write_label(told.label),
        "address": frame.locate(told.address),
        "kept": row.name not in answer.given_up,
        "reach": None if ratio else number(answer.reach.get(row.name), told.unit, "reach"),
        "spare": number(spare * 100, POINTS, "spare")
        if spare is not None and told.unit == "1"
        else number(spare, told.unit, "spare"),
        "part": 0.0 if spare is None else 100 * max(-1.0, min(1.0, spare / one.system.size(row.name))),
        "price": None if price is None else number(price.dual * factor, named, "price"),
        "words": None if price is None else write_label(tell_price(price.dual, told.unit)),
        "left": None if price is None or price.left is None else price.left * factor,
        "right": None if price is None or price.right is None else price.right * factor,
        "agrees": None if price is None else price.agrees,
        "hourly": [] if told.target is None or ordered is None else list(_hourly(told.target, ordered, frame)),
    }


def _hourly(target: str, ordered: PlanOrders, frame: Frame) -> Iterable[Row]:
    """What the hourly model says of the target: what comes out and what one more unit costs there."""
    for case in ordered.cases:
        for order in case.orders:
            if order.target == target:
                yield _hourly_row(case, order, ordered.year, frame)


def _hourly_row(case: OrderCase, order: Order, year: int, frame: Frame) -> Row:
    address, price, level = f"orders/{case.id}.{order.policy.name}", case.price(order), case.level(order)
    return {
        "case": write_label(case.label),
        "feasible": order.policy.name not in case.result.dropped,
        "level": None
        if level is None
        else frame.number(level, order.unit, year=year, basis="projected", address=f"{address}.level", share=True),
        "price": None if price is None else frame.number(price, order.priced, year=year, basis="projected", address=address),
    }
