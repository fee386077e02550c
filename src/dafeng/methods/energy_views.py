"""The official figures of an energy balance as definitions: sums of its rows, figures beside it, options, named views.

Invariant: a view says what it is computed from, in which unit, and on what evidence its rule rests; nothing here is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.labels import Label
from dafeng.formula import Expression

CALORIFIC, EQUIVALENT, PHYSICAL = MEASURES = ("calorific", "equivalent", "physical")
"""Heat content (当量), electricity at the coal use of generation (等价), and amounts as delivered."""
BASE = "base_"
"""Prefix of a quantity in the base year."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Rows of a balance added up.

    Parameters
    ----------
    id : str
        Name in expressions.
    label : Label
        Name in words.
    symbol : str
        Symbol in print.
    unit : str
        Unit.
    plus, minus : tuple of str
        Rows added and subtracted as printed.
    carriers : tuple of str
        Columns; empty for all that are no totals.
    measure : str
        ``calorific``, ``equivalent`` or ``physical``.
    blank : str
        ``nothing`` or ``unknown``: what a sum without any printed cell is.
    figure : str or None
        Indicator that stands in for rows that are nowhere printed.
    """

    id: str
    label: Label
    symbol: str
    unit: str
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    carriers: tuple[str, ...]
    measure: str
    blank: str
    figure: str | None


@dataclass(frozen=True, slots=True)
class Single:
    """A published single figure, or a constant of a rule.

    Parameters
    ----------
    id : str
        Name in expressions.
    label : Label
        Name in words.
    symbol : str
        Symbol in print.
    unit : str
        Unit it is used in.
    indicator : str
        Indicator; empty for a constant.
    around : bool
        Whether the figure of a surrounding place may stand in.
    value : Decimal or None
        Value of a constant. [unit]
    source, grade : str
        Evidence of a constant; empty for a figure.
    """

    id: str
    label: Label
    symbol: str
    unit: str
    indicator: str
    around: bool
    value: Decimal | None
    source: str
    grade: str


@dataclass(frozen=True, slots=True)
class View:
    """One named figure of a balance.

    Parameters
    ----------
    id : str
        Name.
    kind : str
        What it belongs to: ``total``, ``control``, ``non_fossil``, ``intensity``, ``coal``, ``end_use`` or ``rule``.
    label : Label
        Name in words.
    symbol : str
        Symbol in print.
    expression : Expression
        How it is computed.
    unit : str
        Unit.
    source, grade : str
        Evidence of the rule.
    note : Label or None
        Reservation.
    """

    id: str
    kind: str
    label: Label
    symbol: str
    expression: Expression
    unit: str
    source: str
    grade: str
    note: Label | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A quantity on which no text was found, with every rule that is met in practice.

    Parameters
    ----------
    id : str
        Name in expressions.
    label : Label
        Name in words.
    symbol : str
        Symbol in print.
    unit : str
        Unit.
    rules : mapping of str to View
        Rules by id, the default first.
    """

    id: str
    label: Label
    symbol: str
    unit: str
    rules: Mapping[str, View]


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of end use.

    Parameters
    ----------
    id : str
        Field.
    label : Label
        Name.
    plus, minus : tuple of str
        Rows of the balance.
    """

    id: str
    label: Label
    plus: tuple[str, ...]
    minus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ViewBook:
    """Everything that is made of a balance.

    Parameters
    ----------
    method, standard : str
        Method whose equation converts to coal equivalents, and the standard of its factors.
    fallback : tuple of str
        Standards searched next.
    rate : str
        Figure that values electricity in the coal-equivalent method.
    sums : mapping of str to Sum
        Sums by name.
    singles : mapping of str to Single
        Figures and constants by name.
    choices : mapping of str to Choice
        Options by name.
    fields : tuple of FieldRule
        Fields of end use.
    views : mapping of str to View
        Views by name, in order.
    published : mapping of str to tuple of str
        Indicators that are shown beside the views, with the views that they may mean.
    """

    method: str
    standard: str
    fallback: tuple[str, ...]
    rate: str
    sums: Mapping[str, Sum]
    singles: Mapping[str, Single]
    choices: Mapping[str, Choice]
    fields: tuple[FieldRule, ...]
    views: Mapping[str, View]
    published: Mapping[str, tuple[str, ...]]

    def depends(self, name: str, on: str) -> bool:
        """Whether a quantity rests on another.

        Parameters
        ----------
        name, on : str
            Quantities.

        Returns
        -------
        bool
            True also for the quantity itself, and through the base year.
        """
        bare = name.removeprefix(BASE)
        if bare == on:
            return True
        return bare in self.views and any(self.depends(part, on) for part in self.views[bare].expression.names)
