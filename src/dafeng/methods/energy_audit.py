"""What an energy balance breaks: sums along rows and columns, limits, energy out of nothing, a published standard table.

Invariant: every rule is a row of ``balances/identities.yaml``; a breach names its cell, quotes both figures and says what
to do, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.library.balance_rules import BalanceRules, ColumnRule, Efficiency
from dafeng.library.balances import carriers, flows
from dafeng.methods.energy_balance import TCE, Balance, Cell, Place
from dafeng.methods.explanation import plain

STANDARD_UNIT = "万吨标准煤"
ALL, TOTAL = "all_energy", "total"
"""Column of all energy, and the row whose columns do not add up."""
_CHECK = Label("核对该行的投入产出、单位和折标系数", "check inputs and outputs of the row, their units and the coefficients")


@dataclass(frozen=True, slots=True)
class Breach:
    """One cell of a balance that breaks a rule.

    Parameters
    ----------
    rule : str
        Id of the rule.
    flow, carrier : str
        Cell; the carrier is empty where a whole row is meant.
    finding : Finding
        What is wrong and what to do.
    """

    rule: str
    flow: str
    carrier: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Conversion:
    """A transformation: what goes in and comes out, in coal equivalents by heat content.

    Parameters
    ----------
    flow : str
        Row.
    input, output : Decimal
        Sums. [tce]
    complete : bool
        Whether every figure of the row has a coefficient.
    """

    flow: str
    input: Decimal
    output: Decimal
    complete: bool

    @property
    def efficiency(self) -> Decimal | None:
        """Output over input, six places; ``None`` where nothing goes in. [1]"""
        return (self.output / self.input).quantize(Decimal("0.000001")) if self.input else None


def audit_balance(balance: Balance, rules: BalanceRules) -> tuple[Breach, ...]:
    """Everything that a balance breaks.

    Parameters
    ----------
    balance : Balance
        The balance.
    rules : BalanceRules
        Rules.

    Returns
    -------
    tuple of Breach
        Sums along the rows first, then columns, limits, transformation, standard table.
    """
    values = {key: cell.fact["value"] for key, cell in balance.cells.items()}
    facts = {key: cell.fact for key, cell in balance.cells.items()}
    tables = [(values, facts)]
    if balance.standard:
        tables.append(({key: row["value"] for key, row in balance.standard.items()}, dict(balance.standard)))
    return (
        *(breach for table in tables for breach in _sums(*table, rules)),
        *(breach for table in tables for rule in rules.columns for breach in _columns(*table, rule)),
        *(breach for table in tables for rule in rules.limits for breach in _limits(*table, rule)),
        *_efficiencies(balance, rules),
        *_compared(balance, rules.allowed),
    )


def conversions(balance: Balance) -> tuple[Conversion, ...]:
    """Transformations of a balance.

    Parameters
    ----------
    balance : Balance
        The balance.

    Returns
    -------
    tuple of Conversion
        One per printed row of the section, in the order of the table.
    """
    found = []
    for flow in (row.id for row in balance.rows if row.parent == "transformation"):
        cells = [
            c for c in balance.cells.values() if c.flow == flow and carriers()[c.carrier].kind != "total" and c.fact["value"]
        ]
        values = [cell.calorific for cell in cells if cell.calorific is not None]
        taken = -sum((value for value in values if value < 0), Decimal(0))
        made = sum((value for value in values if value > 0), Decimal(0))
        found.append(Conversion(flow, taken, made, len(values) == len(cells)))
    return tuple(found)


Facts = Mapping[Place, Mapping[str, Any]]
Values = Mapping[Place, Decimal]


def _sums(values: Values, facts: Facts, rules: BalanceRules) -> Iterator[Breach]:
    columns = {name for _, name in values}
    for carrier in (carrier for carrier in carriers().values() if carrier.id in columns):
        column = {flow: value for (flow, name), value in values.items() if name == carrier.id}
        for rule in rules.identities:
            expected = rule.expect(column)
            if rule.flow not in column or rule.closing not in ("", carrier.closing) or expected is None:
                continue
            if abs(column[rule.flow] - expected) > rule.tolerance:
                key = (rule.flow, carrier.id)
                yield _breach(rule.id, key, column[rule.flow], expected, rule.says, rule.remedy, facts[key])


def _columns(values: Values, facts: Facts, rule: ColumnRule) -> Iterator[Breach]:
    for (flow, carrier), printed in values.items():
        parts = [values[flow, part] for part in rule.parts if (flow, part) in values]
        expected = sum(parts, Decimal(0))
        if carrier == rule.whole and flow not in rule.spared and parts and abs(printed - expected) > rule.tolerance:
            yield _breach(rule.id, (flow, carrier), printed, expected, rule.says, rule.remedy, facts[flow, carrier])


def _limits(values: Values, facts: Facts, rule: ColumnRule) -> Iterator[Breach]:
    for (flow, carrier), printed in values.items():
        most = values.get((rule.whole, carrier))
        if flow in rule.parts and most is not None and printed - most > rule.tolerance:
            yield _breach(rule.id, (flow, carrier), printed, most, rule.says, rule.remedy, facts[flow, carrier])


def _breach(
    rule: str, key: Place, printed: Decimal, expected: Decimal, says: Label, remedy: Label, fact: Mapping[str, Any]
) -> Breach:
    flow, carrier = flows()[key[0]].label, carriers()[key[1]].label
    numbers = plain(printed), plain(expected), plain(printed - expected)
    said = Label(
        "{}的{}印为 {}，应为 {}，差 {}（{}）".format(carrier.zh, flow.zh, *numbers, says.zh),
        "{} of {} is printed {}, must be {}, a gap of {} ({})".format(flow.en, carrier.en, *numbers, says.en),
    )
    return Breach(rule, *key, Finding(f"balance.{rule}", f"facts/{fact['fact']}", "warning", said, remedy))


def _efficiencies(balance: Balance, rules: BalanceRules) -> Iterator[Breach]:
    limits = {rule.flow: rule for rule in rules.efficiencies}
    for conversion in conversions(balance):
        found, rule = conversion.efficiency, limits.get(conversion.flow)
        if rule is None or found is None or not conversion.complete or not conversion.output:
            continue
        if not rule.low <= found <= rule.high:
            yield Breach(f"efficiency.{rule.id}", conversion.flow, "", _implausible(conversion, found, rule, balance))


def _implausible(conversion: Conversion, found: Decimal, rule: Efficiency, balance: Balance) -> Finding:
    label = flows()[conversion.flow].label
    numbers = plain(conversion.input), plain(conversion.output), plain(found), plain(rule.low), plain(rule.high)
    return Finding(
        f"balance.efficiency.{rule.id}",
        f"balances/conversion.{conversion.flow}.{balance.year}",
        "error" if found > 1 else "warning",
        Label(
            "{}投入 {} tce，产出 {} tce，效率 {} 不在 {} 至 {} 之间".format(label.zh, *numbers),
            "{} takes in {} tce and puts out {} tce: an efficiency of {} is not between {} and {}".format(label.en, *numbers),
        ),
        _CHECK,
    )


def _compared(balance: Balance, allowed: Decimal) -> Iterator[Breach]:
    """Our coal equivalents against the figures of a published standard-quantity table."""
    for (flow, carrier), row in balance.standard.items():
        made = _made(balance, flow, carrier)
        if made is None:
            continue
        ours, theirs = convert(made, TCE, STANDARD_UNIT), convert(row["value"], row["unit"], STANDARD_UNIT)
        if abs(ours - theirs) > allowed * max(abs(theirs), Decimal("0.01")):
            label, name = flows()[flow].label, carriers()[carrier].label
            numbers = plain(theirs), plain(ours), STANDARD_UNIT, _implied(row, balance.cells.get((flow, carrier)))
            said = Label(
                "{}的{}：公布标准量 {}，本系统 {} {}；公布表隐含系数 {}".format(name.zh, label.zh, *numbers),
                "{} of {}: published {}, ours {} {}; the table implies {}".format(label.en, name.en, *numbers),
            )
            remedy = Label(
                "如有本地实测热值，补充本地折标系数", "where heat values were measured, add coefficients of the place"
            )
            yield Breach("standard", flow, carrier, Finding("balance.standard", f"facts/{row['fact']}", "info", said, remedy))


def _made(balance: Balance, flow: str, carrier: str) -> Decimal | None:
    """Our figure for a cell of a standard table; for a column of totals the sum of its columns. [tce]"""
    if carriers()[carrier].kind != "total":
        cell = balance.cells.get((flow, carrier))
        return None if cell is None else cell.calorific
    own = [c for c in balance.cells.values() if c.flow == flow and carrier in (carriers()[c.carrier].parent, ALL)]
    values = [c.calorific for c in own if carriers()[c.carrier].kind != "total"]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(values) and flow != TOTAL else None


def _implied(row: Mapping[str, Any], cell: Cell | None) -> str:
    """Coefficient that the published table used, eight digits."""
    if cell is None or not cell.fact["value"]:
        return "—"
    with localcontext() as context:
        context.prec = 8
        return f"{plain(convert(row['value'], row['unit'], TCE) / cell.fact['value'])} tce/{cell.fact['unit']}"
