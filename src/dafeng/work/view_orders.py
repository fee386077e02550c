"""The plan's targets as constraints, in the view.

Invariant: a row shows what is asked, what comes out and what one more unit costs; what was left out says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dafeng.work.coal_retrofits import RetrofitChoice
from dafeng.work.order_rows import Order
from dafeng.work.plan_orders import OrderCase, PlanOrders, tell_gap
from dafeng.work.view_number import Frame, write_label

Row = dict[str, Any]


def write_retrofits(choices: Sequence[RetrofitChoice], year: int | None, frame: Frame) -> list[Row]:
    """What the optimiser chose for coal plants.

    Parameters
    ----------
    choices : sequence of RetrofitChoice
        One for each plant.
    year : int or None
        Year they speak of.
    frame : Frame
        Run and traces.

    Returns
    -------
    list of dict
        ``plant``, ``saved`` and ``choices`` with their capacity.
    """
    return [
        {
            "plant": one.plant,
            "saved": frame.number(one.chosen.saved / 1e8, "亿元", year=year, basis="projected", address=one.addresses["none"]),
            "choices": [
                {
                    "label": write_label(frame.traces.get(one.addresses[name]).says),
                    "capacity": frame.number(size / 10, "万千瓦", year=year, basis="projected", address=one.addresses[name]),
                }
                for name, size in one.chosen.sizes.items()
            ],
        }
        for one in choices
    ]


def write_orders(ordered: PlanOrders | None, frame: Frame) -> Row | None:
    """Targets of the target year as constraints.

    Parameters
    ----------
    ordered : PlanOrders or None
        What was found.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        ``year`` and ``cases``; ``None`` where the city asks for none or nothing could be solved.
    """
    if ordered is None or not ordered.cases:
        return None
    return {"year": ordered.year, "cases": [_case(one, ordered.year, frame) for one in ordered.cases]}


def _case(case: OrderCase, year: int, frame: Frame) -> Row:
    found = case.result.found
    cost = frame.number(found.cost / 1e8, "亿元", year=year, basis="projected", address=f"orders/{case.id}.cost")
    known = {one.policy.name: one for one in case.rows}
    clashes = [
        [write_label(tell_gap(known[group.name], clash.shortfall.get(group.name, 0.0), frame.traces)) for group in clash.groups]
        for clash in case.result.clashes
    ]
    return {
        "id": case.id,
        "label": write_label(case.label),
        "feasible": case.result.feasible,
        "cost": cost,
        "steps": len(found.edges) - 1,
        "of": case.result.city.network.clock.size,
        "error": found.error,
        "rows": [_row(case, one, year, frame) for one in case.rows],
        "clashes": clashes,
    }


def _row(case: OrderCase, one: Order, year: int, frame: Frame) -> Row:
    address = f"orders/{case.id}.{one.policy.name}"
    price, level = case.price(one), case.level(one)
    told: Row = {"year": year, "basis": "projected", "address": address}
    return {
        "target": one.target,
        "label": write_label(one.policy.label),
        "asked": frame.number(
            one.asked, one.unit, year=year, basis="target" if one.target else "assumption", address=one.address, share=True
        ),
        "level": None
        if level is None
        else frame.number(level, one.unit, share=True, **{**told, "address": f"{address}.level"}),
        "price": None if price is None else frame.number(price, one.priced, **told),
        "dropped": one.policy.name in case.result.dropped,
        "fact": one in case.facts,
    }
