"""The sums that an energy balance must keep, column by column.

Invariant: an identity is checked only where its total and at least one part are printed; a blank part is “not
reported” and adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dafeng.readers.wording import Carrier, Flow, carriers, flows

TOLERANCE = Decimal("0.02")
"""Rounding that is let pass, as the rule ``balance.tolerance``. [printed unit]"""
STRONG = ("transformation", "final", "final.households", "difference", "total")
"""Identities that published tables keep; section one does not where stocks are printed as closing stocks."""

Values = Mapping[tuple[str, str], Decimal]
"""Printed figures by (flow, carrier)."""


@dataclass(frozen=True, slots=True)
class Break:
    """One identity that does not hold.

    Parameters
    ----------
    flow : str
        The total that was checked.
    carrier : str
        The column.
    printed, expected : Decimal
        Total as printed and as its parts give it. [printed unit]
    """

    flow: str
    carrier: str
    printed: Decimal
    expected: Decimal

    @property
    def gap(self) -> Decimal:
        """Printed less expected. [printed unit]"""
        return self.printed - self.expected


def find_breaks(values: Values, *, tolerance: Decimal = TOLERANCE) -> tuple[Break, ...]:
    """Identities that do not hold.

    Parameters
    ----------
    values : mapping of (str, str) to Decimal
        Printed figures by flow and carrier. [printed unit]
    tolerance : Decimal, optional
        Difference that is let pass. [printed unit]

    Returns
    -------
    tuple of Break
        In the order of the table.
    """
    return tuple(b for b in _compare(values) if abs(b.gap) > tolerance)


def count_checks(values: Values) -> int:
    """How many identities the printed figures allow to check.

    Parameters
    ----------
    values : mapping of (str, str) to Decimal
        Printed figures by flow and carrier.

    Returns
    -------
    int
        Checks of the strong identities.
    """
    return sum(1 for b in _compare(values) if b.flow in STRONG)


def count_strong(breaks: Iterable[Break]) -> int:
    """How many of the breaks are of identities that published tables keep.

    Parameters
    ----------
    breaks : iterable of Break
        Breaks.

    Returns
    -------
    int
        Their number.
    """
    return sum(1 for b in breaks if b.flow in STRONG)


def _compare(values: Values) -> Iterable[Break]:
    columns = {carrier for _, carrier in values}
    for carrier in (c for c in carriers().values() if c.id in columns):
        column = {flow: value for (flow, name), value in values.items() if name == carrier.id}
        for flow, rule in _rules(carrier).items():
            expected = rule(column)
            if flow in column and expected is not None:
                yield Break(flow, carrier.id, column[flow], expected)


def _rules(carrier: Carrier) -> dict[str, Callable[[Mapping[str, Decimal]], Decimal | None]]:
    return {
        "available": lambda column: _parts(column, "available"),
        "transformation": lambda column: _parts(column, "transformation"),
        "final.households": lambda column: _parts(column, "final.households"),
        "final": lambda column: _parts(column, "final"),
        "difference": _difference,
        "total": lambda column: _total(column, carrier.closing),
    }


def _parts(column: Mapping[str, Decimal], parent: str) -> Decimal | None:
    found = [column[flow.id] for flow in _children(parent) if flow.id in column]
    return sum(found, Decimal(0)) if found else None


def _children(parent: str) -> list[Flow]:
    return [flow for flow in flows().values() if flow.parent == parent and flow.role == "part"]


def _difference(column: Mapping[str, Decimal]) -> Decimal | None:
    signs = {"available": 1, "transformation": 1, "loss": -1, "final": -1}
    found = [sign * column[flow] for flow, sign in signs.items() if flow in column]
    return sum(found, Decimal(0)) if found else None


def _total(column: Mapping[str, Decimal], closing: str) -> Decimal | None:
    used = column.get("final", Decimal(0)) + column.get("loss", Decimal(0))
    if "final" not in column and "loss" not in column and "transformation" not in column:
        return None
    if closing == "net":
        return used - column.get("transformation", Decimal(0))
    if closing == "final":
        return used
    return used - sum((min(column.get(flow.id, Decimal(0)), Decimal(0)) for flow in _children("transformation")), Decimal(0))
