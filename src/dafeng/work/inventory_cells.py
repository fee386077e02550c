"""What stands behind the lines of an inventory: results with activity and factor, factors used, fuels by sector.

Invariant: an emission is the activity times the composed factor beside it; results of gases only, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.library.factor import worst
from dafeng.library.factors import FactorLibrary
from dafeng.methods.arrangement import BIOGENIC
from dafeng.methods.explanation import factor_address, plain
from dafeng.methods.inventory import Computed
from dafeng.methods.layouts import Layout, within
from dafeng.methods.warming import Potential, gas_label
from dafeng.work.view_number import write_label

Row = dict[str, Any]
FUEL = "energy"
"""First part of the categories of fuel burnt."""
CARBON = "co2"
_DIGITS = 60
_SCALE = -4


def cell_rows(
    cells: Iterable[Computed], layout: Layout, library: FactorLibrary, potentials: Mapping[str, Potential]
) -> list[Row]:
    """Results of gases with their activity, composed factor and sources.

    Parameters
    ----------
    cells : iterable of Computed
        Results.
    layout : Layout
        Layout whose lines are named.
    library : FactorLibrary
        Names.
    potentials : mapping of str to Potential
        Potential by gas; a quantity without one is no gas of this inventory.

    Returns
    -------
    list of dict
        In the order of the layout; amounts as stored, ``co2e`` in 10^4 t.
    """
    order = {line.code: at for at, line in enumerate(layout.lines)}
    rows = [_cell(cell, layout, library, potentials) for cell in cells if cell.method.quantity in {*potentials, BIOGENIC}]
    return sorted(rows, key=lambda row: (order.get(row["line"] or "", len(order)), row["address"]))


def factor_rows(cells: Iterable[Computed], library: FactorLibrary, sources: Mapping[str, Any]) -> list[Row]:
    """Factors that were used, each once.

    Parameters
    ----------
    cells : iterable of Computed
        Results.
    library : FactorLibrary
        Names.
    sources : mapping of str to str or dict
        Titles of sources, as published or in both languages.

    Returns
    -------
    list of dict
        ``cells`` counts the results that used it; ``steps`` says how it matched.
    """
    found: dict[str, Row] = {}
    for cell in cells:
        for match in cell.matches.values():
            address, factor = factor_address(match, cell.year), match.factor
            row = found.setdefault(
                address,
                {
                    "address": address,
                    "substance": write_label(library.label("substance", factor.substance)),
                    "parameter": write_label(library.label("parameter", factor.parameter)),
                    "value": plain(match.value),
                    "value_unit": factor.unit,
                    "standard": write_label(library.label("standard", factor.standard)),
                    "place": factor.place,
                    "year": factor.year,
                    "source": sources.get(factor.source, factor.source),
                    "clause": factor.clause,
                    "grade": factor.grade,
                    "match": match.grade,
                    "steps": write_label(_joined(match.steps)),
                    "cells": 0,
                },
            )
            row["cells"] += 1
    return list(found.values())


def fuel_table(cells: Iterable[Computed], layout: Layout, library: FactorLibrary) -> Row:
    """Carbon dioxide of fuel burnt, fuels in rows and lines of the layout in columns.

    Parameters
    ----------
    cells : iterable of Computed
        Results.
    layout : Layout
        Layout whose lines are the columns.
    library : FactorLibrary
        Names.

    Returns
    -------
    dict
        ``columns`` (code and label), ``rows`` (label, values by code, total), ``totals`` by code and ``total``. [10^4 tCO2]
    """
    burnt = [cell for cell in cells if cell.method.quantity == CARBON and within(cell.activity.category.id, FUEL)]
    sums: dict[tuple[str, str], Decimal] = {}
    for cell in burnt:
        line = layout.line_of(cell.activity.category.id)
        key = (cell.activity.carrier, line.code if line else "")
        with localcontext() as context:
            context.prec = _DIGITS
            sums[key] = sums.get(key, Decimal(0)) + convert(cell.value, cell.method.unit, "tCO2")
    carriers = list(dict.fromkeys(carrier for carrier, _ in sums))
    columns = [line for line in layout.lines if any(code == line.code for _, code in sums)]
    return {
        "columns": [{"code": line.code, "label": write_label(line.label)} for line in columns],
        "rows": [
            {
                "id": carrier,
                "label": write_label(library.label("substance", carrier)),
                "values": {line.code: _scaled(sums[carrier, line.code]) for line in columns if (carrier, line.code) in sums},
                "total": _scaled(_sum(value for (one, _), value in sums.items() if one == carrier)),
            }
            for carrier in carriers
        ],
        "totals": {
            line.code: _scaled(_sum(value for (_, code), value in sums.items() if code == line.code)) for line in columns
        },
        "total": _scaled(_sum(sums.values())),
    }


def evidence_shares(cells: Iterable[Computed], potentials: Mapping[str, Potential], order: Sequence[str]) -> list[Row]:
    """How much of the sum of amounts rests on which evidence, by the worst of what went into each result.

    Parameters
    ----------
    cells : iterable of Computed
        Results.
    potentials : mapping of str to Potential
        Potential by gas.
    order : sequence of str
        Evidence grades, best first.

    Returns
    -------
    list of dict
        ``grade``, ``count`` of results and ``share`` of the sum of absolute amounts [%, one decimal], best first.
    """
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for cell in cells:
        if cell.method.quantity in potentials:
            grades = [str(row["grade"]) for row in cell.activity.facts] + [m.factor.grade for m in cell.matches.values()]
            grade = max(grades, key=order.index)
            sums[grade] = sums.get(grade, Decimal(0)) + abs(_equivalent(cell, potentials))
            counts[grade] = counts.get(grade, 0) + 1
    whole = _sum(sums.values())
    return [
        {"grade": grade, "count": counts[grade], "share": share_text(sums[grade], whole)} for grade in order if grade in sums
    ]


def share_text(part: Decimal, whole: Decimal) -> str | None:
    """A share in percent.

    Parameters
    ----------
    part, whole : Decimal
        Amounts in one unit.

    Returns
    -------
    str or None
        One decimal; ``None`` where the whole is zero.
    """
    return None if not whole else str((part / whole * 100).quantize(Decimal("0.1")))


def _cell(cell: Computed, layout: Layout, library: FactorLibrary, potentials: Mapping[str, Potential]) -> Row:
    activity, line = cell.activity, layout.line_of(cell.activity.category.id)
    known = cell.method.quantity in potentials
    return {
        "address": f"results/{cell.id}",
        "line": line.code if line else None,
        "category": write_label(activity.category.label),
        "carrier": write_label(library.label("substance", activity.carrier)),
        "flow": None if activity.flow is None else write_label(_treatment(activity.flow, library)),
        "year": activity.year or cell.year,
        "amount": plain(activity.amount),
        "amount_unit": activity.unit,
        "composed": plain(cell.composed),
        "composed_unit": f"{cell.method.unit}/{activity.unit}",
        "value": plain(cell.value),
        "value_unit": cell.method.unit,
        "gas": write_label(gas_label(cell.method.quantity, library)),
        "co2e": _scaled(_equivalent(cell, potentials)) if known and cell.method.quantity != BIOGENIC else None,
        "method": {"id": cell.method.id, "title": write_label(cell.method.title)},
        "edition": write_label(cell.method.editions[cell.edition].label),
        "match": worst(match.grade for match in cell.matches.values()),
        "facts": [
            {"address": f"facts/{row['fact']}", "source": row["source"], "grade": row["grade"], "at": _place(row)}
            for row in activity.facts
        ],
    }


def _treatment(flow: str, library: FactorLibrary) -> Label:
    """Name of a treatment, its id where the library has none."""
    return library.label("substance", flow) if ("substance", flow) in library.names else Label(flow, flow)


def _place(row: Mapping[str, Any]) -> str:
    return " ".join(str(row[name]) for name in ("file", "sheet", "cell") if row.get(name))


def _equivalent(cell: Computed, potentials: Mapping[str, Potential]) -> Decimal:
    potential = potentials[cell.method.quantity]
    with localcontext() as context:
        context.prec = _DIGITS
        return convert(cell.value, cell.method.unit, potential.species) * potential.value


def _sum(values: Iterable[Decimal]) -> Decimal:
    with localcontext() as context:
        context.prec = _DIGITS
        return sum(values, Decimal(0))


def _scaled(amount: Decimal) -> str:
    with localcontext() as context:
        context.prec = _DIGITS
        return plain(amount.scaleb(_SCALE))


def _joined(steps: Sequence[Label]) -> Label:
    return Label("；".join(step.zh for step in steps), "; ".join(step.en for step in steps))
