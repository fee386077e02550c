"""All targets at once in the view: what each way of counting comes to, what each target costs and how far it could go.

Invariant: no figure is computed here; each is that of the reconciliation and carries the address of its trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dafeng.pathways.consistency import Row as TargetRow
from dafeng.pathways.picture import Bench
from dafeng.work.order_rows import Order
from dafeng.work.plan_orders import OrderCase, PlanOrders
from dafeng.work.reconcile import Counted, Reconciliation
from dafeng.work.reconcile_traces import spare_of, taken
from dafeng.work.reconcile_words import MILLION, POINTS, price_unit, tell_price
from dafeng.work.target_reasons import Lacking, read_reasons
from dafeng.work.target_table import Told
from dafeng.work.target_years import Interim
from dafeng.work.view_number import SHARE, Frame, curve, write_label
from dafeng.work.view_prices import set_side_by_side

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
        for each counting rule, reading of “about” and rule of non-fossil energy; ``price_models`` sets the prices of the
        annual and the hourly model side by side.
    """
    asked = {name: one for system in found.systems for name, one in system.told.items() if not one.fact}
    rows = {one.address: one for one in asked.values()}
    systems = [_system(one, found, frame) for one in found.systems]
    return {
        "placed": {
            kind: {"rows": sum(one.above == above for one in rows.values()), "of": _all(found, rows.values(), above=above)}
            for kind, above in (("own", False), ("above", True))
        },
        "reasons": [
            {"kind": reason.kind, "label": write_label(reason.label), **_counts(found.lacking, reason.kind)}
            for reason, _ in read_reasons().count(found.lacking)
        ],
        "lacking": [_lacking(one, found.projection.ordered, frame) for one in found.lacking],
        "systems": systems,
        "price_models": set_side_by_side(systems),
    }


def _all(found: Reconciliation, rows: Iterable[Told], *, above: bool) -> int:
    return sum(one.above == above for one in rows) + sum(one.above == above for one in found.lacking)


def _counts(lacking: Iterable[Lacking], kind: str) -> Row:
    kinds = [one.above for one in lacking if one.reason.kind == kind]
    return {"own": kinds.count(False), "above": kinds.count(True)}


def _lacking(one: Lacking, ordered: PlanOrders | None, frame: Frame) -> Row:
    """A target that is no row, and what the hourly model says of it where it holds it."""
    target = one.address.removeprefix("targets/")
    return {
        "label": write_label(one.label),
        "kind": one.reason.kind,
        "why": write_label(one.reason.says),
        "above": one.above,
        "address": frame.locate(one.address),
        "hourly": [] if one.above or ordered is None else list(_hourly(target, ordered, frame)),
    }


def _system(one: Counted, found: Reconciliation, frame: Frame) -> Row:
    answer, bench = one.answer, one.system.bench
    cost = None
    if answer.cost is not None:
        cost = frame.number(
            answer.cost / MILLION, "亿元", year=None, basis="projected", address=f"consistency/{one.way.id}.cost"
        )
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
        "relaxed": [_relaxed(name, value, one, frame) for name, value in answer.slack.items() if value],
        "does": [] if bench is None or cost is None else [_done(bench, *act, one, frame) for act in taken(one.system, answer)],
        "unpriced": [] if bench is None else [write_label(bench.actions[name].label) for name in answer.unpriced],
        "error": answer.error,
        "targets": [
            _target(row, one, found.projection.ordered, frame)
            for row in one.system.rows
            if row.name in one.system.targets and cost is not None
        ],
    }


def _relaxed(name: str, value: float, one: Counted, frame: Frame) -> Row:
    told, address = one.told[name], f"consistency/{one.way.id}.slack.{name}"
    amount = frame.number(value, told.unit, year=told.year, basis="projected", address=address, share=True)
    return {"label": write_label(told.label), **amount}


def _done(bench: Bench, name: str, level: float, one: Counted, frame: Frame) -> Row:
    action, address = bench.actions[name], f"consistency/{one.way.id}.does.{name}"
    return {
        "label": write_label(action.label),
        "year": int(name.rsplit("@", 1)[1]) if "@" in name else None,
        **frame.number(level, action.unit, year=None, basis="projected", address=address, share=True),
    }


def _target(row: TargetRow, one: Counted, ordered: PlanOrders | None, frame: Frame) -> Row:
    told, answer, root = one.told[row.name], one.answer, f"consistency/{one.way.id}"
    spare, price = spare_of(one.system, answer, row.name), answer.prices.get(row.name)
    named, factor = price_unit(told.unit)

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
        "reach": number(answer.reach.get(row.name), told.unit, "reach"),
        "spare": number(spare * 100, POINTS, "spare")
        if spare is not None and told.unit == "1"
        else number(spare, told.unit, "spare"),
        "part": 0.0 if spare is None else 100 * max(-1.0, min(1.0, spare / one.system.scale(row.name))),
        "price": None if price is None else number(price.dual * factor, named, "price"),
        "words": None if price is None else write_label(tell_price(price.dual, told.unit)),
        "left": None if price is None or price.left is None else price.left * factor,
        "right": None if price is None or price.right is None else price.right * factor,
        "agrees": None if price is None else price.agrees,
        "hourly": [] if told.target is None or ordered is None else list(_hourly(told.target, ordered, frame)),
        "years": [_interim(each, row.name, one, frame) for each in one.years.get(row.name, ())],
    }


def _interim(each: Interim, name: str, one: Counted, frame: Frame) -> Row:
    unit, address = one.told[name].unit, f"consistency/{one.way.id}.year.{name}.{each.year}"
    line = each.line * 100 if unit == SHARE else each.line
    value = frame.number(each.value, unit, year=each.year, basis="projected", address=address, share=True)
    return {"year": each.year, "value": value, "line": curve([line])[0], "kept": each.kept}


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
