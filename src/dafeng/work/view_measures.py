"""Measures of a city in the view: abatement, cost, payers and the peak.

Invariant: rows stand in the order of the table; the order in which a curve is drawn is told by ids: a face computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dafeng.pathways.abatement_shares import Abatement, Curve, Share, Span, Taken
from dafeng.pathways.measures import Measure
from dafeng.work.measures import CityMeasures
from dafeng.work.trace_abatement import (
    GROUPS,
    MT,
    PAID,
    ROOT,
    SCOPES,
    YI,
    find_amount,
    group_avoided,
    list_assumptions,
    name_column,
    sum_costs,
)
from dafeng.work.view_number import Frame, plain, write_assumption, write_label

Row = dict[str, Any]


def write_measures(compared: CityMeasures | None, frame: Frame) -> Row | None:
    """Measures compared.

    Parameters
    ----------
    compared : CityMeasures or None
        Result of ``measures``.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        ``scopes``, ``payers``, ``fields``, ``measures``, ``curves`` by year, ``assumptions``, ``peak``; ``None`` where the
        figures of the city do not suffice.
    """
    if compared is None or compared.found is None:
        return None
    found = compared.found
    return {
        "scopes": {name: write_label(label) for name, label in SCOPES.items()},
        "payers": {name: write_label(label) for name, label in PAID.items()},
        "fields": {name: write_label(label) for name, label in compared.known.fields.items()},
        "groups": {name: write_label(label) for name, label in GROUPS.items()},
        "draws": found.terms.draws,
        "peak_draws": found.terms.peak_draws,
        "measures": [_measure(one, found, frame) for one in found.measures],
        "curves": [_curve(curve, frame) for curve in found.curves],
        "assumptions": list(_assumptions(compared, frame)),
        "peak": {
            "year": found.base.year_p50,
            "probability": plain(found.base.probability_before_2030, percent=True),
            "level": plain(found.base.level_mt_p50),
        },
        "together": _shift("all", found, frame),
    }


def _measure(measure: Measure, found: Abatement, frame: Frame) -> Row:
    lever = measure.lever
    return {
        "id": measure.id,
        "label": write_label(measure.label),
        "field": measure.field,
        "first": lever.first + 1,
        "full": lever.full,
        "priced": measure.priced,
        "peak": _shift(measure.id, found, frame),
    }


def _shift(name: str, found: Abatement, frame: Frame) -> Row:
    shifted = found.shifted[name]
    told: Row = {"year": None, "basis": "projected", "address": f"{ROOT}/{name}.level"}
    return {
        "years": plain(shifted.years),
        "error": plain(shifted.error),
        "probability": plain(shifted.probability, percent=True),
        "level": frame.number(shifted.level / MT, "Mt CO2", **told),
    }


def _assumptions(compared: CityMeasures, frame: Frame) -> Iterator[Row]:
    for address in list_assumptions(compared):
        trace = frame.traces.get(address)
        amount = find_amount(compared, address)
        yield write_assumption(
            {
                "id": address.partition("/")[2],
                "label": trace.says,
                **{corner: None if amount is None else getattr(amount, corner) for corner in ("low", "mid", "high")},
                "unit": trace.unit or "1",
                "source": trace.source,
                "grade": trace.grade,
                "address": address,
                "note": amount.note if amount is not None else trace.note,
            },
            frame,
        )


def _curve(curve: Curve, frame: Frame) -> Row:
    return {
        "year": curve.year,
        "shares": [_share(share, curve, frame) for share in curve.shares],
        "together": {
            scope: _span(curve.together[scope], MT, "Mt CO2", f"{ROOT}/all.avoided_{scope}", curve, frame) for scope in SCOPES
        },
        "groups": {
            scope: {
                group: frame.number(
                    amount / MT,
                    "Mt CO2",
                    year=curve.year,
                    basis="projected",
                    address=f"{ROOT}/all.{group}_{scope}.{name_column(curve.year)}",
                )
                for group, amount in group_avoided(curve, scope).items()
            }
            for scope in SCOPES
        },
        "paid": {
            what: frame.number(
                amount / YI,
                "亿元",
                year=curve.year,
                basis="projected",
                address=f"{ROOT}/all.{what}.{name_column(curve.year)}",
            )
            for what, amount in sum_costs(curve).items()
        },
        "orders": {scope: [_step(step, scope, curve, frame) for step in steps] for scope, steps in curve.orders.items()},
    }


def _step(step: Taken, scope: str, curve: Curve, frame: Frame) -> Row:
    def said(what: str, value: float | None, unit: str) -> Row | None:
        address = f"{ROOT}/{step.measure}.{what}_{scope}.{name_column(curve.year)}"
        return None if value is None else frame.number(value, unit, year=curve.year, basis="projected", address=address)

    return {
        "id": step.measure,
        "avoided": said("next", step.avoided / MT, "Mt CO2"),
        "cost": said("next_cost", None if step.cost is None else step.cost / YI, "亿元"),
        "price": said("next_price", step.price, "元/tCO2"),
    }


def _share(share: Share, curve: Curve, frame: Frame) -> Row:
    base = f"{ROOT}/{share.measure}"

    def said(what: str, span: Span | None, unit: str, scale: float) -> Row | None:
        return None if span is None else _span(span, scale, unit, f"{base}.{what}", curve, frame)

    def one(what: str, value: float) -> Row:
        address = f"{base}.{what}.{name_column(curve.year)}"
        return frame.number(value / MT, "Mt CO2", year=curve.year, basis="projected", address=address)

    def paid(payer: str) -> Row:
        address = f"{base}.paid_{payer}.{name_column(curve.year)}"
        return frame.number(share.paid[payer] / YI, "亿元", year=curve.year, basis="projected", address=address)

    return {
        "id": share.measure,
        "avoided": {scope: said(f"avoided_{scope}", share.avoided[scope], "Mt CO2", MT) for scope in SCOPES},
        "error": {scope: plain(share.error[scope] / MT) for scope in SCOPES},
        "alone": one("alone", share.alone["local"]),
        "last": one("last", share.last["local"]),
        "saving": said("saving", share.saving, "亿元", YI),
        "outlay": said("outlay", share.outlay, "亿元", YI),
        "cost": said("cost", share.cost, "亿元", YI),
        "price": {scope: said(f"price_{scope}", share.price.get(scope), "元/tCO2", 1.0) for scope in SCOPES},
        "paid": {payer: paid(payer) for payer in share.paid},
    }


def _span(span: Span, scale: float, unit: str, address: str, curve: Curve, frame: Frame) -> Row:
    low, high = sorted((span.low / scale, span.high / scale))
    return frame.number(
        span.mid / scale,
        unit,
        year=curve.year,
        basis="projected",
        address=f"{address}.{name_column(curve.year)}",
        low=low,
        high=high,
    )
