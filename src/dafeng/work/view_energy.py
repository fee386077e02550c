"""Energy balances in the view: the table by both measures, the named views, end use by field, the energy flows.

Invariant: every number is one that the balance engine made and traced; what is unknown stays ``None`` with what is lacking.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.units import convert, unit
from dafeng.library.balances import carriers, flows
from dafeng.methods.energy_balance import ELECTRICITY, TCE, Balance, Cell
from dafeng.methods.energy_values import UNIT, Value
from dafeng.methods.energy_views import CALORIFIC, EQUIVALENT, View
from dafeng.work.balance import TOTAL, EnergyAccount, EnergyYear
from dafeng.work.balance_figures import Published
from dafeng.work.balance_traces import link_address
from dafeng.work.tracing import TraceBook
from dafeng.work.view_data import write_findings
from dafeng.work.view_number import SHARE, Frame, Number, plain, write_label

Row = dict[str, Any]
TOTALS: Mapping[str, tuple[str, Label]] = {
    CALORIFIC: ("total_calorific", Label("能源合计（当量值）", "all energy, by heat content")),
    EQUIVALENT: ("total_equivalent", Label("能源合计（等价值）", "all energy, coal-equivalent method")),
}
"""Views that stand in the totals row, and the names of the columns that add up all carriers."""


def balance_document(account: EnergyAccount) -> Row:
    """What ``dafeng balance CITY --json`` prints.

    Parameters
    ----------
    account : EnergyAccount
        Energy balances.

    Returns
    -------
    dict
        ``place`` and the part ``energy`` of the view document, with addresses that name no run.
    """
    return {"place": account.place, **write_energy(account, Frame("", TraceBook(account.traces)))}


def write_energy(account: EnergyAccount, frame: Frame) -> Row:
    """Energy balances of a city.

    Parameters
    ----------
    account : EnergyAccount
        Energy balances.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict
        ``rule, rules, years, published, findings``; no years where no balance was delivered.
    """
    (choice,) = account.book.choices.values()
    return {
        "rule": account.rule,
        "rules": [{"id": name, "label": write_label(rule.label)} for name, rule in choice.rules.items()],
        "years": [_year(one, account, frame) for one in account.years.values()],
        "published": [_published(row, account, frame) for row in account.published],
        "findings": write_findings(account.findings),
    }


def _year(one: EnergyYear, account: EnergyAccount, frame: Frame) -> Row:
    columns = [carrier for carrier in one.balance.columns if carrier.kind != "total"]
    return {
        "year": one.year,
        "base": one.base,
        "unit": UNIT,
        "rows": [{"id": f.id, "label": write_label(f.label), "level": _level(f.id), "role": f.role} for f in one.balance.rows],
        "physical": {
            "columns": [
                {"id": c.id, "label": write_label(c.label), "unit": _unit(one.balance, c.id)} for c in one.balance.columns
            ],
            "cells": [
                [_physical(one.balance.cells.get((f.id, c.id)), one, frame) for c in one.balance.columns]
                for f in one.balance.rows
            ],
        },
        "standard": _standard(one, [c.id for c in columns], frame),
        "breaks": [
            {"row": b.flow, "column": b.carrier or None, "rule": b.finding.rule, "says": write_label(b.finding.says)}
            for b in one.breaches
        ],
        "views": [_view(view, one, account, frame) for view in account.book.views.values()],
        "fields": _fields(one, account, frame),
        "conversions": _conversions(one, frame),
        "sankey": write_sankey(one, frame),
    }


def _level(flow: str) -> int:
    return flow.count(".")


def _unit(balance: Balance, carrier: str) -> str:
    return next(str(cell.fact["unit"]) for cell in balance.cells.values() if cell.carrier == carrier)


def _physical(cell: Cell | None, one: EnergyYear, frame: Frame) -> Number | None:
    if cell is None:
        return None
    fact = cell.fact
    return frame.number(fact["value"], fact["unit"], year=one.year, basis=one.balance.basis, address=f"facts/{fact['fact']}")


def _standard(one: EnergyYear, columns: list[str], frame: Frame) -> Row:
    """Columns by heat content, electricity also by the coal-equivalent method, and the sums of both."""
    heads = [{"id": name, "label": write_label(carriers()[name].label), "unit": UNIT} for name in columns]
    if ELECTRICITY in columns:
        at = columns.index(ELECTRICITY) + 1
        heads[at - 1]["label"] = {"zh": "电力（当量）", "en": "electricity, by heat content"}
        heads.insert(
            at,
            {
                "id": "electricity.equivalent",
                "label": {"zh": "电力（等价）", "en": "electricity, coal equivalent"},
                "unit": UNIT,
            },
        )
    heads += [{"id": f"all.{name}", "label": write_label(label), "unit": UNIT} for name, (_, label) in TOTALS.items()]
    return {"columns": heads, "cells": [_standard_row(flow.id, one, columns, frame) for flow in one.balance.rows]}


def _standard_row(flow: str, one: EnergyYear, columns: list[str], frame: Frame) -> list[Number | None]:
    cells: list[Number | None] = []
    for name in columns:
        cell = one.balance.cells.get((flow, name))
        cells.append(_coal(cell, CALORIFIC, one, frame))
        if name == ELECTRICITY:
            cells.append(_coal(cell, EQUIVALENT, one, frame))
    sums = [_row_sum(flow, one, measure) for measure in TOTALS]
    return [*cells, *(None if value is None else _number(value, one, frame) for value in sums)]


def _row_sum(flow: str, one: EnergyYear, measure: str) -> Value | None:
    if flow == TOTAL:
        return one.values[TOTALS[measure][0]][""]
    return next((value for value in one.rows[measure] if value.id == f"row.{flow}.{measure}"), None)


def _coal(cell: Cell | None, measure: str, one: EnergyYear, frame: Frame) -> Number | None:
    value = None if cell is None else cell.at(measure)
    if cell is None or value is None:
        return None
    apart = ".equivalent" if measure == EQUIVALENT and value != cell.calorific else ""
    address = f"balances/cell.{cell.id}{apart}.{one.year}"
    return frame.number(convert(value, TCE, UNIT), UNIT, year=one.year, basis=one.balance.basis, address=address)


def _number(value: Value, one: EnergyYear, frame: Frame) -> Number:
    return frame.number(
        value.value,
        value.unit,
        year=one.year,
        basis=one.balance.basis,
        address=value.address,
        share=unit(value.unit) == unit(SHARE),
    )


def _view(view: View, one: EnergyYear, account: EnergyAccount, frame: Frame) -> Row:
    rules = one.values[view.id]
    shown = account.value(one.year, view.id)
    (choice,) = account.book.choices.values()
    known = [value.value for value in rules.values() if value.value is not None]
    number = _number(shown, one, frame)
    span = len(rules) > 1 and len(set(known)) > 1
    ends = [frame.number(at, view.unit, year=None, basis="actual", address=shown.address, share=view.unit == SHARE)["value"]
            for at in ((min(known), max(known)) if span else ())]  # fmt: skip
    return {
        "id": view.id,
        "kind": view.kind,
        "label": write_label(view.label),
        "value": number,
        "low": ends[0] if ends else None,
        "high": ends[1] if ends else None,
        "rules": [
            {"id": name, "label": write_label(choice.rules[name].label), "value": _number(value, one, frame)}
            for name, value in rules.items()
            if name
        ],
        "lacking": [write_label(label) for label in shown.lacking],
        "provisional": shown.grade == "provisional",
        "note": write_label(shown.trace.note),
    }


def _fields(one: EnergyYear, account: EnergyAccount, frame: Frame) -> list[Row]:
    return [
        {
            "id": field.id,
            "label": write_label(field.label),
            **{measure: _number(one.fields[measure][at], one, frame) for measure in (CALORIFIC, EQUIVALENT)},
        }
        for at, field in enumerate(account.book.fields)
    ]


def _conversions(one: EnergyYear, frame: Frame) -> list[Row]:
    return [
        {
            "id": each.flow,
            "label": write_label(flows()[each.flow].label),
            "efficiency": frame.number(
                each.efficiency,
                SHARE,
                year=one.year,
                basis=one.balance.basis,
                address=f"balances/conversion.{each.flow}.{one.year}",
                share=True,
            ),
        }
        for each in one.conversions
        if each.input and each.output
    ]


def write_sankey(one: EnergyYear, frame: Frame) -> Row:
    """Energy flows of a year.

    Parameters
    ----------
    one : EnergyYear
        The year.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict
        ``year, unit, nodes, links, circulating``; a link is ``source, target, value, address``.
    """
    return {
        "year": one.year,
        "unit": UNIT,
        "nodes": [{"id": name, "label": write_label(label)} for name, label in one.sankey.nodes.items()],
        "links": [
            {
                "source": link.source,
                "target": link.target,
                "value": plain(link.value),
                "address": frame.locate(link_address(link, one.year)),
            }
            for link in one.sankey.links
        ],
        "circulating": plain(one.sankey.circulating),
    }


def _published(row: Published, account: EnergyAccount, frame: Frame) -> Row:
    return {
        "indicator": row.indicator,
        "label": write_label(row.label),
        "value": frame.number(row.value, row.unit, year=row.year, basis="actual", address=row.address),
        "view": write_label(account.book.views[row.view].label) if row.view else None,
        "gap": None if row.gap is None else plain(row.gap * Decimal(100)),
    }
