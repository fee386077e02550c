"""Consistent deliveries made by chance, one error put into each, and what the audit says of them.

``python -m tests.readers.audit_cases 600`` prints the table of ``docs/audit.md``.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from dafeng.core.findings import Finding
from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.library.rules import RuleBook, read_rules
from dafeng.readers.audit import audit_facts
from dafeng.readers.balance import read_balance
from dafeng.readers.delivery import build_rows, place_in
from dafeng.readers.sheets import read_sheets
from dafeng.readers.suggestions import AuditFinding
from dafeng.readers.sums import swap_digits
from dafeng.readers.wording import carriers, flows
from tests.readers.balances import as_csv

TODAY = date(2026, 11, 21)
YEARS = range(2019, 2025)
SHADES = {"coal_total": ("raw_coal", "cleaned_coal"), "oil_total": ("gasoline", "diesel")}
SINGLE = ("coke", "natural_gas", "electricity", "heat")
PARTS = {
    "available": ("available.production", "available.inflow", "available.outflow", "available.stock_change"),
    "transformation": ("transformation.thermal_power", "transformation.heat"),
    "final.households": ("final.households.urban", "final.households.rural"),
    "final": (
        "final.agriculture",
        "final.industry",
        "final.construction",
        "final.transport",
        "final.households",
        "final.other",
    ),
}
SERIES = {
    "population": 700, "port_throughput": 40000, "electricity_consumption": 580, "grain_output": 190, "total_capacity": 2300,
    "natural_gas_consumption": 15, "primary_value_added": 600, "secondary_value_added": 3300, "tertiary_value_added": 4300,
}  # fmt: skip
UNITS = {
    "population": "万人", "port_throughput": "万吨", "electricity_consumption": "亿千瓦时", "grain_output": "万吨",
    "total_capacity": "万千瓦", "natural_gas_consumption": "亿立方米",
}  # fmt: skip
CENT = Decimal("0.01")
Row = dict[str, Any]


@dataclass
class Case:
    """A delivery with its error: which cells are wrong, and what stood there."""

    rows: list[Row]
    wrong: dict[str, Decimal] = field(default_factory=dict)
    findings: tuple[Finding, ...] | None = None


def make_delivery(random: Random) -> list[Row]:
    """Six years of consistent figures: balances, series with their whole, organisations with their sum."""
    return [*_balances(random), *_series(random), *_organisations(random)]


def _walk(random: Random, base: float, spread: float = 0.07) -> list[Decimal]:
    value, trend, found = base, random.gauss(0.02, 0.02), []
    for _ in YEARS:
        found.append(Decimal(value).quantize(CENT))
        value *= 2.718281828 ** random.gauss(trend, spread)
    return found


def _row(indicator: str, year: int, value: Decimal, unit: str, cell: str, file: str, **more: Any) -> Row:
    told = {"place": "370600", "source": "city", "grade": "reported", "sheet": None}
    empty = {"flow": None, "carrier": None, "organisation": None, "note": None}
    figure = {"indicator": indicator, "period": str(year), "value": value, "unit": unit, "file": file, "cell": cell}
    return {**told, **empty, **figure, **more}


def _balances(random: Random) -> Iterator[Row]:
    names = [name for parts in SHADES.values() for name in parts] + list(SINGLE)
    walks = {(flow, name): _walk(random, random.lognormvariate(4, 1)) for name in names for flow in _leaves()}
    for number, year in enumerate(YEARS):
        table: dict[tuple[str, str], Decimal] = {}
        for name in names:
            column = _column({flow: walks[flow, name][number] for flow in _leaves()}, carriers()[name].closing)
            table |= {(flow, name): value for flow, value in column.items()}
        for total, parts in SHADES.items():
            leaves = {flow: sum((table[flow, name] for name in parts), Decimal(0)) for flow in _leaves()}
            column = _column(leaves, carriers()[total].closing, signed=True)
            table |= {(flow, total): value for flow, value in column.items()}
        order = [name for name in carriers() if (next(iter(_leaves())), name) in table]
        lines = [flow for flow in flows() if (flow, "coke") in table]
        for line, flow in enumerate(lines, 3):
            for column_number, name in enumerate(order, 66):
                yield _row("balance", year, table[flow, name], carriers()[name].unit, f"{chr(column_number)}{line}",
                           f"{year}.csv", flow=flow, carrier=name)  # fmt: skip


def _leaves() -> list[str]:
    return [part for parts in PARTS.values() for part in parts if part not in PARTS and part != "available.inflow"] + ["loss"]


def _column(leaves: dict[str, Decimal], closing: str, *, signed: bool = False) -> dict[str, Decimal]:
    """A column that closes: the inflow is what the rest needs."""
    column = dict(leaves)
    if not signed:
        for name in ("available.outflow", "transformation.thermal_power", "transformation.heat"):
            column[name] = -abs(column[name])
        column["available.stock_change"] /= 10
        column["available.stock_change"] = column["available.stock_change"].quantize(CENT)
    for parent in ("transformation", "final.households", "final"):
        column[parent] = sum((column[part] for part in PARTS[parent]), Decimal(0))
    need = column["final"] + column["loss"] - column["transformation"]
    column["available"] = need
    column["available.inflow"] = need - sum((column[p] for p in PARTS["available"] if p != "available.inflow"), Decimal(0))
    if column["available.inflow"] < 0 and not signed:
        column["available.production"] += column["available.inflow"] - 10
        column["available.inflow"] = Decimal(10)
    if column["available.production"] < 0 and not signed:
        column["available.outflow"] += column["available.production"] - 5
        column["available.production"] = Decimal(5)
    column["difference"] = Decimal(0)
    used = column["final"] + column["loss"]
    inputs = sum((min(column[part], Decimal(0)) for part in PARTS["transformation"]), Decimal(0))
    column["total"] = used - (column["transformation"] if closing == "net" else Decimal(0) if closing == "final" else inputs)
    return column


def _series(random: Random) -> Iterator[Row]:
    walks = {name: _walk(random, base * random.uniform(0.5, 2), 0.05) for name, base in SERIES.items()}
    parts = [walks[f"{name}_value_added"] for name in ("primary", "secondary", "tertiary")]
    walks["gdp"] = [sum(year, Decimal(0)) for year in zip(*parts, strict=True)]
    for line, (name, values) in enumerate(walks.items(), 2):
        for column, (year, value) in enumerate(zip(YEARS, values, strict=True), 67):
            yield _row(name, year, value, UNITS.get(name, "亿元"), f"{chr(column)}{line}", "figures.csv")


def _organisations(random: Random) -> Iterator[Row]:
    walks = {name: _walk(random, random.lognormvariate(5, 0.7)) for name in ("甲厂", "乙厂", "丙厂", "丁厂")}
    for column, year in enumerate(YEARS, 67):
        values = {name: walk[column - 67] for name, walk in walks.items()}
        for line, (name, value) in enumerate([(None, sum(values.values(), Decimal(0))), *values.items()], 2):
            yield _row("coal_consumption", year, value, "万吨", f"{chr(column)}{line}", "units.csv", organisation=name)


def _change(case: Case, row: Row, value: Decimal) -> None:
    case.wrong[place_in(row)] = row["value"]
    row["value"] = value


def _pick(case: Case, random: Random, *, least: int = 5, years: Sequence[int] = YEARS[1:]) -> Row:
    allowed = {str(year) for year in years}
    return random.choice([row for row in case.rows if abs(row["value"]) >= least and row["period"] in allowed])


def inject_slip(case: Case, random: Random) -> None:
    """One figure times a power of ten."""
    row = _pick(case, random)
    _change(case, row, row["value"] * Decimal(10) ** random.choice((-3, -2, -1, 1, 2, 3)))


def inject_column_slip(case: Case, random: Random) -> None:
    """A whole column of one year's balance in another unit."""
    year, name = str(random.choice(YEARS[1:])), random.choice(("coke", "natural_gas", "electricity", "heat"))
    factor = Decimal(10) ** random.choice((-4, -3, 3, 4))
    for row in case.rows:
        if row["period"] == year and row["carrier"] == name and row["indicator"] == "balance":
            _change(case, row, row["value"] * factor)


def inject_sign(case: Case, random: Random) -> None:
    """One figure with the other sign."""
    row = _pick(case, random)
    _change(case, row, -row["value"])


def inject_digits(case: Case, random: Random) -> None:
    """Two neighbouring digits of one figure exchanged."""
    row = _pick(case, random, least=100)
    _change(case, row, random.choice([value for value in swap_digits(row["value"]) if abs(value) >= 1]))


def inject_value(case: Case, random: Random) -> None:
    """One figure replaced by any other."""
    row = _pick(case, random, least=50)
    _change(case, row, (row["value"] * Decimal(random.choice((0.37, 0.52, 1.7, 2.3)))).quantize(CENT))


def inject_jump(case: Case, random: Random) -> None:
    """A series that leaps in one year."""
    row = random.choice([row for row in case.rows if row["file"] == "figures.csv" and row["period"] != "2019"])
    _change(case, row, (row["value"] * Decimal(random.choice((0.4, 0.5, 2.0, 2.6)))).quantize(CENT))


def inject_negative(case: Case, random: Random) -> None:
    """A stock below zero."""
    row = random.choice([row for row in case.rows if row["file"] == "figures.csv"])
    _change(case, row, -row["value"])


def inject_swapped_cells(case: Case, random: Random) -> None:
    """Two figures of one column exchanged."""
    year, name = str(random.choice(YEARS[1:])), random.choice(SINGLE)
    column = [row for row in case.rows if (row["period"], row["carrier"], row["file"]) == (year, name, f"{year}.csv")]
    _exchange(case, random.sample([row for row in column if abs(row["value"]) > 20], 2))


def inject_swapped_rows(case: Case, random: Random) -> None:
    """Two rows of a balance exchanged."""
    year = str(random.choice(YEARS[1:]))
    first, second = random.sample([name for names in PARTS.values() for name in names] + ["loss", "final"], 2)
    _exchange_lines(case, year, "flow", "carrier", first, second)


def inject_swapped_columns(case: Case, random: Random) -> None:
    """Two columns of a balance exchanged."""
    year = str(random.choice(YEARS[1:]))
    first, second = random.choice(
        (("raw_coal", "cleaned_coal"), ("gasoline", "diesel"), ("raw_coal", "coke"), ("diesel", "coke"))
    )
    _exchange_lines(case, year, "carrier", "flow", first, second)


def inject_copied_row(case: Case, random: Random) -> None:
    """One row of a balance typed twice."""
    year = str(random.choice(YEARS[1:]))
    first, second = random.sample(
        ["final.agriculture", "final.industry", "final.construction", "final.transport", "final.other"], 2
    )
    lines = _lines(case, year, "flow", "carrier")
    for name, row in lines[second].items():
        _change(case, row, lines[first][name]["value"])


def inject_copied_year(case: Case, random: Random) -> None:
    """A balance, or the table of figures, with the figures of the year before."""
    year, file = random.choice(YEARS[1:]), random.choice(("balance", "series"))
    before = {_subject(row): row["value"] for row in case.rows if row["period"] == str(year - 1)}
    for row in case.rows:
        if row["period"] == str(year) and (row["indicator"] == "balance") == (file == "balance"):
            _change(case, row, before[_subject(row)])


def inject_shift(case: Case, random: Random) -> None:
    """The labels of a balance one row off, read as a file."""
    year = str(random.choice(YEARS))
    lines = _lines(case, year, "flow", "carrier")
    names, heads = list(lines), [carriers()[name] for name in next(iter(lines.values()))]
    first, last = sorted(random.sample(range(len(names)), 2))
    last = max(last, min(first + 3, len(names) - 1))
    labels = [*names[:first], names[last], *names[first:last], *names[last + 1 :]]
    table = [["项目", *(head.label.zh for head in heads)], ["", *(head.unit for head in heads)]]
    for label, name in zip(labels, names, strict=True):
        table.append([flows()[label].label.zh, *(str(row["value"]) for row in lines[name].values())])
    book = read_sheets(as_csv(table), name=f"{year}.csv")
    delivery = read_balance(book, place="370600", source="city", period=year)
    case.rows = [row for row in case.rows if row["file"] != f"{year}.csv"] + delivery.rows.to_pylist()
    case.wrong = {f"{year}.csv": Decimal(0)}
    case.findings = delivery.findings


def _subject(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("indicator", "flow", "carrier", "organisation"))


def _lines(case: Case, year: str, line: str, cell: str) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {}
    for row in case.rows:
        if row["indicator"] == "balance" and row["period"] == year:
            found.setdefault(row[line], {})[row[cell]] = row
    return found


def _exchange_lines(case: Case, year: str, line: str, cell: str, first: str, second: str) -> None:
    lines = _lines(case, year, line, cell)
    for name in lines[first]:
        if name in lines[second]:
            _exchange(case, [lines[first][name], lines[second][name]])


def _exchange(case: Case, pair: Sequence[Row]) -> None:
    first, second = pair
    values = first["value"], second["value"]
    if values[0] != values[1]:
        _change(case, first, values[1])
        _change(case, second, values[0])


ERRORS: dict[str, Callable[[Case, Random], None]] = {
    "slip": inject_slip, "column_slip": inject_column_slip, "sign": inject_sign, "digits": inject_digits,
    "value": inject_value, "jump": inject_jump, "negative": inject_negative, "swapped_cells": inject_swapped_cells,
    "swapped_rows": inject_swapped_rows, "swapped_columns": inject_swapped_columns, "copied_row": inject_copied_row,
    "copied_year": inject_copied_year, "shift": inject_shift,
}  # fmt: skip


@dataclass
class Score:
    """What became of the cases of one kind of error."""

    cases: int = 0
    detected: int = 0
    located: int = 0
    suggested: int = 0
    mistaken: int = 0
    findings: int = 0
    false: int = 0


def audit(case: Case, catalogue: Catalogue, rules: RuleBook) -> list[Finding]:
    """Warnings and errors of a case."""
    found = audit_facts(build_rows(case.rows), catalogue=catalogue, rules=rules, today=TODAY)
    every = (*(case.findings or ()), *found)
    return [finding for finding in every if finding.severity != "info"]


def judge(case: Case, findings: Sequence[Finding], score: Score) -> None:
    """Count a case: a finding is true if it stands at a wrong cell or in its table's row, column, sum or file."""
    wrong = case.wrong
    near = _near(case)
    true = [finding for finding in findings if finding.at in near or finding.at.split("!")[0] in wrong]
    score.cases += 1
    score.detected += bool(true)
    score.located += any(finding.at in wrong or finding.at.split("!")[0] in wrong for finding in findings)
    score.findings += len(findings)
    score.false += len(findings) - len(true)
    for finding in findings:
        made = finding.suggestion if isinstance(finding, AuditFinding) else None
        if made is not None:
            right = wrong.get(made.at) == made.value
            score.suggested += right
            score.mistaken += not right


def _near(case: Case) -> set[str]:
    """Cells in the same column, row or year of the same figure as a wrong one."""
    bad = [row for row in case.rows if place_in(row) in case.wrong]
    columns = {(row["file"], row["period"], row["carrier"]) for row in bad if row["carrier"]}
    lines = {(row["file"], row["period"], row["flow"]) for row in bad if row["flow"]}
    subjects = {_subject(row) for row in bad}
    wholes = {(row["file"], row["period"]) for row in bad if not row["flow"]}
    return {
        place_in(row)
        for row in case.rows
        if (row["file"], row["period"], row["carrier"]) in columns
        or (row["file"], row["period"], row["flow"]) in lines
        or _subject(row) in subjects
        or (not row["flow"] and (row["file"], row["period"]) in wholes and row["indicator"] in ("gdp", "coal_consumption"))
    }


def measure(count: int, *, seed: int = 1, kinds: Sequence[str] = tuple(ERRORS)) -> dict[str, Score]:
    """Score of each kind of error over some cases, and of clean deliveries (``clean``)."""
    catalogue, rules = read_indicators(), read_rules()
    scores = {kind: Score() for kind in (*kinds, "clean")}
    for number in range(count):
        random = Random(f"{seed}-{number}")
        kind = kinds[number % len(kinds)]
        case = Case(make_delivery(random))
        ERRORS[kind](case, random)
        judge(case, audit(case, catalogue, rules), scores[kind])
        if number % 4 == 0:
            judge(clean := Case(make_delivery(random)), audit(clean, catalogue, rules), scores["clean"])
    return scores


def main() -> None:
    """Print the table of the documents."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    scores = measure(count)
    print("| error | cases | detected | at the cell | right suggestion | wrong suggestion | findings | beside the error |")
    print("|---|---|---|---|---|---|---|---|")
    for kind, one in scores.items():
        told = (one.cases, one.detected, one.located, one.suggested, one.mistaken, one.findings, one.false)
        print(f"| {kind} | {' | '.join(map(str, told))} |")
    together = Counter()
    for kind, one in scores.items():
        if kind != "clean":
            together.update({"cases": one.cases, "detected": one.detected, "findings": one.findings, "false": one.false})
    print(dict(together))


if __name__ == "__main__":
    main()
