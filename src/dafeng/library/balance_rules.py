"""What an energy balance must keep: its identities, limits and plausible transformation, as definitions.

Invariant: every rule comes from ``data/balances/identities.yaml``; one that names a row or column which does not exist, or
is no sum of rows, is refused with its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from dafeng.core.labels import Label
from dafeng.formula import Expression, parse
from dafeng.formula.expression import Apply, Name, Node
from dafeng.library.balances import carriers, flows, parts_of
from dafeng.library.overlay import shipped
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml

CLOSINGS = ("inputs", "net", "final")
"""How the total of a column closes, see ``Carrier``."""
_PARTS, _INPUTS = "parts_of_", "inputs_of_"


@dataclass(frozen=True, slots=True)
class Term:
    """One row inside an identity.

    Parameters
    ----------
    flow : str
        Row.
    sign : int
        1 or -1.
    inputs : bool
        Whether only a negative figure counts: what transformation takes in.
    """

    flow: str
    sign: int
    inputs: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum that each column keeps.

    Parameters
    ----------
    id : str
        Id.
    flow : str
        Row that holds the sum.
    expression : Expression
        What it must be.
    terms : tuple of Term
        The same, row by row.
    closing : str
        Only columns that close so; empty for all.
    strong : bool
        Whether published tables keep it.
    tolerance : Decimal
        Difference that is let pass. [printed unit]
    says, remedy : Label
        The rule in words, and what to do where it breaks.
    """

    id: str
    flow: str
    expression: Expression
    terms: tuple[Term, ...]
    closing: str
    strong: bool
    tolerance: Decimal
    says: Label
    remedy: Label

    def expect(self, column: Mapping[str, Decimal]) -> Decimal | None:
        """What the sum must be by the rows of a column.

        Parameters
        ----------
        column : mapping of str to Decimal
            Printed figures by row; a row that is absent adds nothing.

        Returns
        -------
        Decimal or None
            The sum; ``None`` where none of its rows is printed.
        """
        found = [
            term.sign * (min(column[term.flow], Decimal(0)) if term.inputs else column[term.flow])
            for term in self.terms
            if term.flow in column
        ]
        return sum(found, Decimal(0)) if found else None


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """A column that is the sum of others, or a row that is no more than another.

    Parameters
    ----------
    id : str
        Id.
    whole : str
        Column of the sum, or row that bounds.
    parts : tuple of str
        Columns that add up, or the row that is bounded.
    spared : tuple of str
        Rows that a column of totals prints net and that do not add up.
    tolerance : Decimal
        Difference that is let pass. [printed unit]
    says, remedy : Label
        The rule in words, and what to do where it breaks.
    """

    id: str
    whole: str
    parts: tuple[str, ...]
    spared: tuple[str, ...]
    tolerance: Decimal
    says: Label
    remedy: Label


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Output over input that a transformation may have, in coal equivalents by heat content.

    Parameters
    ----------
    id : str
        Id.
    flow : str
        Row.
    low, high : Decimal
        Ends. [1]
    grade : str
        Evidence grade of the ends.
    """

    id: str
    flow: str
    low: Decimal
    high: Decimal
    grade: str


@dataclass(frozen=True, slots=True)
class BalanceRules:
    """All rules of an energy balance.

    Parameters
    ----------
    source : str
        Source id.
    identities : tuple of Identity
        Sums along the rows, for each column.
    columns : tuple of ColumnRule
        Sums along the columns, for each row.
    limits : tuple of ColumnRule
        Rows that are no more than others.
    efficiencies : tuple of Efficiency
        Plausible transformation.
    allowed : Decimal
        Relative difference to a published standard-quantity table that is let pass. [1]
    """

    source: str
    identities: tuple[Identity, ...]
    columns: tuple[ColumnRule, ...]
    limits: tuple[ColumnRule, ...]
    efficiencies: tuple[Efficiency, ...]
    allowed: Decimal


@cache
def read_balance_rules() -> BalanceRules:
    """Rules of ``data/balances/identities.yaml``.

    Returns
    -------
    BalanceRules
        All rules.

    Raises
    ------
    DefinitionError
        If a rule names an unknown row or column, or is no sum of rows.
    """
    return read_rule_book(Record(read_yaml(shipped() / "balances" / "identities.yaml"), ()))


def read_rule_book(root: Record) -> BalanceRules:
    """Rules of one definition file.

    Parameters
    ----------
    root : Record
        The file as read.

    Returns
    -------
    BalanceRules
        All rules.

    Raises
    ------
    DefinitionError
        As for ``read_balance_rules``.
    """
    root.allow({"id", "source", "identities", "columns", "limits", "efficiencies", "comparison"})
    source = check_source(root.text("source"), read_sources(), root.marked.at("source"))
    return BalanceRules(
        source=source,
        identities=tuple(_identity(record) for record in root.children("identities")),
        columns=tuple(_column(record) for record in root.children("columns")),
        limits=tuple(_limit(record) for record in root.children("limits")),
        efficiencies=tuple(_efficiency(record) for record in root.children("efficiencies")),
        allowed=_number(root.child("comparison").allow({"id", "allowed", "grade"}), "allowed"),
    )


def _identity(record: Record) -> Identity:
    record.allow({"id", "flow", "closing", "expression", "strong", "tolerance", "says", "remedy"})
    expression = parse(record.text("expression"), where=f"identities.{record.text('id')}")
    return Identity(
        id=record.text("id"),
        flow=record.text("flow", among=flows()),
        expression=expression,
        terms=tuple(_terms(expression.root, 1, record)),
        closing=record.text_or_none("closing", among=CLOSINGS) or "",
        strong=record.value("strong") is True,
        tolerance=_number(record, "tolerance"),
        says=record.label("says"),
        remedy=record.label("remedy"),
    )


def _terms(node: Node, sign: int, record: Record) -> Iterator[Term]:
    """The rows of a sum, with their signs; anything but a sum of rows is refused."""
    if isinstance(node, Name):
        yield from _named(node.id, sign, record)
    elif isinstance(node, Apply) and node.what in ("+", "-"):
        yield from _terms(node.operands[0], sign, record)
        yield from _terms(node.operands[1], sign if node.what == "+" else -sign, record)
    else:
        raise record.error("只能是行的加减", "must add and subtract rows only", key="expression")


def _named(name: str, sign: int, record: Record) -> Iterator[Term]:
    known = {flow.replace(".", "_"): flow for flow in flows()}
    for prefix in (_PARTS, _INPUTS):
        whole = known.get(name.removeprefix(prefix))
        if name.startswith(prefix) and whole is not None:
            yield from (Term(part, sign, prefix == _INPUTS) for part in parts_of(whole))
            return
    if name not in known:
        raise record.error(f"平衡表没有行“{name}”", f"no row '{name}' in a balance", key="expression")
    yield Term(known[name], sign, inputs=False)


def _column(record: Record) -> ColumnRule:
    record.allow({"id", "column", "except", "tolerance", "says", "remedy"})
    whole = record.text("column", among=carriers())
    parts = tuple(carrier.id for carrier in carriers().values() if carrier.parent == whole)
    return _column_rule(record, whole, parts)


def _limit(record: Record) -> ColumnRule:
    record.allow({"id", "flow", "at_most", "tolerance", "says", "remedy"})
    whole, part = record.text("at_most", among=flows()), record.text("flow", among=flows())
    return _column_rule(record, whole, (part,))


def _column_rule(record: Record, whole: str, parts: tuple[str, ...]) -> ColumnRule:
    spared, tolerance = record.texts("except"), _number(record, "tolerance")
    return ColumnRule(record.text("id"), whole, parts, spared, tolerance, record.label("says"), record.label("remedy"))


def _efficiency(record: Record) -> Efficiency:
    record.allow({"id", "flow", "low", "high", "grade"})
    low, high = _number(record, "low"), _number(record, "high")
    if not 0 <= low < high <= 1:
        raise record.error("须 0 ≤ 下限 < 上限 ≤ 1", "must have 0 <= low < high <= 1", key="high")
    return Efficiency(record.text("id"), record.text("flow", among=flows()), low, high, record.text("grade"))


def _number(record: Record, key: str) -> Decimal:
    value = record.decimal(key)
    if value is None:
        raise record.error("缺少数值", "has no number", key=key)
    return value
