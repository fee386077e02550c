"""The sums that an energy balance must keep, column by column.

Invariant: an identity is checked only where its total and at least one part are printed; a blank part is “not
reported” and adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dafeng.library.balance_rules import Identity, read_balance_rules
from dafeng.library.balances import carriers

TOLERANCE = Decimal("0.02")
"""Rounding that is let pass, as the rule ``balance.tolerance``. [printed unit]"""

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
    rule : Identity
        The identity.
    printed, expected : Decimal
        Total as printed and as its parts give it. [printed unit]
    """

    flow: str
    carrier: str
    rule: Identity
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
    return sum(1 for b in _compare(values) if b.rule.strong)


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
    return sum(1 for b in breaks if b.rule.strong)


def _compare(values: Values) -> Iterator[Break]:
    columns = {carrier for _, carrier in values}
    for carrier in (c for c in carriers().values() if c.id in columns):
        column = {flow: value for (flow, name), value in values.items() if name == carrier.id}
        for rule in read_balance_rules().identities:
            expected = rule.expect(column)
            if rule.flow in column and rule.closing in ("", carrier.closing) and expected is not None:
                yield Break(rule.flow, carrier.id, rule, column[rule.flow], expected)
