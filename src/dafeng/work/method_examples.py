"""Worked examples of a method as data: what was given, what the engine gives, and whether both agree.

Invariant: ``result`` comes from a run of the engine; where it gives none, the finding that says why stands instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from dafeng.core.sources import Source
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting
from dafeng.methods.definition import Example, Method
from dafeng.methods.examples import holds, run_example
from dafeng.methods.explanation import plain
from dafeng.methods.inventory import Computed
from dafeng.methods.typesetting import typeset_cell
from dafeng.work.view_number import write_wording

Row = dict[str, Any]
_DIGITS = 60


def example_document(method: Method, example: Example, library: FactorLibrary, sources: Mapping[str, Source]) -> Row:
    """One worked example, run.

    Parameters
    ----------
    method : Method
        Method it belongs to.
    example : Example
        The example.
    library : FactorLibrary
        Factors.
    sources : mapping of str to Source
        Sources, for the name of who computed it.

    Returns
    -------
    dict
        Given numbers, ``cells`` with their equations in numbers, ``expected``, ``result``, ``difference`` (relative, ``None``
        where the expected value is zero), ``holds``, ``by`` and ``says`` of findings where there is no result.
    """
    accounting = run_example(method, example, library)
    cells = [cell for cell in accounting.cells if cell.activity.category.id == example.category]
    result = sum((cell.value for cell in cells), Decimal(0)) if cells else None
    carrier = library.label("substance", example.carrier)
    known = sources.get(example.by)
    return {
        "edition": example.edition,
        "category": example.category,
        "carrier": {"zh": carrier.zh, "en": carrier.en},
        "place": example.place,
        "year": example.year,
        "value": plain(example.value),
        "unit": example.unit,
        "flow": example.flow,
        "provisional": example.provisional,
        "earlier": [{"year": year, "value": plain(value)} for year, value in example.earlier],
        "given": [{"name": name, "value": plain(value), "unit": unit} for name, value, unit in example.given],
        "cells": [_cell(cell, library) for cell in cells],
        "expected": plain(example.result),
        "result": None if result is None else plain(result),
        "difference": _difference(result, example.result),
        "tolerance": plain(example.tolerance),
        "holds": holds(example, accounting),
        "by": {"id": example.by if known else None, "says": write_wording(known.title) if known else example.by},
        "says": _reasons(accounting) if result is None else [],
    }


def _cell(cell: Computed, library: FactorLibrary) -> Row:
    return {
        "year": cell.activity.year or cell.year,
        "typeset": {"zh": typeset_cell(cell, library, "zh"), "en": typeset_cell(cell, library, "en")},
        "composed": plain(cell.composed),
        "value": plain(cell.value),
        "factors": [match.factor.id for match in cell.matches.values()],
    }


def _difference(result: Decimal | None, expected: Decimal) -> str | None:
    if result is None or expected == 0:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        return plain(((result - expected) / abs(expected)).quantize(Decimal("1e-12")))


def _reasons(accounting: Accounting) -> list[dict[str, str]]:
    return [{"zh": one.says.zh, "en": one.says.en} for one in accounting.findings if one.severity == "error"]
