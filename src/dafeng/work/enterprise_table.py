"""Delivered tables of enterprises and years, read cell by cell.

Invariant: a figure keeps its cell; what cannot be read, cannot be, or is said twice is a finding there and unknown, never zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Cell
from dafeng.core.units import convert, same_dimension
from dafeng.readers.numbers import fold, read_number
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.work.enterprise_rules import EnterpriseRules

ENDINGS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls")
UNIT = re.compile(r"^(?P<name>.*?)\s*[(\[]\s*(?P<unit>[^()\[\]]+)\s*[)\]]$")
YEAR = re.compile(r"(19|20)\d{2}")
MEND = Label("更正该单元格后重新交付", "mend the cell and deliver the table again")


@dataclass(frozen=True, slots=True)
class EnterpriseFact:
    """A delivered figure.

    Parameters
    ----------
    enterprise : str
        Id of the enterprise.
    year : int
        The year.
    field : str
        What it is.
    value : Decimal or None
        The figure, ``None`` where it cannot be read or was said twice. [unit]
    unit : str
        Its unit.
    cell : Cell or None
        Where it was delivered.
    address : str
        Address of its trace.
    """

    enterprise: str
    year: int
    field: str
    value: Decimal | None
    unit: str
    cell: Cell | None
    address: str


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An enterprise.

    Parameters
    ----------
    id : str
        Its id.
    label : Label
        Name as last delivered.
    sector, product : str
        As last delivered, empty where nobody said.
    """

    id: str
    label: Label
    sector: str
    product: str


@dataclass(slots=True)
class EnterpriseTables:
    """What the tables of a city say.

    Parameters
    ----------
    enterprises : dict of str to Enterprise
        By id.
    facts : dict
        Figures by (enterprise, year, field).
    findings : list of Finding
        What is wrong with the tables.
    """

    enterprises: dict[str, Enterprise]
    facts: dict[tuple[str, int, str], EnterpriseFact]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class _Column:
    at: int
    field: str
    unit: str
    target: str


def fact_address(enterprise: str, year: int, field: str) -> str:
    """Address of a figure of an enterprise.

    Parameters
    ----------
    enterprise : str
        Its id.
    year : int
        The year.
    field : str
        Field, indicator or other name.

    Returns
    -------
    str
        ``enterprise/ID.YEAR.FIELD``.
    """
    return f"enterprise/{enterprise}.{year}.{field}"


def read_tables(folder: Path, rules: EnterpriseRules) -> EnterpriseTables:
    """Read all tables of a folder.

    Parameters
    ----------
    folder : Path
        ``data/enterprises`` of a city; it need not exist.
    rules : EnterpriseRules
        Fields and their headings.

    Returns
    -------
    EnterpriseTables
        What they say.

    Raises
    ------
    FileRefused
        If a file cannot be read as a table.
    """
    found = EnterpriseTables({}, {}, [])
    for path in sorted(folder.glob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file():
            book = read_sheets(path)
            found.findings.extend(book.findings)
            for sheet in book.sheets:
                _read_sheet(book, sheet, rules, found)
    return found


def _read_sheet(book: Workbook, sheet: Sheet, rules: EnterpriseRules, found: EnterpriseTables) -> None:
    if not sheet.rows:
        return
    keys, columns = _heads(book, sheet, rules, found)
    if not {"enterprise", "year"} <= keys.keys():
        found.findings.append(
            _finding(
                "enterprise.heads",
                book.at(sheet, 0, 0),
                "表头没有“企业编号”和“年份”，整表未用",
                "the headings lack the enterprise's id and the year; the sheet is left out",
            )
        )
        return
    for line in range(1, len(sheet.rows)):
        row = sheet.rows[line]
        if any(text.strip() for text in row):
            _read_row(book, sheet, line, keys, columns, rules, found)


def _heads(
    book: Workbook, sheet: Sheet, rules: EnterpriseRules, found: EnterpriseTables
) -> tuple[dict[str, int], list[_Column]]:
    spelt = {fold(head).lower(): name for name, field in rules.fields.items() for head in (name, *field["heads"])}
    named = {fold(head).lower(): name for name, heads in rules.keys.items() for head in heads}
    keys: dict[str, int] = {}
    columns: list[_Column] = []
    for at, text in enumerate(sheet.rows[0]):
        told = fold(text)
        unit_part = UNIT.match(told)
        bare = (unit_part["name"] if unit_part else told).lower()
        place = book.at(sheet, 0, at)
        if told.lower() in named or bare in named:
            keys.setdefault(named.get(told.lower()) or named[bare], at)
        elif bare in spelt:
            column = _column(at, spelt[bare], unit_part["unit"] if unit_part else "", place, rules, found)
            if column is not None:
                columns.append(column)
        elif told:
            zh, en = f"不认识的列“{told}”，未用", f"the column '{told}' is not known and left out"
            found.findings.append(Finding("enterprise.column", place, "info", Label(zh, en), MEND))
    return keys, columns


def _column(at: int, field: str, unit: str, place: str, rules: EnterpriseRules, found: EnterpriseTables) -> _Column | None:
    own, mass = rules.fields[field]["unit"], rules.fields[field].get("plain")
    if not unit:
        zh, en = f"表头没有单位，按 {own} 读", f"the heading has no unit: read as {own}"
        found.findings.append(Finding("enterprise.unit_assumed", place, "info", Label(zh, en), MEND))
        return _Column(at, field, own, own)
    try:
        target = next((one for one in (own, mass) if one is not None and same_dimension(unit, one)), None)
    except UnitError:
        target = None
    if target is not None:
        return _Column(at, field, unit, target)
    zh, en = f"单位“{unit}”与 {own} 不同类，整列未用", f"unit '{unit}' is not of the kind of {own}: the column is left out"
    found.findings.append(_finding("enterprise.unit", place, zh, en))
    return None


def _read_row(
    book: Workbook,
    sheet: Sheet,
    line: int,
    keys: Mapping[str, int],
    columns: list[_Column],
    rules: EnterpriseRules,
    found: EnterpriseTables,
) -> None:
    row = sheet.rows[line]
    texts = {name: row[at].strip() if at < len(row) else "" for name, at in keys.items()}
    own, year = texts["enterprise"], fold(texts["year"]).removesuffix("年").removesuffix(".0")
    if not own or not own.isprintable() or set(own) & set("/.") or len(own) > 60:
        place, said = book.at(sheet, line, keys["enterprise"]), own[:60]
        found.findings.append(_finding("enterprise.id", place, f"“{said}”不能作企业编号", f"'{said}' is no id"))
        return
    if not YEAR.fullmatch(year):
        place, said = book.at(sheet, line, keys["year"]), texts["year"]
        found.findings.append(_finding("enterprise.year", place, f"“{said}”不是年份", f"'{said}' is no year"))
        return
    known = found.enterprises.get(own)
    name = texts.get("name") or (known.label.zh if known else own)
    sector = texts.get("sector") or (known.sector if known else "")
    product = texts.get("product") or (known.product if known else "")
    found.enterprises[own] = Enterprise(own, Label(name, name), sector, product)
    for column in columns:
        place = book.at(sheet, line, column.at)
        text = row[column.at].strip() if column.at < len(row) else ""
        cell = Cell(book.name, sheet.name, sheet.address(line, column.at), book.sha256)
        value = _value(text, column, place, rules, found)
        if value is not None or not read_number(text).missing:
            unit = rules.fields[column.field]["unit"]
            address = fact_address(own, int(year), column.field)
            _keep(EnterpriseFact(own, int(year), column.field, value, unit, cell, address), place, found)


def _value(text: str, column: _Column, place: str, rules: EnterpriseRules, found: EnterpriseTables) -> Decimal | None:
    read = read_number(text)
    if read.missing:
        return None
    if read.value is None or read.qualifier or read.percent:
        found.findings.append(_finding("enterprise.number", place, f"“{text}”不是数", f"'{text}' is no number"))
        return None
    value = convert(read.value, column.unit, column.target)
    least = rules.fields[column.field]["least"]
    if least is not None and value < least:
        found.findings.append(_finding("enterprise.least", place, f"{text} 小于 {least}", f"{text} is below {least}"))
        return None
    return value


def _keep(fact: EnterpriseFact, place: str, found: EnterpriseTables) -> None:
    key = (fact.enterprise, fact.year, fact.field)
    known = found.facts.get(key)
    if known is None or known.value == fact.value:
        found.facts.setdefault(key, fact)
        return
    other = known.cell.cell if known.cell else known.address
    zh, en = f"与 {other} 的数不同：两处都不用", f"it differs from {other}: neither is used"
    found.findings.append(_finding("enterprise.twice", place, zh, en))
    found.facts[key] = EnterpriseFact(fact.enterprise, fact.year, fact.field, None, fact.unit, None, fact.address)


def _finding(rule: str, at: str, zh: str, en: str) -> Finding:
    return Finding(rule, at, "error", Label(zh, en), MEND)
