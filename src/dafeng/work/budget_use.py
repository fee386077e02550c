"""What was used of a budget, as reported: a table of nodes and months, or the enterprise accounts.

Invariant: a figure that cannot be read is a finding at its cell and the node's use is unknown, never zero; what is no whole
unit is rounded up, so that use is never understated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.library.strict import refusal
from dafeng.readers.numbers import read_number
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.work.budget_files import BudgetFile

COLUMNS: Mapping[str, str] = {
    "node": "node", "节点": "node", "编号": "node", "id": "node",
    "through": "through", "截至": "through", "截至月份": "through", "月份": "through",
    "quantity": "quantity", "数量": "quantity", "累计用量": "quantity",
    "unit": "unit", "单位": "unit",
}  # fmt: skip
"""Headings of a table of reported use."""
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
MEND = Label("更正后重新交付该表", "mend the cell and deliver the table again")


@dataclass(frozen=True, slots=True)
class ReportedUse:
    """What a node has used since the start of the period.

    Parameters
    ----------
    node : str
        Id of the node.
    month : int
        Last month of the report, 1 to 12.
    quantity : int or None
        Use; ``None`` where the figure cannot be read. [minimal units]
    at : str
        Cell it was read from, or address of the figure.
    """

    node: str
    month: int
    quantity: int | None
    at: str


def read_use(found: BudgetFile, path: Path) -> tuple[Mapping[str, ReportedUse], tuple[Finding, ...]]:
    """Read a table of reported use.

    Parameters
    ----------
    found : BudgetFile
        The budget.
    path : Path
        The table, csv or xlsx; each row is the use since the start of the period.

    Returns
    -------
    (mapping of str to ReportedUse, tuple of Finding)
        The latest report of each node, and what is wrong with the table.

    Raises
    ------
    FileRefused
        If the file cannot be read.
    DefinitionError
        If a column is missing.
    """
    book = read_sheets(path)
    sheet = book.sheets[0]
    heads = (
        {COLUMNS[text.strip()]: at for at, text in enumerate(sheet.rows[0]) if text.strip() in COLUMNS} if sheet.rows else {}
    )
    for needed in ("node", "through", "quantity"):
        if needed not in heads:
            raise refusal(path.name, f"缺少“{needed}”列", f"the column '{needed}' is missing")
    findings: list[Finding] = []
    nodes = frozenset(node.id for node in found.budget.nodes)
    rows = [one for line in range(1, len(sheet.rows)) for one in _row((found, nodes), book, sheet, line, heads, findings)]
    return _latest(rows, findings), tuple(findings)


def _row(
    about: tuple[BudgetFile, frozenset[str]],
    book: Workbook,
    sheet: Sheet,
    line: int,
    heads: Mapping[str, int],
    findings: list[Finding],
) -> Iterator[ReportedUse]:
    (found, nodes), row = about, sheet.rows[line]
    texts = {name: row[column].strip() if column < len(row) else "" for name, column in heads.items()}
    if not any(texts.values()):
        return
    at = book.at(sheet, line, heads["quantity"])
    if texts["node"] not in nodes:
        place = book.at(sheet, line, heads["node"])
        findings.append(
            _wrong("budget.node", place, f"树中没有节点“{texts['node']}”", f"the tree has no node '{texts['node']}'")
        )
        return
    month = MONTH.fullmatch(texts["through"])
    if month is None or month[1] != found.form.period.start[:4]:
        place, year = book.at(sheet, line, heads["through"]), found.form.period.start[:4]
        said = texts["through"]
        findings.append(_wrong("budget.month", place, f"“{said}”不是 {year} 年的月份", f"'{said}' is no month of {year}"))
        return
    yield ReportedUse(texts["node"], int(month[2]), _quantity(found, texts, at, findings), at)


def _quantity(found: BudgetFile, texts: Mapping[str, str], at: str, findings: list[Finding]) -> int | None:
    read = read_number(texts["quantity"])
    if read.value is None or read.qualifier or read.percent or read.value < 0:
        said = texts["quantity"]
        findings.append(
            _wrong("budget.use", at, f"“{said}”不是用量：该节点用量未知", f"'{said}' is no use: the node's use is unknown")
        )
        return None
    try:
        value = convert(read.value, texts.get("unit") or found.form.unit, found.form.unit)
    except UnitError:
        said = texts["unit"]
        findings.append(_wrong("budget.unit", at, f"单位“{said}”不合，用量未知", f"unit '{said}' does not fit: use unknown"))
        return None
    return round_use(value, found.form.scale, at, findings)


def round_use(value: Decimal, scale: int, at: str, findings: list[Finding]) -> int:
    """A use in minimal units, rounded up, with a finding where it had to be.

    Parameters
    ----------
    value : Decimal
        In the unit of the budget.
    scale : int
        Decimal places of the minimal unit.
    at : str
        Where it stands.
    findings : list of Finding
        Gets the finding.

    Returns
    -------
    int
        Minimal units.
    """
    moved = value.scaleb(scale)
    whole = int(moved.to_integral_value(ROUND_CEILING))
    if whole != moved:
        findings.append(
            Finding(
                "budget.rounded",
                at,
                "info",
                Label(f"{value} 进位到整单位", f"{value} was rounded up to a whole unit"),
                Label("如需更细，请提高预算的 scale", "raise the scale of the budget if this is too coarse"),
            )
        )
    return whole


def _latest(rows: list[ReportedUse], findings: list[Finding]) -> Mapping[str, ReportedUse]:
    kept: dict[str, ReportedUse] = {}
    for one in sorted(rows, key=lambda row: row.month):
        before = kept.get(one.node)
        kept[one.node] = one
        if before is None:
            continue
        if before.month == one.month:
            zh, en = f"“{one.node}”同月有两行，用量未知", f"'{one.node}' has two rows for a month: use unknown"
            findings.append(_wrong("budget.twice", one.at, zh, en))
            kept[one.node] = ReportedUse(one.node, one.month, None, one.at)
        elif before.quantity is not None and one.quantity is not None and one.quantity < before.quantity:
            zh = f"“{one.node}”累计用量低于上次（{before.at}）"
            en = f"the use of '{one.node}' is below the report before ({before.at})"
            findings.append(Finding("budget.falling", one.at, "warning", Label(zh, en), MEND))
    return kept


def _wrong(rule: str, at: str, zh: str, en: str) -> Finding:
    return Finding(rule, at, "error", Label(zh, en), MEND)
