"""The audit of energy balances: sums of columns and rows, lines that changed places, and the figure that would mend them.

Invariant: a sum that an edition of the table does not keep is said once and blamed on no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.balance_rules import Identity, read_balance_rules
from dafeng.readers.delivery import place_in
from dafeng.readers.identities import Break
from dafeng.readers.numbers import plain
from dafeng.readers.remarks import explain_break
from dafeng.readers.series import Row, group
from dafeng.readers.suggestions import AuditFinding, find, suggest
from dafeng.readers.sums import Breach, Repair, Sum, Term, find_breaches
from dafeng.readers.wording import carriers, flows

BALANCE = "balance"
RULES: Mapping[str, str] = {
    "power": "audit.slip",
    "sign": "audit.sign",
    "digits": "audit.digits",
    "value": "audit.balance",
    "swap": "audit.swap",
}
"""Rule of a finding by what happened to the digits."""
FEWEST_CHECKS = 3
"""Columns in which a sum must break before the edition is said not to keep it."""
STILL_CHECKED = Decimal("0.9")
"""Share of the sums that must still be checkable after lines changed places. [0..1]"""
FEWEST_BROKEN = 3
"""Broken sums from which on exchanged lines are looked for."""
ROW = "row."
"""What the rule of a sum along a row begins with."""
STOCKS = ("available.stock_change", "available")
Cell = tuple[str, str]
Cells = Mapping[Cell, Decimal]


def find_broken_balances(rows: Iterable[Row], *, tolerance: Decimal, kept: Decimal) -> Iterator[Finding]:
    """Sums of energy balances that do not hold.

    Parameters
    ----------
    rows : iterable of mapping
        Facts.
    tolerance : Decimal
        Difference that is let pass. [printed unit]
    kept : Decimal
        Share of columns in which a sum may break before the table is said not to keep it. [0..1]

    Yields
    ------
    Finding
        Rules ``audit.balance``, ``audit.slip``, ``audit.sign``, ``audit.digits``, ``audit.swap``, ``audit.unkept``.
    """
    cells = [row for row in rows if row["indicator"] == BALANCE]
    for listed in group(cells, ("place", "period", "source", "organisation")).values():
        known = {(str(row["flow"]), str(row["carrier"])): row for row in listed if row["flow"] in flows()}
        yield from _audit(known, tolerance, kept)


def list_sums(units: Mapping[Cell, str], *, tolerance: Decimal) -> tuple[Sum, ...]:
    """Sums that the cells of one balance must keep.

    Parameters
    ----------
    units : mapping of (str, str) to str
        Printed unit by flow and carrier.
    tolerance : Decimal
        Difference that is let pass. [printed unit]

    Returns
    -------
    tuple of Sum
        Columns first (rule: id of the identity), then rows (rule: ``row.`` and the total's carrier).
    """
    columns = [one for carrier in carriers().values() for one in _column(carrier.id, carrier.closing, units, tolerance)]
    return (*columns, *_lines(units, tolerance))


def _audit(known: Mapping[Cell, Row], tolerance: Decimal, kept: Decimal) -> Iterator[Finding]:
    values = {key: row["value"] for key, row in known.items()}
    every = _sums(known, tolerance, ())
    unkept = _unkept(every, values, kept)
    for rule in unkept:
        yield _say_unkept(rule, [one for one in every if one.rule == rule], known, values)
    sums = _sums(known, tolerance, unkept)
    lines = _exchanged(known, sums, values, (tolerance, unkept))
    if lines is not None:
        yield _say_lines(lines, sums, known, values)
        return
    for breach in find_breaches(sums, values):
        yield from _say(breach, known, values)


def _sums(known: Mapping[Cell, Row], tolerance: Decimal, unkept: Sequence[str]) -> tuple[Sum, ...]:
    every = list_sums({key: str(row["unit"]) for key, row in known.items()}, tolerance=tolerance)
    return tuple(one for one in every if one.rule not in unkept and not _stock(one, unkept))


def _column(carrier: str, closing: str, units: Mapping[Cell, str], tolerance: Decimal) -> Iterator[Sum]:
    for rule in read_balance_rules().identities:
        parts = tuple(Term(one.sign, (one.flow, carrier), one.inputs) for one in rule.terms if (one.flow, carrier) in units)
        if (rule.flow, carrier) in units and parts and rule.closing in ("", closing):
            yield Sum(rule.id, (rule.flow, carrier), parts, tolerance, firm=rule.closing != "final")


def _lines(units: Mapping[Cell, str], tolerance: Decimal) -> Iterator[Sum]:
    """Sums of one row over the carriers of a total, where all are printed in one unit."""
    for rule in read_balance_rules().columns:
        for flow in (name for name in flows() if name not in rule.spared):
            parts = [name for name in rule.parts if (flow, name) in units]
            same = (flow, rule.whole) in units and {units[flow, name] for name in parts} == {units[flow, rule.whole]}
            if same:
                terms = tuple(Term(1, (flow, name)) for name in parts)
                yield Sum(f"{ROW}{rule.whole}", (flow, rule.whole), terms, tolerance)


def _unkept(sums: Iterable[Sum], values: Cells, kept: Decimal) -> tuple[str, ...]:
    checks: dict[str, list[bool]] = {}
    for one in sums:
        checks.setdefault(one.rule, []).append(one.holds(values))
    broken = {rule: held.count(False) for rule, held in checks.items()}
    return tuple(rule for rule, held in checks.items() if broken[rule] >= FEWEST_CHECKS and broken[rule] > kept * len(held))


def _stock(one: Sum, unkept: Sequence[str]) -> bool:
    """Whether a row sum is of the rows that a table with closing stocks does not keep either."""
    return "available" in unkept and one.rule.startswith(ROW) and one.total[0] in STOCKS


def _exchanged(
    known: Mapping[Cell, Row], sums: Sequence[Sum], values: Cells, how: tuple[Decimal, Sequence[str]]
) -> tuple[int, str, str] | None:
    """Two rows (0) or two columns (1) that changed places, where one exchange and no other closes every sum."""
    broken = [one for one in sums if not one.holds(values)]
    if len(broken) < FEWEST_BROKEN:
        return None
    found = [
        (at, first, second)
        for at in (0, 1)
        for first, second in combinations(sorted({key[at] for key in known}), 2)
        if all({first, second} & {key[at] for key in one.keys if isinstance(key, tuple)} for one in broken)
        and (at == 0 or len({row["unit"] for key, row in known.items() if key[1] in (first, second)}) == 1)
        and _holds(_exchange(known, first, second, at), len(sums), how)
    ]
    return found[0] if len(found) == 1 else None


def _holds(known: Mapping[Cell, Row], count: int, how: tuple[Decimal, Sequence[str]]) -> bool:
    """Whether nearly as many sums can be checked as before, and all hold."""
    values = {key: row["value"] for key, row in known.items()}
    sums = _sums(known, *how)
    return len(sums) >= STILL_CHECKED * count and all(one.holds(values) for one in sums)


def _exchange(known: Mapping[Cell, Row], first: str, second: str, at: int) -> dict[Cell, Row]:
    """Cells with two lines exchanged; a blank moves with its line."""
    other = {first: second, second: first}
    return {
        (other.get(flow, flow), carrier) if at == 0 else (flow, other.get(carrier, carrier)): row
        for (flow, carrier), row in known.items()
    }


def _say(breach: Breach, known: Mapping[Cell, Row], values: Cells) -> Iterator[Finding]:
    if breach.repair is None:
        yield from (_say_sum(one, known, values) for one in breach.sums)
        return
    repair = breach.repair
    key = next(iter(repair.values))
    row = known[key]
    broken = [_figures(one, values) for one in breach.sums]
    name = _name(key)
    says = (
        f"{name.zh} = {plain(row['value'])} {row['unit']}：{'；'.join(one.zh for one in broken)}",
        f"{name.en} = {plain(row['value'])} {row['unit']}: {'; '.join(one.en for one in broken)}",
    )
    if repair.how == "swap":
        yield _say_swap(repair, known, says)
        return
    made = suggest(row, repair.values[key], explain_repair(repair))
    yield find(RULES[repair.how], row, "warning", says, ("核对原始资料后更正", "check the original and correct"), made=made)


def explain_repair(repair: Repair) -> Label:
    """What happened to the digits of a figure.

    Parameters
    ----------
    repair : Repair
        The repair.

    Returns
    -------
    Label
        In words.
    """
    words = {
        "power": Label(f"疑差10的{-repair.power}次方：乘以10^{repair.power}即全部闭合",
                       f"perhaps off by 10^{-repair.power}: times 10^{repair.power} all sums close"),
        "sign": Label("疑符号相反：变号即全部闭合", "perhaps the wrong sign: with the other one all sums close"),
        "digits": Label("疑相邻两位数字颠倒：换回即全部闭合",
                        "perhaps two neighbouring digits changed places: changed back all sums close"),
    }  # fmt: skip
    return words.get(repair.how, Label("只改这一格即全部闭合", "this cell alone would close all sums"))


def _say_swap(repair: Repair, known: Mapping[Cell, Row], says: tuple[str, str]) -> Finding:
    first, second = (known[key] for key in repair.values)
    names = [_name(key) for key in repair.values]
    remedy = (
        f"疑与{names[1].zh}（{place_in(second)}）互换：换回即全部闭合",
        f"perhaps exchanged with {names[1].en} ({place_in(second)}): changed back all sums close",
    )
    return find("audit.swap", first, "warning", says, remedy, covers=(first, second))


def _say_lines(lines: tuple[int, str, str], sums: Iterable[Sum], known: Mapping[Cell, Row], values: Cells) -> Finding:
    at, first, second = lines
    labels = [(carriers()[name] if at else flows()[name]).label for name in (first, second)]
    rows = [row for key, row in known.items() if key[at] in (first, second)]
    row = next(row for key, row in known.items() if key[at] == first)
    count = sum(1 for one in sums if not one.holds(values))
    noun = ("两列", "two columns") if at else ("两行", "two rows")
    says = (
        f"“{labels[0].zh}”与“{labels[1].zh}”{noun[0]}疑互换：{count} 个恒等式不成立，换回即全部成立",
        f"{noun[1]} seem exchanged, {labels[0].en} and {labels[1].en}: {count} sums break and all hold when changed back",
    )
    return find("audit.swap", row, "error", says, ("核对行名和列名后重报", "check the labels and deliver again"), covers=rows)


def _say_sum(one: Sum, known: Mapping[Cell, Row], values: Cells) -> Finding:
    row = known[one.total]
    if not one.rule.startswith(ROW):
        flow, carrier = one.total
        rule = _identity(one.rule)
        found = Break(flow, carrier, rule, values[flow, carrier], one.expected(values))
        told = explain_break(found, place_in(row), rule="audit.balance")
        return AuditFinding(told.rule, told.at, told.severity, told.says, told.remedy)
    said = _figures(one, values)
    remedy = ("核对该行各品种", "check the carriers of this row")
    return find("audit.balance", row, "warning", (said.zh, said.en), remedy)


def _say_unkept(rule: str, sums: Sequence[Sum], known: Mapping[Cell, Row], values: Cells) -> Finding:
    broken = [one for one in sums if not one.holds(values)]
    label = carriers()[rule.removeprefix(ROW)].label if rule.startswith(ROW) else flows()[_identity(rule).flow].label
    row = known[broken[0].total]
    says = (
        f"{label.zh}的分项之和在 {len(sums)} 处有 {len(broken)} 处不等于合计，本表不按此恒等式编制，未据此判断各格",
        f"the parts of {label.en} miss their total in {len(broken)} of {len(sums)} places: "
        "this table does not keep that sum, and no cell was judged by it",
    )
    remedy = ("核对分项口径，如库存一行是否为期末库存", "check what the parts count, e.g. whether stocks are closing stocks")
    return find("audit.unkept", row, "info", says, remedy)


def _identity(name: str) -> Identity:
    return next(rule for rule in read_balance_rules().identities if rule.id == name)


def _figures(one: Sum, values: Cells) -> Label:
    """A broken sum with its figures."""
    name, printed, expected = _name(one.total), values[one.total], one.expected(values)
    told = (plain(printed), plain(expected), plain(printed - expected))
    return Label(
        f"{name.zh}印为 {told[0]}，分项之和为 {told[1]}，差 {told[2]}",
        f"{name.en} is printed {told[0]}, its parts give {told[1]}, a gap of {told[2]}",
    )


def _name(key: Cell) -> Label:
    flow, carrier = key
    one, other = flows()[flow].label, carriers()[carrier].label
    return Label(f"{other.zh} {one.zh}", f"{one.en} of {other.en}")
