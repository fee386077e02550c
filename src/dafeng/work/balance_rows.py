"""Cells and views of an energy balance as rows of results.

Invariant: a row holds what the view shows, rounded nowhere further; what is unknown has no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dafeng.methods.energy_balance import TCE, Balance
from dafeng.methods.energy_values import Value
from dafeng.methods.energy_views import ViewBook

QUANTITY = "energy"
"""Quantity of all results of a balance."""


def result_rows(balance: Balance, values: Mapping[str, Mapping[str, Value]], book: ViewBook) -> Iterator[dict[str, Any]]:
    """Rows of results.

    Parameters
    ----------
    balance : Balance
        The balance.
    values : mapping of str to mapping of str to Value
        Views by name and rule.
    book : ViewBook
        Definitions.

    Yields
    ------
    dict
        One per cell in coal equivalents by heat content, then one per view and rule.
    """
    told = {"place": balance.place, "period": str(balance.year), "quantity": QUANTITY, "edition": book.standard}
    for cell in balance.cells.values():
        if cell.calorific is not None and cell.match is not None:
            yield {
                **told,
                "result": f"balance.{cell.id}.{balance.year}",
                "method": book.method,
                "category": cell.flow,
                "carrier": cell.carrier,
                "value": cell.calorific,
                "unit": TCE,
                "expression": "amount * coal_equivalent",
                "facts": [cell.fact["fact"]],
                "factors": [cell.match.factor.id],
                "match": cell.match.grade,
            }
    for name, rules in values.items():
        yield from (_view_row(name, rule, value, told) for rule, value in rules.items() if value.value is not None)


def _view_row(name: str, rule: str, value: Value, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **told,
        "result": value.address.removeprefix("balances/"),
        "method": "balance_views",
        "category": f"{name}.{rule}" if rule else name,
        "value": value.value,
        "unit": value.unit,
        "expression": value.trace.expression or "",
        "facts": [],
        "factors": [],
        "match": "provisional" if value.grade == "provisional" else "exact",
    }
